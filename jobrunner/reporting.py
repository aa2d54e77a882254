"""The job's side of the task: claim it, report, keep it alive, end it.

Reports go through the same application service as every other command. A database that is away
for a while (a restart, a fail-over) is waited for; whether a lost answer meant success does not
matter, since every report is safe to repeat.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Self, TypedDict

from django.db import InterfaceError, OperationalError, connections

from jobrunner.contract import TryAgain
from modules.choreography.contract import DuplicateJob, Fence, StaleAttempt, TaskHasEnded
from modules.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from uuid import UUID

    from jobrunner.contract import JobSpec
    from jobrunner.stopping import StopSignal
    from modules.choreography.application import ChoreographyTasks

HEARTBEAT_S = 5.0
DATABASE_PATIENCE_S = 30.0
# The claim went to someone else, or the task needs no job any more: stop without a word.
NOT_MINE = (DuplicateJob, StaleAttempt, TaskHasEnded)

log = logging.getLogger(__name__)


class _Claim(TypedDict):
    """What every report of a job carries."""

    task_id: UUID
    attempt: int
    fence: Fence


class TaskReporter:
    """Speaks for one claim of one attempt; thread-safe.

    Parameters
    ----------
    tasks : ChoreographyTasks
        The application service.
    fence : Fence
        What the claim gave; a report with an outlived one is refused with ``StaleAttempt``.
    """

    def __init__(self, tasks: ChoreographyTasks, *, task_id: UUID, fence: Fence) -> None:
        self._tasks = tasks
        self._claim = _Claim(task_id=task_id, attempt=fence.attempt, fence=fence)
        self._lock = threading.Lock()
        self._stage, self._percent = "downloading", 0

    @classmethod
    def claim(
        cls, tasks: ChoreographyTasks, spec: JobSpec, task_id: UUID, *, stop: StopSignal
    ) -> TaskReporter:
        """Take the attempt for this job (``JobStarted``).

        ``stop`` is held when this returns: whoever gets the claim lets go when ready to give it
        back.

        Raises
        ------
        DuplicateJob, StaleAttempt, TaskHasEnded
            If the attempt is not to be had; nothing was recorded.
        """

        def once() -> Fence:
            stop.defer()
            try:
                return tasks.claim(
                    task_id=task_id,
                    attempt=spec.attempt,
                    execution_name=spec.execution,
                    execution_try=spec.execution_try,
                )
            except BaseException:
                stop.resume()
                raise

        return cls(tasks, task_id=task_id, fence=retry_while_database_down(once))

    @property
    def fence(self) -> Fence:
        """The claim's fence."""
        return self._claim["fence"]

    def report(self, stage: str, percent: int) -> None:
        """Record stage and progress."""
        with self._lock:
            self._stage, self._percent = stage, percent
            self._send()

    def beat(self) -> None:
        """Repeat the last report: the job is alive."""
        with self._lock:
            self._send()

    def complete(self, result: Mapping[str, Any]) -> None:
        """Record the finished video."""
        retry_while_database_down(lambda: self._tasks.complete(**self._claim, result=result))

    def fail(self, *, code: str, message: str) -> None:
        """Record that no video will come."""
        retry_while_database_down(
            lambda: self._tasks.fail(**self._claim, code=code, message=message)
        )

    def release(self) -> None:
        """Give the claim back, so that the next try need not wait for this one to be missed."""
        self._tasks.release(**self._claim)

    def _send(self) -> None:
        retry_while_database_down(
            lambda: self._tasks.report_progress(
                **self._claim, stage=self._stage, progress=self._percent
            )
        )


class Heartbeat:
    """Repeats the last report every few seconds while the job works, on its own connection."""

    def __init__(self, reporter: TaskReporter, *, every_s: float = HEARTBEAT_S) -> None:
        self._reporter = reporter
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        """Begin to beat."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop; the beat that is under way is not waited for."""
        self._stop.set()

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._every_s):
                self._beat()
        except NOT_MINE as error:
            # The next report of the job itself meets the same refusal and ends it.
            log.warning("This job lost its task: %s", error)
        finally:
            connections.close_all()

    def _beat(self) -> None:
        try:
            self._reporter.beat()
        except TryAgain as error:
            # A row may be locked for longer than one beat is patient; the next may come through.
            log.warning("No heartbeat: %s", error)


def retry_while_database_down[T](command: Callable[[], T]) -> T:
    """Run a command, waiting for a database that went away, 30 s at most.

    Raises
    ------
    TryAgain
        If it does not come back.
    """
    deadline = time.monotonic() + DATABASE_PATIENCE_S
    pause_s = 0.1
    while True:
        try:
            return command()
        except (OperationalError, InterfaceError, TransientError) as error:
            if time.monotonic() + pause_s > deadline:
                raise TryAgain(f"The database does not answer: {error}") from error
            connections.close_all()
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 2.0)
