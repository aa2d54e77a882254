"""Jobs that analyse songs: the job's process with another order, beside those that make videos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.choreography.ports import (
    ExecutionState,
    ExecutorBusy,
    ExecutorUnavailable,
    JobRefused,
)
from modules.eventstore.contract import DeliveryFailed, DeliveryRefused, DeliveryThrottled

if TYPE_CHECKING:
    from uuid import UUID

    from modules.choreography.ports import JobExecutor

ATTEMPT = 1
"""The executor tries a failed execution again; there is no other attempt after that."""


class ExecutorAnalysisJobs:
    """Every song's analysis is one execution, called as the song.

    Parameters
    ----------
    executor : JobExecutor
        Not the one that makes videos: nobody who waits for a video waits behind uploads.
    """

    def __init__(self, executor: JobExecutor) -> None:
        self._executor = executor

    def has_ended(self, song_id: UUID) -> bool:
        """Begin the song's execution unless it was begun; whether it has ended, however."""
        try:
            name = self._executor.find(task_id=song_id, attempt=ATTEMPT)
            name = name or self._executor.start(
                task_id=song_id, attempt=ATTEMPT, env={"SONG_ID": str(song_id)}
            )
            return self._executor.state(name) is not ExecutionState.RUNNING
        except ExecutorBusy as error:
            raise DeliveryThrottled(str(error), retry_after_s=error.retry_after_s) from error
        except ExecutorUnavailable as error:
            raise DeliveryFailed(str(error)) from error
        except JobRefused as error:
            raise DeliveryRefused(str(error)) from error
