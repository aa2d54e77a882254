"""Hear a song file as the job would, without keeping anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.songs.contract import SongRefused

if TYPE_CHECKING:
    from pathlib import Path

    from jobrunner.contract import SongAnalysis


def hear_song(path: Path) -> SongAnalysis:
    """Decode and analyse a song file.

    Raises
    ------
    SongRefused
        If there is no such file, or it is no song to dance to; the text names it and says why.
    """
    # The media libraries take a second to load: only who hears a song pays for them.
    from jobrunner.analysis import analyse
    from jobrunner.audio import ANALYSIS_RATE_HZ, decode_mono
    from jobrunner.contract import UnusableAudio

    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise SongRefused(f"The song {path} {what}.")
    try:
        return analyse(decode_mono(path), sample_rate_hz=ANALYSIS_RATE_HZ)
    except UnusableAudio as error:
        raise SongRefused(f"{path.name}: {error.message} ({error.code})") from error
