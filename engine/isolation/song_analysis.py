"""Analysing a stranger's song in a process of its own, which may hang, swell or crash."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from engine.contract import AnalysisInterrupted, UnusableAudio
from engine.isolation.limited_process import EndedFromOutside, LimitExceeded, run_limited
from engine.isolation.song_analysis_process import LIMITS

if TYPE_CHECKING:
    from pathlib import Path

    from engine.contract import SongAnalysis
    from engine.isolation.song_analysis_process import Outcome

PROGRAM = "engine.isolation.song_analysis_process"

log = logging.getLogger(__name__)


def read_analysis(path: Path) -> SongAnalysis:
    """Read an analysis that ``analyse_in_subprocess`` wrote; raise ``ValueError`` if it is none."""
    # numpy takes a tenth of a second to load: only who reads a song pays for it.
    from engine.audio.analysis_json import analysis_from_json

    return analysis_from_json(path.read_text())


def analyse_in_subprocess(song: Path, *, analysis: Path, track: Path | None = None) -> None:
    """Write a song's analysis and, unless None, its AAC track.

    Parameters
    ----------
    song : Path
        An audio file of any origin; it is opened only in the other process.
    analysis, track : Path
        JSON and MPEG-4 files to be written.

    Raises
    ------
    UnusableAudio
        If it is no song to dance to, or cannot be analysed within ``LIMITS``.
    AnalysisInterrupted
        If the process was killed.
    OSError
        If the disk refuses.
    """
    files = [song.absolute(), analysis.absolute(), *([track.absolute()] if track else [])]
    try:
        output = run_limited(PROGRAM, [*map(str, files)], limits=LIMITS)
    except LimitExceeded as error:
        log.warning("The song could not be analysed: %s", error)
        raise UnusableAudio(
            "The file could not be read as audio: reading it takes too long, or fails badly.",
            code="audio_unreadable",
        ) from error
    except EndedFromOutside as error:
        raise AnalysisInterrupted(f"The song was not analysed to its end: {error}") from error
    _raise_refusal(json.loads(output))


def _raise_refusal(outcome: Outcome) -> None:
    if "errno" in outcome:
        raise OSError(outcome["errno"], outcome["message"])
    if "code" in outcome:
        raise UnusableAudio(outcome["message"], code=outcome["code"])
