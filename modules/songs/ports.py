"""What the song library needs from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from engine.contract import SongAnalysis
    from modules.songs.contract import DownloadedSong


class SongAnalyser(Protocol):
    """Analyses song files."""

    def __call__(self, path: Path) -> SongAnalysis:
        """Analyse a song file.

        Raises
        ------
        SongRefused
            If it is no song to dance to.
        """


class SongDownloader(Protocol):
    """Fetches songs by their address elsewhere."""

    def download(self, address: str, folder: Path) -> DownloadedSong:
        """Fetch one song into the folder.

        Raises
        ------
        DownloadFailed
            If it is no single song of bearable length and size, or cannot be had.
        DownloadInterrupted
            If it was stopped from outside.
        """


class AnalysisJobs(Protocol):
    """Runs the jobs that find tempo and length of songs."""

    def has_ended(self, song_id: UUID) -> bool:
        """Begin the song's job unless it was begun; whether it has ended, however.

        Raises
        ------
        DeliveryThrottled, DeliveryFailed, DeliveryRefused
            If it cannot be begun, in the outbox's words.
        """
