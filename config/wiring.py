"""Which adapter serves which port: the only place, besides ``jobrunner/wiring.py``, that knows.

Nothing is made at import; each function makes what it names on the first call.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from uuid import UUID

    from ninja import Router

    from config.observing.readiness import Lookout
    from modules.choreography.adapters.local_processes import LocalJobExecutor
    from modules.choreography.application import ChoreographyTasks
    from modules.choreography.contract import TaskView
    from modules.choreography.http import ChoreographyRoutes
    from modules.choreography.ports import JobExecutor, QueryParser
    from modules.collections.application import SavedChoreographies
    from modules.collections.auto_save import CollectionAutoSaver
    from modules.eventstore.contract import EventStore
    from modules.eventstore.dispatcher import Dispatcher
    from modules.identity.application import Accounts
    from modules.identity.contract import Tokens
    from modules.media.contract import MediaStorage
    from modules.media.legacy_output import LegacyOutput
    from modules.media.links import HmacLinks
    from modules.moves.application import MoveLibrary
    from modules.moves.clip_source import ClipSource
    from modules.moves.ports import MoveIndex
    from modules.moves.queries import MoveCatalogue
    from modules.songs.application import SongLibrary
    from modules.web.contract import Authenticators

SWEEP_EVERY_S = 2.0
FORGET_EVERY_S = 3600.0


@cache
def authenticators() -> Authenticators:
    """Who may use the API, and how often."""
    from modules.identity.contract import SessionReader
    from modules.web.contract import RateLimiter, RateLimitPolicy, build_authenticators

    per_minute = settings.REQUESTS_PER_MINUTE
    return build_authenticators(
        read_token=SessionReader(signed_tokens()),
        limiter=RateLimiter(),
        default=RateLimitPolicy(name="default", quota=per_minute["user"]),
        polling=RateLimitPolicy(name="polling", quota=per_minute["polling"]),
        public=RateLimitPolicy(name="auth", quota=per_minute["address"]),
    )


@cache
def signed_tokens() -> Tokens:
    """Who signs access and refresh tokens, and knows them again."""
    from modules.identity.contract import Tokens

    return Tokens(settings.JWT_SIGNING_KEY)


@cache
def accounts() -> Accounts:
    """The commands of users about themselves."""
    from modules.identity.application import Accounts
    from modules.identity.guesses import Guesses, guessing_policy
    from modules.web.contract import RateLimiter

    policy = guessing_policy(settings.LOGIN_FAILURES_PER_ACCOUNT)
    return Accounts(tokens=signed_tokens(), guesses=Guesses(RateLimiter(), policy=policy))


@cache
def lookout() -> Lookout:
    """Who knows whether requests can be served."""
    from config.observing.readiness import Lookout, look

    return Lookout(look=lambda: look(media_storage))


def metrics_token() -> str:
    """What an operator shows to read the metrics; empty: nobody may."""
    token: str = settings.METRICS_TOKEN
    return token


@cache
def media_storage() -> MediaStorage:
    """Where files live."""
    from modules.media.adapters.folder import FolderStorage

    return FolderStorage(settings.MEDIA_ROOT)


@cache
def signed_links() -> HmacLinks:
    """Who makes links to media, and opens them."""
    from modules.media.links import HmacLinks

    return HmacLinks()


@cache
def legacy_output() -> LegacyOutput | None:
    """The old application's output folder, when this machine shares it."""
    from modules.media.legacy_output import LegacyOutput

    root = settings.LEGACY_MEDIA_ROOT
    return LegacyOutput(Path(root)) if root else None


@cache
def song_library() -> SongLibrary:
    """The songs."""
    from modules.songs.application import SongLibrary

    return SongLibrary(media_storage())


@cache
def move_library() -> MoveLibrary:
    """The moves, to be read."""
    from modules.moves.application import MoveLibrary

    return MoveLibrary(index=move_index(), storage=media_storage())


def clip_source() -> ClipSource:
    """The moves, as planner and renderer see them; it remembers what it selected."""
    from modules.moves.clip_source import ClipSource

    return ClipSource(move_library(), media_storage())


@cache
def move_catalogue() -> MoveCatalogue:
    """The moves, for people to look at."""
    from modules.moves.queries import MoveCatalogue

    return MoveCatalogue(open_index=move_index)


def move_index() -> MoveIndex:
    """Compare vectors in the database where it can, and in this process where it cannot."""
    from modules.moves.adapters.exact_index import ExactMoveIndex
    from modules.moves.adapters.pgvector_index import PgvectorMoveIndex
    from modules.moves.adapters.vector_extension import has_vector_extension

    return PgvectorMoveIndex() if has_vector_extension() else ExactMoveIndex()


@cache
def event_store() -> EventStore:
    """Where events are stored and projected into every read model."""
    from modules.eventstore.store import DjangoEventStore
    from projections.registry import projections

    return DjangoEventStore(projections=projections())


@cache
def tasks() -> ChoreographyTasks:
    """The commands of choreographies."""
    from modules.choreography.application import ChoreographyTasks

    return ChoreographyTasks(
        store=event_store(), lost_after_s=settings.JOB_LOST_AFTER_S, auto_saver=auto_saver()
    )


