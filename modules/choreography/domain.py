"""The ``ChoreographyTask`` aggregate: one choreography from the request to the video.

Commands check and record; apply methods only assign. No clock and no I/O: whether a job has
been silent for too long is decided outside, by the database's clock, and handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from modules.choreography.contract import (
    DEFAULT_CAMERA,
    MAX_ATTEMPTS,
    DuplicateJob,
    GenerationParameters,
    Phase,
    Stage,
    StaleAttempt,
    TaskHasEnded,
    TaskNotFound,
    Topic,
    UnknownStage,
    UnusableResult,
)
from modules.choreography.sanitize import sanitize_code, sanitize_json, sanitize_text


class ChoreographyTask(Aggregate):
    """One choreography: requested, dispatched, running, then completed, failed or cancelled.

    Attributes
    ----------
    parameters : GenerationParameters
        What was asked for.
    attempt : int
        The attempt whose job is wanted or at work, from 1 to ``MAX_ATTEMPTS``.
    fence : int
        Claims so far; the last claim's number is the only one whose reports count.
    holder : tuple of (str, int) or None
        Execution name and try (from 0) of the job that holds the claim.
    execution_name, dispatched_to : str or None
        The execution to ask about the attempt (the last claimant's, else the dispatched one),
        and the one an executor was seen to take.
    progress : int
        Percent, 0 … 100; never falls within an attempt.
    """

    TOPIC = "choreography.ChoreographyTask"

    class Created(Aggregate.Created):
        """Somebody asked for a choreography (``GenerationRequested``)."""

        TOPIC = Topic.GENERATION_REQUESTED.value
        class_version = 2
        user_id: int
        audio_input: str
        difficulty: str
        energy_level: str | None
        style: str | None
        camera: str
        seed: int | None
        song: dict[str, Any] | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Version 1 knew no wish about the camera: the planner kept to one room."""
            state["camera"] = DEFAULT_CAMERA

    class JobDispatched(Aggregate.Event):
        """An executor took the job of this attempt."""

        TOPIC = Topic.JOB_DISPATCHED.value
        attempt: int
        execution_name: str

    class JobStarted(Aggregate.Event):
        """A job claimed the attempt; only reports with this fence count from here on."""

        TOPIC = Topic.JOB_STARTED.value
        attempt: int
        fence: int
        execution_name: str
        execution_try: int

    class JobReleased(Aggregate.Event):
        """The job gave its claim back, because it was asked to stop."""

        TOPIC = Topic.JOB_RELEASED.value
        attempt: int
        fence: int

    class JobLost(Aggregate.Event):
        """The attempt's job is gone without a result; the next attempt begins."""

        TOPIC = Topic.JOB_LOST.value
        attempt: int
        reason: str

    class ProgressReported(Aggregate.Event):
        """The job is alive and this far."""

        TOPIC = Topic.PROGRESS_REPORTED.value
        attempt: int
        fence: int
        stage: str
        progress: int
        message: str | None

    class VideoRendered(Aggregate.Event):
        """The video is finished and stored."""

        TOPIC = Topic.VIDEO_RENDERED.value
        attempt: int
        fence: int
        result: dict[str, Any]

    class GenerationFailed(Aggregate.Event):
        """No video will come; ``code`` is stable, ``message`` is for people."""

        TOPIC = Topic.GENERATION_FAILED.value
        attempt: int
        fence: int
        code: str
        message: str

    class GenerationCancelled(Aggregate.Event):
        """Somebody no longer wants the video; ``user_id`` is None when the system decided."""

        TOPIC = Topic.GENERATION_CANCELLED.value
        attempt: int
        user_id: int | None

    @event(Created)
    def __init__(
        self,
        *,
        user_id: int,
        audio_input: str,
        difficulty: str,
        energy_level: str | None,
        style: str | None,
        camera: str,
        seed: int | None,
        song: dict[str, Any] | None,
    ) -> None:
        self.user_id = user_id
        self.parameters = GenerationParameters(
            audio_input=audio_input,
            difficulty=difficulty,
            energy_level=energy_level,
            style=style,
            camera=camera,
            seed=seed,
        )
        self.song = song
        self.phase = Phase.REQUESTED
        self.attempt = 1
        self.fence = 0
        self.holder: tuple[str, int] | None = None
        self.execution_name: str | None = None
        self.dispatched_to: str | None = None
        self.progress = 0
        self.stage: Stage | None = None
        self.result: dict[str, Any] | None = None
        self.error_code: str | None = None
        self.error: str | None = None

    def must_belong_to(self, user_id: int | None) -> None:
        """Refuse anybody but the owner (``None``: the system) as if there were no task."""
        if user_id not in (None, self.user_id):
            raise TaskNotFound("There is no such choreography.")

    def job_dispatched(self, *, attempt: int, execution_name: str) -> None:
        """Record which execution serves the attempt; late, repeated or stale is no news.

        A fast job may have started, or even ended, before its dispatcher says so.
        """
        if self.phase.is_final or attempt != self.attempt or execution_name == self.dispatched_to:
            return
        self.trigger_event(self.JobDispatched, attempt=attempt, execution_name=execution_name)

    @event(JobDispatched)
    def _apply_dispatched(self, execution_name: str) -> None:
        self.dispatched_to = execution_name
        self.execution_name = self.execution_name or execution_name
        if self.phase is Phase.REQUESTED:
            self.phase = Phase.DISPATCHED

    def claim(
        self, *, attempt: int, execution_name: str, execution_try: int, holder_is_silent: bool
    ) -> int:
        """Give the attempt to one job.

        Parameters
        ----------
        execution_try : int
            0 for an execution's first try. A later try of the holder's execution takes over
            at once: the executor only starts it when the earlier one is dead.
        holder_is_silent : bool
            Whether the holder's last event is so old that anyone may take over.

        Returns
        -------
        int
            The fence: grows with every claim.

        Raises
        ------
        TaskHasEnded, StaleAttempt, DuplicateJob
            Nothing is recorded then.
        """
        self._must_be_current(attempt)
        if self.holder is not None and not holder_is_silent:
            holder_name, holder_try = self.holder
            if execution_name != holder_name or execution_try <= holder_try:
                raise DuplicateJob(f"Attempt {attempt} is held by {holder_name or 'another job'}.")
        self.trigger_event(
            self.JobStarted,
            attempt=attempt,
            fence=self.fence + 1,
            execution_name=execution_name,
            execution_try=execution_try,
        )
        return self.fence

    @event(JobStarted)
    def _apply_started(self, fence: int, execution_name: str, execution_try: int) -> None:
        self.phase, self.fence, self.stage = Phase.RUNNING, fence, Stage.DOWNLOADING
        self.holder, self.execution_name = (execution_name, execution_try), execution_name

    def release(self, *, attempt: int, fence: int) -> None:
        """Give the claim back, so that a retry may claim at once; the attempt goes on."""
        self._must_hold(attempt, fence)
        self.trigger_event(self.JobReleased, attempt=attempt, fence=fence)

    @event(JobReleased)
    def _apply_released(self) -> None:
        self.holder = None

    def report_progress(
        self, *, attempt: int, fence: int, stage: str, progress: int, message: str | None
    ) -> None:
        """Record how far the job is; also its heartbeat, so equal reports are recorded too.

        Parameters
        ----------
        progress : int
            Percent; bounded to 0 … 99, and lifted to what was reached before.
        """
        self._must_hold(attempt, fence)
        if stage not in Stage:
            raise UnknownStage(f"There is no stage {stage!r}.")
        self.trigger_event(
            self.ProgressReported,
            attempt=attempt,
            fence=fence,
            stage=str(stage),
            progress=max(self.progress, min(99, max(0, int(progress)))),
            message=None if message is None else sanitize_text(message),
        )

    @event(ProgressReported)
    def _apply_progress(self, stage: str, progress: int) -> None:
        self.stage, self.progress = Stage(stage), progress

    def awaits_result(self, *, attempt: int, fence: int) -> bool:
        """Whether a result of this claim would be recorded now."""
        held = self.holder is not None and (self.attempt, self.fence) == (attempt, fence)
        return held and not self.phase.is_final

    def complete(self, *, attempt: int, fence: int, result: Mapping[str, Any]) -> None:
        """Record the finished video; the same job saying so twice says it once.

        Raises
        ------
        UnusableResult
            If ``result`` has no ``video_path``.
        """
        if self._ended_as(Phase.COMPLETED, attempt, fence):
            return
        self._must_hold(attempt, fence)
        if not isinstance(result.get("video_path"), str) or not result["video_path"]:
            raise UnusableResult("The result names no video.")
        self.trigger_event(
            self.VideoRendered, attempt=attempt, fence=fence, result=sanitize_json(dict(result))
        )

    @event(VideoRendered)
    def _apply_rendered(self, result: dict[str, Any]) -> None:
        self.phase, self.progress, self.result = Phase.COMPLETED, 100, result

    def fail(self, *, attempt: int, fence: int, code: str, message: str) -> None:
        """Record that no video will come; the same job saying so twice says it once."""
        if self._ended_as(Phase.FAILED, attempt, fence):
            return
        self._must_hold(attempt, fence)
        self._record_failure(code, message)

    def give_up_dispatch(self, *, attempt: int, code: str, message: str) -> None:
        """Fail, because no job can be started; no news once a job is at work or all is over."""
        if attempt == self.attempt and self.phase in (Phase.REQUESTED, Phase.DISPATCHED):
            self._record_failure(code, message)

    def lose_job(
        self, *, attempt: int, seen_version: int | None, reason: str, code: str, message: str
    ) -> bool:
        """Begin the next attempt, or fail with ``code`` after the last.

        Parameters
        ----------
        seen_version : int or None
            The task's version when its job was found dead. Anything recorded since then is a
            sign of life, and nothing is lost.

        Returns
        -------
        bool
            Whether the next attempt has begun and wants a job.
        """
        if self.phase.is_final or attempt != self.attempt:
            return False
        if seen_version is not None and self.version != seen_version:
            return False
        if attempt >= MAX_ATTEMPTS:
            self._record_failure(code, message)
            return False
        self.trigger_event(self.JobLost, attempt=attempt, reason=sanitize_text(reason))
        return True

    @event(JobLost)
    def _apply_lost(self, attempt: int) -> None:
        self.phase, self.attempt = Phase.REQUESTED, attempt + 1
        self.holder, self.execution_name, self.dispatched_to = None, None, None
        self.progress, self.stage = 0, None

    def stop(self, *, attempt: int, seen_version: int, code: str, message: str) -> None:
        """Fail, because the job was stopped from outside; no news after any sign of life."""
        if not self.phase.is_final and (self.attempt, self.version) == (attempt, seen_version):
            self._record_failure(code, message)

    @event(GenerationFailed)
    def _apply_failed(self, code: str, message: str) -> None:
        self.phase, self.progress = Phase.FAILED, 0
        self.error_code, self.error = code, message

    def cancel(self, *, user_id: int | None) -> bool:
        """Record that nobody wants the video any more.

        Returns
        -------
        bool
            False when it was cancelled already.

        Raises
        ------
        TaskNotFound
            If the task belongs to somebody else.
        TaskHasEnded
            If it is completed or failed.
        """
        self.must_belong_to(user_id)
        if self.phase is Phase.CANCELLED:
            return False
        self._must_be_live()
        self.trigger_event(self.GenerationCancelled, attempt=self.attempt, user_id=user_id)
        return True

    @event(GenerationCancelled)
    def _apply_cancelled(self) -> None:
        self.phase, self.progress = Phase.CANCELLED, 0

    def _record_failure(self, code: str, message: str) -> None:
        self.trigger_event(
            self.GenerationFailed,
            attempt=self.attempt,
            fence=self.fence,
            code=sanitize_code(code),
            message=sanitize_text(message),
        )

    def _must_be_live(self) -> None:
        if self.phase.is_final:
            raise TaskHasEnded(f"This choreography is {self.phase} already.")

    def _must_be_current(self, attempt: int) -> None:
        self._must_be_live()
        if attempt != self.attempt:
            raise StaleAttempt(f"Attempt {attempt} is over; attempt {self.attempt} counts.")

    def _must_hold(self, attempt: int, fence: int) -> None:
        self._must_be_current(attempt)
        if self.holder is None or fence != self.fence:
            raise StaleAttempt(f"Claim {fence} of attempt {attempt} is over.")

    def _ended_as(self, phase: Phase, attempt: int, fence: int) -> bool:
        return (self.phase, self.attempt, self.fence) == (phase, attempt, fence)


def request_task(
    *,
    request_id: UUID,
    user_id: int,
    parameters: GenerationParameters,
    song: Mapping[str, Any] | None,
) -> ChoreographyTask:
    """Begin a task whose id is the request's; ``parameters`` are checked already."""
    return ChoreographyTask._create(
        event_class=ChoreographyTask.Created,
        id=request_id,
        user_id=user_id,
        song=None if song is None else sanitize_json(dict(song)),
        **asdict(parameters),
    )
