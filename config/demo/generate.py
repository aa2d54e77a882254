"""One choreography through the real path, watched until it ends."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError, connections

from config import wiring
from config.demo.errors import DemoRefused
from modules.choreography.contract import Phase
from modules.choreography.queries import get_task
from modules.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modules.choreography.contract import GenerationParameters, TaskView

LOOK_EVERY_S = 0.1
CANCEL_DEADLINE_S = 15.0
DATABASE_PATIENCE_S = 30.0


def generate(
    *,
    user_id: int,
    parameters: GenerationParameters,
    song: dict[str, str],
    watch: Callable[[TaskView], None],
) -> TaskView:
    """Request a choreography, dispatch its job, and wait until the task has ended.

    Interrupted (Ctrl-C), the task is cancelled and its job stopped before this raises on.
    """
    tasks = wiring.choreography().tasks
    with _dispatching() as dispatcher:
        task_id = tasks.request(
            request_id=uuid4(),
            user_id=user_id,
            parameters=parameters,
            song=song,
        )
        try:
            return _wait(task_id, watch, dispatcher)
        except KeyboardInterrupt:
            _cancel(task_id, user_id)
            raise


def _wait(
    task_id: UUID, watch: Callable[[TaskView], None], dispatcher: threading.Thread
) -> TaskView:
    away_since: float | None = None
    while dispatcher.is_alive():
        try:
            view, away_since = get_task(task_id), None
        except (OperationalError, InterfaceError) as error:
            away_since = away_since or time.monotonic()
            if time.monotonic() - away_since > DATABASE_PATIENCE_S:
                raise DemoRefused(f"The database does not come back: {error}") from error
            connections.close_all()  # connecting again revives an embedded server
        else:
            watch(view)
            if view.phase.is_final:
                return view
        time.sleep(LOOK_EVERY_S)
    raise DemoRefused("The dispatcher died; its last words are above.")


def _cancel(task_id: UUID, user_id: int) -> None:
    """Cancel and wait until the job's process is gone: it must not outlive the demo."""
    try:
        wiring.choreography().tasks.cancel(task_id=task_id, user_id=user_id)
    except DomainError:
        return  # it has just ended
    execution = get_task(task_id).job_execution_name
    deadline = time.monotonic() + CANCEL_DEADLINE_S
    while execution and wiring.choreography().executor.state(execution) == "running":
        if time.monotonic() > deadline:
            return
        time.sleep(LOOK_EVERY_S)


@contextmanager
def _dispatching() -> Iterator[threading.Thread]:
    """Run a dispatcher beside this thread, as ``manage.py dispatch`` does in production."""
    stop = threading.Event()

    def run() -> None:
        try:
            wiring.dispatcher().run_forever(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, name="dispatcher")
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


def event_names(task_id: UUID) -> list[str]:
    """The names of the task's events, in order."""
    from modules.eventstore.event_log import EventLog

    return [event.topic.partition(".")[2] for event in EventLog().history(task_id)]


def has_video(view: TaskView) -> bool:
    """Whether the task ended with a video."""
    return view.phase is Phase.COMPLETED
