"""Notice jobs that will never report again, or never start, and help or end their tasks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import RequestedTask, StaleTask
from modules.choreography.handlers import NOT_STARTED, NOT_STARTED_CODE
from modules.choreography.ports import ExecutionState, JobExecutor
from modules.choreography.queries import list_needless_orders, list_stale, list_without_order
from modules.errors import BachataError
from modules.eventstore.contract import EventStore

log = logging.getLogger(__name__)

RESOURCES_MESSAGE = "There was not enough memory to make this video."
TIMEOUT_MESSAGE = "Making this video took too long and was stopped."
STOPPED_MESSAGE = "Making this video was stopped by the operators."


@contextmanager
def _one_at_a_time(task_id: UUID) -> Iterator[None]:
    """Let one unreadable task or an absent executor not keep the others waiting."""
    try:
        yield
    except BachataError as error:
        log.warning("Task %s stays as it is for now: %s", task_id, error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """A periodic task of the dispatcher; any number may sweep at once.

    Every loss is decided on the version the sweeper saw: a job that reports in between keeps
    its task, and of two sweepers one wins.

    Parameters
    ----------
    ask_after_s : float
        Silence after which the executor is asked; more than a heartbeat lasts.
    lost_after_s : float
        Silence after which a task whose job nobody knows anything about is given up
        (three times as long if the executor has no word of its execution).
    hung_after_s : float
        Silence after which a job that holds the task and is alive, but says nothing, is
        stopped and replaced.
    unclaimed_after_s : float
        Time at work after which a job that has not claimed its task is stopped and replaced.
    """

    tasks: ChoreographyTasks
    store: EventStore
    executor: JobExecutor
    ask_after_s: float = 10.0
    lost_after_s: float = 60.0
    hung_after_s: float = 300.0
    unclaimed_after_s: float = 60.0

    def sweep(self) -> int:
        """Look at every silent task once; return how many."""
        silent = list_stale(self.store, silent_s=self.ask_after_s)
        for task in silent:
            with _one_at_a_time(task.task_id):
                self._look_at(task)
        # A task that was cancelled, or whose job claimed it before its dispatcher died, never gets
        # a turn again.
        self.store.close_messages(list_needless_orders(self.store))
        without_order = list_without_order(self.store, silent_s=self.ask_after_s)
        for requested in without_order:
            with _one_at_a_time(requested.task_id):
                self._order_or_end(requested)
        return len(silent) + len(without_order)

    def _order_or_end(self, task: RequestedTask) -> None:
        if not task.is_given_up:
            log.warning("Task %s: the order for its job is gone; it is given again", task.task_id)
            self.tasks.order_again(task_id=task.task_id, attempt=task.attempt)
            return
        self.tasks.stop(
            task_id=task.task_id,
            attempt=task.attempt,
            seen_version=task.version,
            code=NOT_STARTED_CODE,
            message=NOT_STARTED,
        )

    def _look_at(self, task: StaleTask) -> None:
        name = task.job_execution_name
        state = self.executor.state(name) if name else ExecutionState.UNKNOWN
        match state:
            case ExecutionState.RUNNING:
                self._stop_if_hung(task)
            case ExecutionState.FAILED:
                self._lose(task, "its execution failed in every try")
            case ExecutionState.OUT_OF_MEMORY:
                self._lose(
                    task, "it ran out of memory", code="resources", message=RESOURCES_MESSAGE
                )
            case ExecutionState.SUCCEEDED:
                self._lose(task, "its execution ended without a result")
            case ExecutionState.TIMED_OUT:
                self._stop(task, code="job_timeout", message=TIMEOUT_MESSAGE)
            case ExecutionState.CANCELLED:
                self._stop(task, code="stopped", message=STOPPED_MESSAGE)
            case ExecutionState.UNKNOWN:
                self._lose_if_long_gone(task)

    def _stop_if_hung(self, task: StaleTask) -> None:
        if task.claimed:
            if task.silent_s >= self.hung_after_s:
                self._lose(task, f"it said nothing for {task.silent_s:.0f} s")
            return
        # Without a claim it may wait for its turn in the executor, which may take long.
        at_work_s = self.executor.running_for_s(task.job_execution_name or "")
        if at_work_s is not None and at_work_s >= self.unclaimed_after_s:
            self._lose(task, f"it did not claim its task in {at_work_s:.0f} s")

    def _lose_if_long_gone(self, task: StaleTask) -> None:
        # "Not found" is no proof of an end: old executions are dropped, lists lag behind.
        if task.silent_s >= 3 * self.lost_after_s:
            self._lose(task, "the executor knows nothing of its execution")

    def _lose(
        self, task: StaleTask, reason: str, *, code: str = "job_lost", message: str = ""
    ) -> None:
        begun = self.tasks.redispatch(
            task_id=task.task_id,
            attempt=task.attempt,
            seen_version=task.version,
            reason=reason,
            code=code,
            message=message,
        )
        log.warning("Attempt %s of task %s: %s", task.attempt, task.task_id, reason)
        if not begun and task.job_execution_name:
            self.executor.cancel(task.job_execution_name)

    def _stop(self, task: StaleTask, *, code: str, message: str) -> None:
        self.tasks.stop(
            task_id=task.task_id,
            attempt=task.attempt,
            seen_version=task.version,
            code=code,
            message=message,
        )
