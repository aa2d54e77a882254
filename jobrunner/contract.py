"""What a job's process is told, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from engine.contract import EngineError

if TYPE_CHECKING:
    from datetime import datetime

    from engine.contract import Wishes


class ExitCode(IntEnum):
    """How the job's process ends, for the executor that started it."""

    DONE = 0
    """Done, refused as a duplicate, or failed for good and recorded."""
    TRY_AGAIN = 1
    """A transient fault; the executor may start it again."""


class JobFailure(EngineError):
    """The job cannot succeed, whatever the engine could do; the code says why."""

    code = "job_failed"


class TryAgain(Exception):
    """A transient fault outside the job: storage, database, network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """The job's orders, as the environment states them."""

    task_id: str
    requested_at: datetime
    user_id: int
    audio_input: str
    wishes: Wishes
    attempt: int = 1
    seed: int | None = None
    execution: str = ""
    execution_try: int = 0
