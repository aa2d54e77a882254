"""Deliver the outbox's orders to the executor; every delivery may happen twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from modules.choreography.application import ChoreographyTasks
from modules.choreography.domain import ChoreographyTask
from modules.choreography.ports import (
    ExecutionState,
    ExecutorBusy,
    ExecutorUnavailable,
    JobExecutor,
    JobRefused,
)
from modules.eventstore.contract import (
    DeliveryFailed,
    DeliveryRefused,
    DeliveryThrottled,
    LeasedMessage,
)

NOT_STARTED_CODE = "job_not_started"
NOT_STARTED = "The video could not be started. Please try again later."


class DispatchHandler:
    """Starts the job of an attempt (``generation.dispatch``).

    An execution that exists already is adopted: the dispatcher before may have died between
    starting it and saying so.
    """

    def __init__(self, *, tasks: ChoreographyTasks, executor: JobExecutor) -> None:
        self._tasks, self._executor = tasks, executor

    def deliver(self, message: LeasedMessage) -> str | None:
        """Find or start the execution; None when nobody wants the attempt any more."""
        task_id, attempt = _order(message)
        task = self._tasks.get(task_id)
        if task.phase.is_final or task.attempt != attempt:
            return None
        with _translated_errors():
            found = self._executor.find(task_id=task_id, attempt=attempt)
            return found or self._executor.start(
                task_id=task_id, attempt=attempt, env=job_environment(task)
            )

    def settle(self, message: LeasedMessage, receipt: object) -> None:
        """Record ``JobDispatched``."""
        task_id, attempt = _order(message)
        if isinstance(receipt, str):
            self._tasks.job_dispatched(task_id=task_id, attempt=attempt, execution_name=receipt)

    def give_up(self, message: LeasedMessage, error: Exception) -> None:
        """Record ``GenerationFailed``, unless a job is at work all the same."""
        task_id, attempt = _order(message)
        self._tasks.give_up_dispatch(
            task_id=task_id, attempt=attempt, code=NOT_STARTED_CODE, message=NOT_STARTED
        )


class CancelHandler:
    """Stops the job of an attempt (``generation.cancel``), if there is one.

    A job that starts later is refused its claim, so nothing needs to be remembered.
    """

    def __init__(self, *, tasks: ChoreographyTasks, executor: JobExecutor) -> None:
        self._tasks, self._executor = tasks, executor

    def deliver(self, message: LeasedMessage) -> list[str]:
        """Cancel every execution known to serve the attempt, until none is at work.

        Raises
        ------
        DeliveryFailed
            While one is still stopping: an order given to a dying supervisor would be lost.
        """
        task_id, attempt = _order(message)
        task = self._tasks.get(task_id)
        with _translated_errors():
            found = self._executor.find(task_id=task_id, attempt=attempt)
            recorded = task.execution_name if task.attempt == attempt else None
            names = [name for name in dict.fromkeys([found, recorded]) if name]
            for name in names:
                self._executor.cancel(name)
            states = {name: self._executor.state(name) for name in names}
        if ExecutionState.RUNNING in states.values():
            raise DeliveryFailed(f"Still stopping: {', '.join(names)}")
        return names

    def settle(self, message: LeasedMessage, receipt: object) -> None:
        """Nothing to record: the task was cancelled before."""

    def give_up(self, message: LeasedMessage, error: Exception) -> None:
        """Nothing to record: the job loses its task at its next report anyway."""


def job_environment(task: ChoreographyTask) -> Mapping[str, str]:
    """Return what a job is told about its task."""
    asked = task.parameters
    return {
        "TASK_ID": str(task.id),
        "USER_ID": str(task.user_id),
        "AUDIO_INPUT": asked.audio_input,
        "DIFFICULTY": asked.difficulty,
        "ENERGY_LEVEL": asked.energy_level or "",
        "STYLE": asked.style or "",
        "CAMERA": asked.camera,
        "ATTEMPT": str(task.attempt),
        "SEED": "" if asked.seed is None else str(asked.seed),
    }


def _order(message: LeasedMessage) -> tuple[UUID, int]:
    return UUID(message.payload["task_id"]), int(message.payload["attempt"])


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Say an executor's errors in the outbox's words."""
    try:
        yield
    except ExecutorBusy as error:
        raise DeliveryThrottled(str(error), retry_after_s=error.retry_after_s) from error
    except ExecutorUnavailable as error:
        raise DeliveryFailed(str(error)) from error
    except JobRefused as error:
        raise DeliveryRefused(str(error)) from error