@cache
def saved_choreographies() -> SavedChoreographies:
    """The commands of collections."""
    from modules.collections.application import SavedChoreographies

    return SavedChoreographies(store=event_store())


def auto_saver() -> CollectionAutoSaver:
    """Who saves finished choreographies for those who want that."""
    from modules.collections.auto_save import CollectionAutoSaver, wants_auto_save
    from modules.identity.contract import find_user

    def wants(user_id: int) -> bool:
        user = find_user(user_id=user_id)
        return user is not None and wants_auto_save(user.preferences)

    return CollectionAutoSaver(items=saved_choreographies(), wants=wants)


def collections_router() -> Router:
    """The routes of collections."""
    from modules.choreography.queries import get_task
    from modules.collections.http import build_router

    return build_router(
        items=saved_choreographies(),
        get_task=get_task,
        links=signed_links(),
        auth=authenticators(),
    )


@cache
def choreography_routes() -> ChoreographyRoutes:
    """What the choreography routes are built with; nothing is asked of the database yet."""
    from modules.choreography.http import ChoreographyRoutes
    from modules.choreography.presenters import TaskPresenter
    from modules.choreography.queries import find_typical_s, read_queue
    from modules.choreography.queue_estimate import CachedQueue
    from modules.choreography.task_commands import TaskCommands
    from modules.choreography.timelines import Timelines

    queue = CachedQueue(read_queue=read_queue, find_typical_s=find_typical_s)
    return ChoreographyRoutes(
        commands=TaskCommands(tasks=tasks(), find_song=find_song, bucket=settings.MEDIA_BUCKET),
        presenter=TaskPresenter(
            links=signed_links(), queue=queue, concurrency=settings.JOB_CONCURRENCY
        ),
        timelines=Timelines(storage=media_storage()),
        parse_query=query_parser(),
    )


def find_song(address: str, *, user_id: int) -> dict[str, str] | None:
    """What a request's event says of a song; None if this user has no such."""
    from modules.songs import queries

    song = queries.find_song(address, user_id=user_id)
    return None if song is None else {"title": song.title, "artist": song.artist}


def query_parser() -> QueryParser:
    """Who reads typed wishes: Gemini where there is a key, else the rules."""
    from modules.choreography.adapters.gemini import GeminiQueryParser
    from modules.choreography.query_parser import parse_query

    if not settings.GOOGLE_API_KEY:
        return parse_query
    return GeminiQueryParser(
        api_key=settings.GOOGLE_API_KEY, model=settings.GEMINI_MODEL, rules=parse_query
    )


def task_view(task_id: UUID) -> TaskView:
    """One task as readers see it; raises ``TaskNotFound``."""
    from modules.choreography.queries import get_task

    return get_task(task_id)


def job_executor() -> JobExecutor:
    """Who runs the jobs."""
    return _local_executor()


@cache
def _local_executor() -> LocalJobExecutor:
    from modules.choreography.adapters.local_processes import LocalJobExecutor

    return LocalJobExecutor(
        directory=settings.LOCAL_DIR,
        base_env=settings.JOB_ENVIRONMENT,
        cwd=settings.ROOT,
        limit=settings.JOB_CONCURRENCY,
        command=settings.JOB_COMMAND or [sys.executable, "-m", "jobrunner"],
    )


def dispatcher() -> Dispatcher:
    """A dispatcher of its own for every caller: it holds a connection while it runs."""
    from modules.choreography.contract import CANCEL, DISPATCH
    from modules.choreography.handlers import CancelHandler, DispatchHandler
    from modules.choreography.sweeper import Sweeper
    from modules.eventstore.contract import PeriodicTask
    from modules.eventstore.dispatcher import Dispatcher, DispatcherConfig
    from modules.eventstore.outbox import forget_done
    from modules.identity.contract import forget_ended_sessions
    from modules.web.contract import RateLimiter, forget_old_responses

    sweeper = Sweeper(
        tasks=tasks(), executor=job_executor(), lost_after_s=settings.JOB_LOST_AFTER_S
    )
    return Dispatcher(
        handlers={
            DISPATCH: DispatchHandler(tasks=tasks(), executor=job_executor()),
            CANCEL: CancelHandler(tasks=tasks(), executor=job_executor()),
        },
        config=DispatcherConfig(lease_s=settings.DISPATCH_LEASE_S),
        periodic_tasks=[
            PeriodicTask(name="sweeper", every_s=SWEEP_EVERY_S, run=sweeper.sweep),
            PeriodicTask(
                name="old executions", every_s=FORGET_EVERY_S, run=_local_executor().prune
            ),
            PeriodicTask(name="old messages", every_s=FORGET_EVERY_S, run=forget_done),
            PeriodicTask(name="old answers", every_s=FORGET_EVERY_S, run=forget_old_responses),
            PeriodicTask(name="old counts", every_s=FORGET_EVERY_S, run=RateLimiter.forget_ended),
            PeriodicTask(name="ended sessions", every_s=FORGET_EVERY_S, run=forget_ended_sessions),
        ],
    )
