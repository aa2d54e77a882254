"""What others may know of the choreography module: values, errors, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, get_args
from uuid import UUID

from engine.contract import Camera
from modules.errors import DomainError

MAX_ATTEMPTS = 3
"""Times one task is dispatched before it fails with ``job_lost``."""

Style = Literal["romantic", "energetic", "sensual", "playful", "modern"]
STYLES: tuple[Style, ...] = get_args(Style)

DEFAULT_CAMERA: Camera = "stay"
"""What is wished of the camera where nothing is said."""

DISPATCH = "generation.dispatch"
"""Outbox kind: start a job for ``{task_id, attempt}``."""
CANCEL = "generation.cancel"
"""Outbox kind: stop the job of ``{task_id, attempt}``."""


def dispatch_key(task_id: UUID, attempt: int) -> str:
    """Name the message that starts the job of an attempt."""
    return f"dispatch:{task_id}:{attempt}"


class Topic(StrEnum):
    """The frozen names of the events of one choreography task."""

    GENERATION_REQUESTED = "choreography.GenerationRequested"
    JOB_DISPATCHED = "choreography.JobDispatched"
    JOB_STARTED = "choreography.JobStarted"
    JOB_RELEASED = "choreography.JobReleased"
    JOB_LOST = "choreography.JobLost"
    PROGRESS_REPORTED = "choreography.ProgressReported"
    VIDEO_RENDERED = "choreography.VideoRendered"
    GENERATION_FAILED = "choreography.GenerationFailed"
    GENERATION_CANCELLED = "choreography.GenerationCancelled"


class Phase(StrEnum):
    """Where a task stands; the last three are final."""

    REQUESTED = "requested"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing can happen any more."""
        return self in FINAL_PHASES


FINAL_PHASES = frozenset({Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED})


class Stage(StrEnum):
    """What a running job is busy with, in order."""

    DOWNLOADING = "downloading"
    ANALYZING = "analyzing"
    SELECTING = "selecting"
    GENERATING = "generating"
    FINALIZING = "finalizing"


class UnknownDifficulty(DomainError):
    """The difficulty is none of ``DIFFICULTIES``."""

    code = "unknown_difficulty"


class UnknownEnergyLevel(DomainError):
    """The energy level is none of ``ENERGY_LEVELS``."""

    code = "unknown_energy_level"


class UnknownStyle(DomainError):
    """The style is none of ``STYLES``."""

    code = "unknown_style"


class UnknownCamera(DomainError):
    """The camera is none of the engine's ``CAMERAS``."""

    code = "unknown_camera"


class UnusableSeed(DomainError):
    """The seed is no whole number from 0 to 2**31 - 1."""

    code = "unusable_seed"


class UnusableAudioInput(DomainError):
    """The song is neither ``song:<id>``, nor a YouTube address, nor a ``gs://`` object."""

    code = "unusable_audio_input"


class UnknownStage(DomainError):
    """A job reported a stage that does not exist."""

    code = "unknown_stage"


class UnusableResult(DomainError):
    """A job reported a video that nobody could play."""

    code = "unusable_result"


class TaskNotFound(DomainError):
    """There is no such task, or it belongs to somebody else."""

    code = "not_found"


class RequestIdTaken(DomainError):
    """The request id was used before, with other parameters or by somebody else."""

    code = "request_id_taken"


class TaskHasEnded(DomainError):
    """The task is completed, failed or cancelled; nothing changes it any more."""

    code = "task_has_ended"


class TooManyLiveTasks(DomainError):
    """The user has as many tasks waiting or being made as one may have."""

    code = "too_many_live_tasks"


class TaskIsLive(DomainError):
    """The task is waiting or being made; there is nothing to try again yet."""

    code = "task_is_live"


class TaskIsLegacy(DomainError):
    """The task belongs to the old application; it can be read here, not changed."""

    code = "task_of_the_old_app"


class TimelineNotReady(DomainError):
    """The task is still being made; its timeline comes with the video."""

    code = "timeline_not_ready"


class TimelineNotFound(DomainError):
    """The task ended without a timeline, or its file is gone."""

    code = "timeline_not_found"


class StaleAttempt(DomainError):
    """The job does not hold the task: another attempt or a later claim does."""

    code = "stale_attempt"


class DuplicateJob(DomainError):
    """Another execution holds this attempt and is alive."""

    code = "duplicate_job"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationParameters:
    """What somebody asks for.

    Attributes
    ----------
    audio_input : str
        ``song:<id>``, a YouTube address, or a ``gs://`` object.
    difficulty, energy_level, style : str
        One of the engine's ``DIFFICULTIES`` and ``ENERGY_LEVELS``, and of ``STYLES``; None leaves
        the last two open.
    camera : str
        One of the engine's ``CAMERAS``.
    seed : int or None
        The same parameters and seed give the same choreography; None: a new one every time.
    """

    audio_input: str
    difficulty: str
    energy_level: str | None = None
    style: str | None = None
    camera: str = DEFAULT_CAMERA
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """What a job got by claiming; it goes with every report of the job.

    ``number`` grows with every claim of the task; a report with an older one is refused.
    """

    task_id: UUID
    attempt: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One task as readers see it: a row of ``task_views``."""

    task_id: UUID
    user_id: int
    version: int
    phase: Phase
    status: str
    progress: int
    stage: str
    message: str
    attempt: int
    fence: int
    job_execution_name: str | None
    claimed: bool
    audio_input: str
    difficulty: str
    energy_level: str | None
    style: str | None
    camera: str
    seed: int | None
    song: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    error_code: str | None
    error: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def parameters(self) -> GenerationParameters:
        """What was asked for."""
        return GenerationParameters(
            audio_input=self.audio_input,
            difficulty=self.difficulty,
            energy_level=self.energy_level,
            style=self.style,
            camera=self.camera,
            seed=self.seed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedTask:
    """A task with its video: what may be kept of it."""

    task_id: UUID
    user_id: int
    audio_input: str
    difficulty: str
    energy_level: str | None
    style: str | None
    song: Mapping[str, Any] | None
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PendingSave:
    """A video about to be saved in its owner's collection.

    ``aggregates`` carry the events that say so; they are stored with the task's own, in one
    transaction.
    """

    id: UUID
    aggregates: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleTask:
    """A dispatched or running task, and how long its job has been silent.

    ``silent_s`` is the age of its last event in seconds, by the database's clock.
    """

    task_id: UUID
    attempt: int
    version: int
    phase: Phase
    claimed: bool
    job_execution_name: str | None
    silent_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedTask:
    """A requested task for whose job no message waits.

    ``is_given_up``: there was one, and it was closed undone.
    """

    task_id: UUID
    attempt: int
    version: int
    is_given_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyTask:
    """One task of the old application: what its table says, and nothing of ours."""

    task_id: str
    status: str
    progress: int
    stage: str
    message: str
    result: Mapping[str, Any] | None
    error: str | None
    job_execution_name: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedQuery:
    """What a typed query asks for; None where it says nothing.

    ``tempo`` is a number of BPM, or ``slow``, ``medium``, ``fast``; ``confidence`` is in [0, 1];
    ``explanation`` is a sentence in the language of the query.
    """

    difficulty: str | None
    energy_level: str | None
    style: str | None
    tempo: int | str | None
    confidence: float
    explanation: str
