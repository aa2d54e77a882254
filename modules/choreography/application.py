"""The commands of the choreography module, each in its own transaction, retried on conflict."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError

from modules.choreography.contract import (
    CANCEL,
    DISPATCH,
    Fence,
    FinishedTask,
    GenerationParameters,
    PendingSave,
    RequestIdTaken,
    TaskNotFound,
    dispatch_key,
)
from modules.choreography.domain import ChoreographyTask, request_task
from modules.choreography.parameters import checked_parameters
from modules.choreography.ports import AutoSaver
from modules.conflicts import retry_on_conflict
from modules.errors import DomainError, FatalError, TransientError
from modules.eventstore.contract import AggregateNotFound, EventStore, OutboxMessage

log = logging.getLogger(__name__)

TRY_AGAIN = (TransientError, OperationalError, InterfaceError)
SAVING_FAILED = (DomainError, FatalError, DatabaseError)

LOST_MESSAGE = "The video could not be made: its job stopped {attempts} times without a result."


class ChoreographyTasks:
    """Everything that can happen to a task.

    Refusals are ``DomainError``s, and nothing is recorded then.

    Parameters
    ----------
    store : EventStore
        Where the events are.
    lost_after_s : float
        Seconds after which a silent job may be taken over, by the database's clock.
    auto_saver : AutoSaver, optional
        Saves the finished videos of those who want that.
    """

    def __init__(
        self,
        *,
        store: EventStore,
        lost_after_s: float = 60.0,
        auto_saver: AutoSaver | None = None,
    ) -> None:
        self._store = store
        self._lost_after_s = lost_after_s
        self._auto_saver = auto_saver

    @retry_on_conflict
    def request(
        self,
        *,
        request_id: UUID,
        user_id: int,
        parameters: GenerationParameters,
        song: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Start one generation; asking again with one id starts no other.

        Raises
        ------
        UnknownDifficulty, UnknownEnergyLevel, UnknownStyle, UnknownCamera, UnusableSeed, \
        UnusableAudioInput
            If the parameters cannot be met by anybody.
        RequestIdTaken
            If the id was used with other parameters or by another user.
        """
        checked = checked_parameters(parameters)
        if (earlier := self._find(request_id)) is None:
            task = request_task(
                request_id=request_id, user_id=user_id, parameters=checked, song=song
            )
            self._store.save(task, outbox=[dispatch_message(task)])
        elif (earlier.user_id, earlier.parameters) != (user_id, checked):
            raise RequestIdTaken("This request was made before, with other wishes.")
        return request_id

    @retry_on_conflict
    def job_dispatched(self, *, task_id: UUID, attempt: int, execution_name: str) -> None:
        """Record which execution serves the attempt."""
        task = self.get(task_id)
        task.job_dispatched(attempt=attempt, execution_name=execution_name)
        self._store.save(task)

    @retry_on_conflict
    def claim(
        self, *, task_id: UUID, attempt: int, execution_name: str, execution_try: int
    ) -> Fence:
        """Give the attempt to one job; its reports carry the fence returned.

        Raises
        ------
        DuplicateJob
            If another execution holds the attempt and was heard of lately.
        StaleAttempt, TaskHasEnded, TaskNotFound
        """
        # Read before the task: an event in between makes the save conflict, never steal.
        latest = self._store.find_latest([task_id]).get(task_id)
        task = self.get(task_id)
        number = task.claim(
            attempt=attempt,
            execution_name=execution_name,
            execution_try=execution_try,
            holder_is_silent=latest is not None and latest.age_s >= self._lost_after_s,
        )
        self._store.save(task)
        return Fence(task_id=task_id, attempt=attempt, number=number)

    @retry_on_conflict
    def release(self, *, task_id: UUID, attempt: int, fence: Fence) -> None:
        """Give the claim back, so that a retry may claim at once."""
        task = self.get(task_id)
        task.release(attempt=attempt, fence=fence.number)
        self._store.save(task)

    @retry_on_conflict
    def report_progress(
        self,
        *,
        task_id: UUID,
        attempt: int,
        fence: Fence,
        stage: str,
        progress: int,
        message: str | None = None,
    ) -> None:
        """Record how far the job is (percent); also its heartbeat. Progress never falls."""
        task = self.get(task_id)
        task.report_progress(
            attempt=attempt, fence=fence.number, stage=stage, progress=progress, message=message
        )
        self._store.save(task)

    @retry_on_conflict
    def complete(
        self, *, task_id: UUID, attempt: int, fence: Fence, result: Mapping[str, Any]
    ) -> None:
        """Record the finished video; said twice by the same job, it is recorded once.

        Saved in its owner's collection, if they want that, in the same transaction. What goes
        wrong with saving it never costs the video.
        """
        task = self.get(task_id)
        pending = (
            self._prepare_save(task, result)
            if task.awaits_result(attempt=attempt, fence=fence.number)
            else None
        )
        if pending is not None:
            link = {"saved_choreography_id": str(pending.id), "auto_saved": True}
            task.complete(attempt=attempt, fence=fence.number, result={**result, **link})
            if self._save_with(task, pending):
                return
            task = self.get(task_id)
        task.complete(attempt=attempt, fence=fence.number, result=result)
        self._store.save(task)

    def _prepare_save(
        self, task: ChoreographyTask, result: Mapping[str, Any]
    ) -> PendingSave | None:
        """Ask the auto-saver; its refusals and bugs are logged and no more."""
        if self._auto_saver is None:
            return None
        try:
            return self._auto_saver.prepare(finished(task, result))
        except TRY_AGAIN:
            raise
        except SAVING_FAILED:
            log.exception("the video of task %s is not saved", task.id)
            return None

    def _save_with(self, task: ChoreographyTask, pending: PendingSave) -> bool:
        """Store both, or neither; False when the pending save is in the way."""
        try:
            # One call: projections first, then all events, so the commit-order lock is held
            # for the commit alone and no row is waited for under it.
            self._store.save(task, *pending.aggregates)
        except TRY_AGAIN:
            raise
        except SAVING_FAILED:
            log.exception("the video of task %s is not saved", task.id)
            return False
        return True

    @retry_on_conflict
    def fail(self, *, task_id: UUID, attempt: int, fence: Fence, code: str, message: str) -> None:
        """Record that no video will come; said twice by the same job, it is recorded once."""
        task = self.get(task_id)
        task.fail(attempt=attempt, fence=fence.number, code=code, message=message)
        self._store.save(task)

    @retry_on_conflict
    def cancel(self, *, task_id: UUID, user_id: int | None) -> None:
        """End a task nobody wants, and have its execution stopped; twice is once.

        Raises
        ------
        TaskNotFound
            Also if it belongs to another user (``None``: the system, which may).
        TaskHasEnded
            If it is completed or failed.
        """
        task = self.get(task_id)
        if task.cancel(user_id=user_id):
            self._store.save(task, outbox=[cancel_message(task, task.attempt)])

    @retry_on_conflict
    def redispatch(
        self,
        *,
        task_id: UUID,
        attempt: int,
        reason: str,
        seen_version: int | None = None,
        code: str = "job_lost",
        message: str = "",
    ) -> bool:
        """Begin the next attempt of a task whose job is gone, or fail it after the last.

        Parameters
        ----------
        seen_version : int, optional
            The version at which the job was found dead; any later event saves the attempt.
        code, message : str
            What the task fails with when there is no attempt left.

        Returns
        -------
        bool
            Whether the next attempt was begun; its dispatch is in the outbox then, and so is
            the order to stop whatever the lost attempt left behind.
        """
        task = self.get(task_id)
        begun = task.lose_job(
            attempt=attempt,
            seen_version=seen_version,
            reason=reason,
            code=code,
            message=message or LOST_MESSAGE.format(attempts=attempt),
        )
        self._store.save(
            task, outbox=[cancel_message(task, attempt), dispatch_message(task)][: 2 * begun]
        )
        return begun

    @retry_on_conflict
    def order_again(self, *, task_id: UUID, attempt: int) -> None:
        """Put the order for an attempt's job into the outbox; one that is there stays as it is."""
        task = self.get(task_id)
        if not task.phase.is_final and task.attempt == attempt:
            self._store.save(task, outbox=[dispatch_message(task)])

    @retry_on_conflict
    def give_up_dispatch(self, *, task_id: UUID, attempt: int, code: str, message: str) -> None:
        """Fail a task whose job cannot be started; no news if one is at work after all."""
        task = self.get(task_id)
        task.give_up_dispatch(attempt=attempt, code=code, message=message)
        self._store.save(task)

    @retry_on_conflict
    def stop(
        self, *, task_id: UUID, attempt: int, seen_version: int, code: str, message: str
    ) -> None:
        """Fail a task whose execution was stopped from outside; no news after a sign of life."""
        task = self.get(task_id)
        task.stop(attempt=attempt, seen_version=seen_version, code=code, message=message)
        self._store.save(task)

    def get(self, task_id: UUID) -> ChoreographyTask:
        """Return the task as its events make it, or raise ``TaskNotFound``."""
        if (task := self._find(task_id)) is None:
            raise TaskNotFound("There is no such choreography.")
        return task

    def _find(self, task_id: UUID) -> ChoreographyTask | None:
        try:
            task: ChoreographyTask = self._store.get(task_id)
        except AggregateNotFound:
            return None
        return task


def finished(task: ChoreographyTask, result: Mapping[str, Any]) -> FinishedTask:
    """Return what may be saved of a task that has this result."""
    asked = task.parameters
    return FinishedTask(
        task_id=task.id,
        user_id=task.user_id,
        audio_input=asked.audio_input,
        difficulty=asked.difficulty,
        energy_level=asked.energy_level,
        style=asked.style,
        song=task.song,
        result=result,
    )


def dispatch_message(task: ChoreographyTask) -> OutboxMessage:
    """Order a job for the task's present attempt."""
    return OutboxMessage(
        kind=DISPATCH,
        key=dispatch_key(task.id, task.attempt),
        payload={"task_id": str(task.id), "attempt": task.attempt},
    )


def cancel_message(task: ChoreographyTask, attempt: int) -> OutboxMessage:
    """Order the job of an attempt to be stopped."""
    return OutboxMessage(
        kind=CANCEL,
        key=f"cancel:{task.id}:{attempt}",
        payload={"task_id": str(task.id), "attempt": attempt},
    )
