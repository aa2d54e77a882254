"""Which adapter serves which port: the only place, besides ``jobrunner/wiring.py``, that knows.

Nothing is made at import; each function makes what it names on the first call.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from config.observing.readiness import ReadinessProbe
    from modules.choreography.adapters.local_processes import LocalJobExecutor
    from modules.choreography.build import ChoreographyModule
    from modules.collections.build import CollectionsModule
    from modules.eventstore.build import EventStoreModule
    from modules.eventstore.dispatcher import Dispatcher
    from modules.identity.build import IdentityModule
    from modules.media.build import MediaModule
    from modules.moves.build import MovesModule
    from modules.moves.ports import TextEmbedder
    from modules.songs.build import SongsModule
    from modules.web.build import WebModule

FORGET_EVERY_S = 3600.0


@cache
def identity() -> IdentityModule:
    """The identity module."""
    from config.observing.counters import count_registration
    from modules.identity.build import build

    return build(
        signing_key=settings.JWT_SIGNING_KEY,
        login_failures=settings.LOGIN_FAILURES_PER_ACCOUNT,
        on_registered=count_registration,
    )


@cache
def web() -> WebModule:
    """Who may use the API, and how often."""
    from modules.web.build import RequestsPerMinute, build

    return build(
        read_token=identity().read_token,
        per_minute=RequestsPerMinute(**settings.REQUESTS_PER_MINUTE),
    )


@cache
def readiness_probe() -> ReadinessProbe:
    """Who knows whether requests can be served."""
    from config.observing.readiness import ReadinessProbe, check

    return ReadinessProbe(check=lambda: check(lambda: media().storage))


def metrics_token() -> str:
    """What an operator shows to read the metrics; empty: nobody may."""
    token: str = settings.METRICS_TOKEN
    return token


@cache
def media() -> MediaModule:
    """The media module, on this machine's folders."""
    from modules.media.build import build

    legacy_root = settings.LEGACY_MEDIA_ROOT
    return build(root=settings.MEDIA_ROOT, legacy_root=Path(legacy_root) if legacy_root else None)


@cache
def songs() -> SongsModule:
    """The song library."""
    from config.song_jobs import ExecutorAnalysisJobs
    from modules.songs.build import build

    return build(
        storage=media().storage,
        links=media().links,
        store=event_store().store,
        jobs=ExecutorAnalysisJobs(song_executor()),
    )


@cache
def song_executor() -> LocalJobExecutor:
    """Who runs the jobs that analyse songs: one at a time, and none of the places for videos."""
    from modules.choreography.adapters.local_processes import JOB_COMMAND, LocalJobExecutor

    return LocalJobExecutor(
        directory=settings.LOCAL_DIR / "song_jobs",
        base_env=settings.JOB_ENVIRONMENT,
        cwd=settings.ROOT,
        limit=1,
        command=settings.JOB_COMMAND or JOB_COMMAND,
        timeout_s=settings.JOB_TIMEOUT_S,
    )


@cache
def moves() -> MovesModule:
    """The move library."""
    from modules.moves.build import build

    return build(storage=media().storage, links=media().links, text_embedder=_find_text_embedder())


def _find_text_embedder() -> TextEmbedder | None:
    """Return what makes text vectors, where it is installed; nothing is loaded yet.

    Raises
    ------
    TextEmbedderMissing, TextModelUnusable
        If a folder is set that cannot be used.
    """
    from modules.moves.adapters.minilm import open_text_embedder
    from modules.moves.contract import TextEmbedderMissing

    folder = settings.TEXT_MODEL
    try:
        return open_text_embedder(Path(folder) if folder else None)
    except TextEmbedderMissing:
        if folder:
            raise
        return None


@cache
def event_store() -> EventStoreModule:
    """Where events are stored and projected into every read model."""
    from modules.eventstore.build import build
    from projections.registry import projections

    return build(projections=projections(), lease_s=settings.DISPATCH_LEASE_S)


@cache
def collections() -> CollectionsModule:
    """The collections module."""
    from modules.choreography.queries import get_task
    from modules.collections.build import build

    return build(
        store=event_store().store,
        find_user=identity().find_user,
        get_task=get_task,
        links=media().links,
    )


@cache
def choreography() -> ChoreographyModule:
    """The choreography module."""
    from modules.choreography.build import ChoreographySettings, build

    return build(
        settings=ChoreographySettings(
            concurrency=settings.JOB_CONCURRENCY,
            lost_after_s=settings.JOB_LOST_AFTER_S,
            timeout_s=settings.JOB_TIMEOUT_S,
            live_tasks_per_user=settings.LIVE_TASKS_PER_USER,
            job_directory=settings.LOCAL_DIR,
            job_cwd=settings.ROOT,
            job_environment=settings.JOB_ENVIRONMENT,
            job_command=settings.JOB_COMMAND,
            bucket=settings.MEDIA_BUCKET,
            takes_youtube=settings.YOUTUBE,
            google_api_key=settings.GOOGLE_API_KEY,
            gemini_model=settings.GEMINI_MODEL,
        ),
        store=event_store().store,
        auto_saver=collections().auto_saver,
        find_song=find_song,
        storage=media().storage,
        links=media().links,
    )


def find_song(address: str, *, user_id: int) -> dict[str, str] | None:
    """What a request's event says of a song; None if this user has no such."""
    from modules.songs import queries

    song = queries.find_song(address, user_id=user_id)
    return None if song is None else {"title": song.title, "artist": song.artist}


def dispatcher() -> Dispatcher:
    """A dispatcher of its own for every caller: it holds a connection while it runs."""
    from modules.eventstore.contract import PeriodicTask

    return event_store().build_dispatcher(
        handlers={**choreography().handlers, **songs().handlers},
        choosers=choreography().choosers,
        periodic_tasks=[
            *choreography().periodic_tasks,
            *identity().periodic_tasks,
            PeriodicTask(
                name="old song executions", every_s=FORGET_EVERY_S, run=song_executor().prune
            ),
            PeriodicTask(
                name="old answers", every_s=FORGET_EVERY_S, run=web().forget_old_responses
            ),
            PeriodicTask(name="old counts", every_s=FORGET_EVERY_S, run=web().forget_ended_windows),
        ],
    )
