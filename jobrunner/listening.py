"""Hear a song once: its analysis and AAC track, made in a process apart, kept for later jobs."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.contract import TryAgain, UnusableAudio
from engine.isolation.limited_process import EndedFromOutside, OutOfBounds, run_confined
from engine.isolation.song_analysis_process import BOUNDS

if TYPE_CHECKING:
    from pathlib import Path

    from engine.contract import SongAnalysis
    from engine.isolation.song_analysis_process import Outcome
    from jobrunner.ports import SongFile, Songs

# Names of what is kept beside a song; the number grows when its maker changes.
ANALYSIS_NAME = "analysis-3.json"
TRACK_NAME = "track-1.m4a"

PROGRAM = "engine.isolation.song_analysis_process"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the pipeline needs of a song, and whether an earlier job had made it."""

    analysis: SongAnalysis
    track: Path
    was_known: bool


def listen(song: SongFile, songs: Songs, folder: Path) -> Heard:
    """Analyse the song and encode its track, or take both from an earlier job.

    Raises
    ------
    UnusableAudio
        If it is no song to dance to; nothing is kept then.
    TryAgain
        If the process that heard it was killed.
    """
    note = songs.find_derived(song, ANALYSIS_NAME, folder)
    track = songs.find_derived(song, TRACK_NAME, folder)
    was_known = note is not None and track is not None
    if note is None or track is None:
        note, track = folder / ANALYSIS_NAME, folder / TRACK_NAME
        hear_apart(song.path, note=note, track=track)
        songs.keep_derived(song, TRACK_NAME, track)
        songs.keep_derived(song, ANALYSIS_NAME, note)
    return Heard(analysis=read_note(note), track=track, was_known=was_known)


def read_note(note: Path) -> SongAnalysis:
    """Read an analysis that ``hear_apart`` wrote."""
    # numpy takes a tenth of a second to load: only who reads a song pays for it.
    from engine.audio.analysis_json import analysis_from_json

    return analysis_from_json(note.read_text())


def hear_apart(song: Path, *, note: Path, track: Path | None = None) -> None:
    """Write a song's analysis and AAC track, in a process that may hang, swell or crash.

    Raises
    ------
    UnusableAudio
        If it is no song to dance to, or cannot be heard within bounds.
    TryAgain
        If the process was killed.
    OSError
        If the disk refuses.
    """
    files = [song.absolute(), note.absolute(), *([track.absolute()] if track else [])]
    try:
        said = run_confined(PROGRAM, [*map(str, files)], bounds=BOUNDS)
    except OutOfBounds as error:
        log.warning("The song could not be heard: %s", error)
        raise UnusableAudio(
            "The file could not be read as audio: reading it takes too long, or fails badly.",
            code="audio_unreadable",
        ) from error
    except EndedFromOutside as error:
        raise TryAgain(f"The song was not heard to its end: {error}") from error
    _raise_refusal(json.loads(said))


def _raise_refusal(outcome: Outcome) -> None:
    if "errno" in outcome:
        raise OSError(outcome["errno"], outcome["message"])
    if "code" in outcome:
        raise UnusableAudio(outcome["message"], code=outcome["code"])
