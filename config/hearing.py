"""Hear a song file as the job would, without keeping anything."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from modules.songs.contract import SongRefused

if TYPE_CHECKING:
    from engine.contract import SongAnalysis


def hear_song(path: Path) -> SongAnalysis:
    """Decode and analyse a song file, in a process with bounds.

    Raises
    ------
    SongRefused
        If there is no such file, or it is no song to dance to; the text names it and says why.
    """
    from engine.contract import TryAgain, UnusableAudio
    from jobrunner.listening import hear_apart, read_note

    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise SongRefused(f"The song {path} {what}.")
    with tempfile.TemporaryDirectory(prefix="bachata-song-") as folder:
        note = Path(folder) / "analysis.json"
        try:
            hear_apart(path, note=note)
        except UnusableAudio as error:
            raise SongRefused(f"{path.name}: {error.message} ({error.code})") from error
        except TryAgain as error:
            raise SongRefused(f"{path.name} could not be heard; try again.") from error
        return read_note(note)
