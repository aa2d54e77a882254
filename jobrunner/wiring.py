"""Which adapter serves which port of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from config.wiring import media, moves, songs
from jobrunner.adapters import LibraryMoves, LibrarySongs, MediaResults
from jobrunner.pipeline import Pipeline

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jobrunner.contract import JobSpec
    from jobrunner.ports import Progress
    from modules.choreography.contract import Fence
    from modules.songs.ports import SongDownloader


def results(*, user_id: int, fence: Fence, requested_at: datetime) -> MediaResults:
    """Where one claim of a task stores its files."""
    return MediaResults(
        media().storage,
        user_id=user_id,
        fence=fence,
        requested_at=requested_at,
        legacy_output=media().legacy_output,
    )


def pipeline(spec: JobSpec, progress: Progress, results: MediaResults, folder: Path) -> Pipeline:
    """One job's pipeline on our libraries."""
    return Pipeline(
        spec=spec,
        progress=progress,
        songs=LibrarySongs(songs().library, downloader=_find_downloader()),
        moves=LibraryMoves(moves().open_clips()),
        results=results,
        folder=folder,
    )


def _find_downloader() -> SongDownloader | None:
    """Return who fetches songs from YouTube, where the operator allows it."""
    if not settings.YOUTUBE:
        return None
    from modules.songs.adapters.youtube import YoutubeDownloader

    return YoutubeDownloader()
