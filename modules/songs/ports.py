"""What the song library needs from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from engine.contract import SongAnalysis


class SongAnalyser(Protocol):
    """Analyses song files."""

    def __call__(self, path: Path) -> SongAnalysis:
        """Analyse a song file.

        Raises
        ------
        SongRefused
            If it is no song to dance to.
        """
