"""Put the choreography module together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.choreography.adapters.local_processes import JOB_COMMAND, LocalJobExecutor
from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import CANCEL, DISPATCH
from modules.choreography.handlers import CancelHandler, DispatchHandler
from modules.choreography.job_queue import JobQueue, read_queue
from modules.choreography.queries import find_typical_s
from modules.choreography.queue_estimate import CachedQueue
from modules.choreography.sweeper import Sweeper
from modules.choreography.task_commands import TaskCommands
from modules.eventstore.contract import ChooseNext, MessageHandler, PeriodicTask

if TYPE_CHECKING:
    from pathlib import Path

    from ninja import Router

    from modules.choreography.ports import AutoSaver, FindSong, JobExecutor, Links, QueryParser
    from modules.eventstore.contract import EventStore
    from modules.media.contract import MediaStorage
    from modules.web.contract import Authenticators

SWEEP_EVERY_S = 2.0
PRUNE_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoreographySettings:
    """What operators decide.

    Attributes
    ----------
    concurrency : int
        Jobs that run at the same time.
    lost_after_s : float
        Seconds after which a silent job may be replaced.
    job_directory, job_cwd : Path
        Where executions are described, and where jobs run.
    job_command : sequence of str
        How a job is started; empty: as this interpreter's ``jobrunner``.
    bucket : str
        Our own storage bucket; empty: there is none.
    takes_youtube : bool
        Whether jobs can fetch songs from YouTube.
    google_api_key, gemini_model : str
        Who parses typed queries; without a key, the built-in rules.
    """

    concurrency: int
    lost_after_s: float
    timeout_s: float
    live_tasks_per_user: int
    job_directory: Path
    job_cwd: Path
    job_environment: Mapping[str, str]
    job_command: Sequence[str]
    bucket: str
    takes_youtube: bool
    google_api_key: str
    gemini_model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoreographyModule:
    """What others may use of the choreography module.

    Attributes
    ----------
    tasks : ChoreographyTasks
        The commands of jobs and of the system; people's are behind the routes.
    handlers : mapping
        Who delivers which kind of outbox message.
    choosers : mapping
        Who says which messages of a kind come next.
    periodic_tasks : sequence of PeriodicTask
        What the dispatcher does from time to time.
    router : callable
        Makes the routes; what they need is loaded by processes that serve them only.
    """

    tasks: ChoreographyTasks
    executor: JobExecutor
    handlers: Mapping[str, MessageHandler]
    choosers: Mapping[str, ChooseNext]
    periodic_tasks: Sequence[PeriodicTask]
    router: Callable[[Authenticators], Router]


def build(
    *,
    settings: ChoreographySettings,
    store: EventStore,
    auto_saver: AutoSaver,
    find_song: FindSong,
    storage: MediaStorage,
    links: Links,
) -> ChoreographyModule:
    """Return the module, its jobs running as processes of this machine."""
    tasks = ChoreographyTasks(
        store=store, lost_after_s=settings.lost_after_s, auto_saver=auto_saver
    )
    executor = LocalJobExecutor(
        directory=settings.job_directory,
        base_env=settings.job_environment,
        cwd=settings.job_cwd,
        limit=settings.concurrency,
        command=settings.job_command or JOB_COMMAND,
        timeout_s=settings.timeout_s,
    )
    sweeper = Sweeper(
        tasks=tasks, store=store, executor=executor, lost_after_s=settings.lost_after_s
    )
    return ChoreographyModule(
        tasks=tasks,
        executor=executor,
        handlers={
            DISPATCH: DispatchHandler(tasks=tasks, executor=executor),
            CANCEL: CancelHandler(tasks=tasks, executor=executor),
        },
        choosers={DISPATCH: JobQueue(concurrency=settings.concurrency).next_orders},
        periodic_tasks=(
            PeriodicTask(name="sweeper", every_s=SWEEP_EVERY_S, run=sweeper.sweep),
            PeriodicTask(name="old executions", every_s=PRUNE_EVERY_S, run=executor.prune),
        ),
        router=partial(
            _build_router,
            commands=TaskCommands(
                tasks=tasks,
                find_song=find_song,
                bucket=settings.bucket,
                takes_youtube=settings.takes_youtube,
                most_live=settings.live_tasks_per_user,
            ),
            settings=settings,
            storage=storage,
            links=links,
        ),
    )


def _build_router(
    auth: Authenticators,
    *,
    commands: TaskCommands,
    settings: ChoreographySettings,
    storage: MediaStorage,
    links: Links,
) -> Router:
    from modules.choreography.http import ChoreographyRoutes, build_router
    from modules.choreography.presenters import TaskPresenter
    from modules.choreography.timelines import Timelines

    queue = CachedQueue(read_queue=read_queue, find_typical_s=find_typical_s)
    routes = ChoreographyRoutes(
        commands=commands,
        presenter=TaskPresenter(links=links, queue=queue, concurrency=settings.concurrency),
        timelines=Timelines(storage=storage),
        parse_query=build_query_parser(
            google_api_key=settings.google_api_key, gemini_model=settings.gemini_model
        ),
    )
    return build_router(routes=routes, auth=auth)


def build_query_parser(*, google_api_key: str, gemini_model: str) -> QueryParser:
    """Return who parses typed queries: Gemini where there is a key, else the rules."""
    from modules.choreography.query_parser import parse_query

    if not google_api_key:
        return parse_query
    from modules.choreography.adapters.gemini import GeminiQueryParser

    parser = GeminiQueryParser(api_key=google_api_key, model=gemini_model, rules=parse_query)
    parser.warm_up()
    return parser
