"""What the choreography module needs: who runs jobs, knows songs, makes links, saves videos."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from modules.choreography.contract import FinishedTask, ParsedQuery, PendingSave
from modules.errors import FatalError, TransientError


class ExecutionState(StrEnum):
    """How an execution stands, as far as its executor can tell."""

    RUNNING = "running"
    """Waiting for its turn, or at work, or between two tries."""
    SUCCEEDED = "succeeded"
    """A try ended with exit code 0."""
    FAILED = "failed"
    """Every try ended badly."""
    TIMED_OUT = "timed_out"
    """A try was stopped because it took longer than a job may."""
    OUT_OF_MEMORY = "out_of_memory"
    """Every try was killed by the system, which does so for want of memory."""
    CANCELLED = "cancelled"
    """It was told to stop."""
    UNKNOWN = "unknown"
    """The executor has no word of it: never there, or too long ago."""


class ExecutorBusy(TransientError):
    """Too many executions wait already; nothing was started."""

    code = "executor_busy"

    def __init__(self, message: str, *, retry_after_s: float = 2.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ExecutorUnavailable(TransientError):
    """No answer: the execution may or may not have been started; look before trying again."""

    code = "executor_unavailable"


class JobRefused(FatalError):
    """The executor will never start this job: not allowed, not found, not valid."""

    code = "job_refused"


class JobExecutor(Protocol):
    """Runs ``python -m jobrunner`` somewhere, up to three tries per execution.

    Each try gets ``CLOUD_RUN_EXECUTION`` (the execution's name) and
    ``CLOUD_RUN_TASK_ATTEMPT`` (0, 1, 2) in its environment, besides what it is started with.
    """

    def start(self, *, task_id: UUID, attempt: int, env: Mapping[str, str]) -> str:
        """Start the job of one attempt and return the execution's name.

        Raises
        ------
        ExecutorBusy, ExecutorUnavailable, JobRefused
        """

    def find(self, *, task_id: UUID, attempt: int) -> str | None:
        """Return the name of the execution started for this attempt, by whomever, or None."""

    def state(self, execution_name: str) -> ExecutionState:
        """Return how an execution stands."""

    def running_for_s(self, execution_name: str) -> float | None:
        """Return for how many seconds its present try has been at work; None if none is."""

    def cancel(self, execution_name: str) -> None:
        """Ask an execution to stop: SIGTERM, and SIGKILL after 10 s. Returns at once.

        Unknown, ended and cancelled ones are left as they are.
        """


class FindSong(Protocol):
    """Looks a song of the library up."""

    def __call__(self, address: str, *, user_id: int) -> Mapping[str, Any] | None:
        """Return ``title`` and ``artist`` of ``song:<id>``; None if this user has no such song."""


class Links(Protocol):
    """Makes addresses at which a browser may fetch a media object without a header."""

    def link(self, key: str) -> str:
        """Return an address that works for a while."""

    def period(self) -> int:
        """Return a number that changes whenever the links of the same keys change."""


class QueryParser(Protocol):
    """Understands a typed query."""

    def __call__(self, query: str) -> ParsedQuery:
        """Return what the sentence asks for; never raises."""


class AutoSaver(Protocol):
    """Saves finished videos for those who want that; stores nothing by itself."""

    def prepare(self, task: FinishedTask) -> PendingSave | None:
        """Return what to store with the task's completion, or None if its owner wants nothing.

        A refusal, and any error but a ``TransientError``, only means that nothing is saved.
        """
