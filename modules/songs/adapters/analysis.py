"""Analyses a song file as the job does, and keeps nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.contract import AnalysisInterrupted, UnusableAudio
from modules.songs.contract import SongRefused

if TYPE_CHECKING:
    from engine.contract import SongAnalysis


def analyse_song_file(path: Path) -> SongAnalysis:
    """Decode and analyse a song file, in a process with limits.

    Raises
    ------
    SongRefused
        If there is no such file, or it is no song to dance to; the text names it and says why.
    """
    from engine.isolation.song_analysis import analyse_in_subprocess, read_analysis

    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise SongRefused(f"The song {path} {what}.")
    with tempfile.TemporaryDirectory(prefix="bachata-song-") as folder:
        analysis = Path(folder) / "analysis.json"
        try:
            analyse_in_subprocess(path, analysis=analysis)
        except UnusableAudio as error:
            raise SongRefused(f"{path.name}: {error.message} ({error.code})") from error
        except AnalysisInterrupted as error:
            raise SongRefused(f"{path.name} could not be analysed; try again.") from error
        return read_analysis(analysis)
