"""The aggregate alone: nothing touched, every refusal records nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from modules.choreography.contract import (
    MAX_ATTEMPTS,
    DuplicateJob,
    GenerationParameters,
    Phase,
    StaleAttempt,
    TaskHasEnded,
    TaskNotFound,
    Topic,
    UnknownStage,
    UnusableResult,
)
from modules.choreography.domain import ChoreographyTask, request_task
from modules.errors import DomainError

RESULT = {"video_path": "video.mp4"}
PARAMETERS = GenerationParameters(
    audio_input="song:0b0e7a3e-6f0e-4a0c-9a52-1d2f5b0c7c11", difficulty="beginner"
)


def a_task(*, task_id: UUID | None = None) -> ChoreographyTask:
    """Return a task just requested by user 1."""
    return request_task(request_id=task_id or uuid4(), user_id=1, parameters=PARAMETERS, song=None)


def a_running_task() -> tuple[ChoreographyTask, int]:
    """Return a task whose job ``run-1`` has claimed it, and the fence."""
    task = a_task()
    task.job_dispatched(attempt=1, execution_name="run-1")
    return task, claim(task)


def claim(task: ChoreographyTask, **more: Any) -> int:
    """Claim as the first try of ``run-1``."""
    chosen = {
        "attempt": 1,
        "execution_name": "run-1",
        "execution_try": 0,
        "holder_is_silent": False,
    }
    return task.claim(**(chosen | more))


def lose(task: ChoreographyTask, attempt: int, seen_version: int | None = None) -> bool:
    """Find the attempt's job dead."""
    return task.lose_job(
        attempt=attempt, seen_version=seen_version, reason="gone", code="job_lost", message="No."
    )


def names(task: ChoreographyTask) -> list[str]:
    """Name what was recorded."""
    return [type(event).TOPIC.removeprefix("choreography.") for event in task.pending_events]


def refused(task: ChoreographyTask, error: type[DomainError], act: Callable[[], object]) -> None:
    """Assert that an act is refused and leaves no trace."""
    before, state = names(task), {**vars(task)}
    with pytest.raises(error):
        act()
    assert names(task) == before
    assert vars(task) == state


def test_the_topics_are_frozen() -> None:
    assert sorted(topic.value for topic in Topic) == [
        "choreography.GenerationCancelled",
        "choreography.GenerationFailed",
        "choreography.GenerationRequested",
        "choreography.JobDispatched",
        "choreography.JobLost",
        "choreography.JobReleased",
        "choreography.JobStarted",
        "choreography.ProgressReported",
        "choreography.VideoRendered",
    ]


def test_every_class_of_event_has_its_topic() -> None:
    classes = {
        value.TOPIC
        for name, value in vars(ChoreographyTask).items()
        if isinstance(value, type) and name != "Event"
    }
    assert classes == {topic.value for topic in Topic}


def test_a_task_goes_from_wish_to_video() -> None:
    task, fence = a_running_task()
    task.report_progress(attempt=1, fence=fence, stage="analyzing", progress=25, message=None)
    task.complete(attempt=1, fence=fence, result=RESULT)
    assert names(task) == [
        "GenerationRequested",
        "JobDispatched",
        "JobStarted",
        "ProgressReported",
        "VideoRendered",
    ]
    assert (task.phase, task.progress, task.result) == (Phase.COMPLETED, 100, RESULT)


def test_a_fast_job_may_start_before_its_dispatch_is_recorded() -> None:
    task = a_task()
    claim(task)
    task.job_dispatched(attempt=1, execution_name="run-1")
    assert names(task)[1:] == ["JobStarted", "JobDispatched"]
    assert task.phase is Phase.RUNNING


def test_a_dispatch_said_twice_late_or_of_an_old_attempt_is_no_news() -> None:
    task, fence = a_running_task()
    task.job_dispatched(attempt=1, execution_name="run-1")
    lose(task, 1)
    task.job_dispatched(attempt=1, execution_name="run-0")
    fence = claim(task, attempt=2)
    task.complete(attempt=2, fence=fence, result=RESULT)
    task.job_dispatched(attempt=2, execution_name="run-2")
    assert names(task).count("JobDispatched") == 1


def test_a_second_execution_of_a_held_attempt_is_a_duplicate() -> None:
    task, _ = a_running_task()
    refused(task, DuplicateJob, lambda: claim(task, execution_name="run-2"))
    refused(task, DuplicateJob, lambda: claim(task))


def test_a_later_try_of_the_same_execution_takes_over_at_once() -> None:
    task, dead = a_running_task()
    fence = claim(task, execution_try=1)
    assert fence > dead
    refused(task, StaleAttempt, lambda: task.complete(attempt=1, fence=dead, result=RESULT))
    refused(task, DuplicateJob, lambda: claim(task, execution_try=0))


def test_anybody_takes_over_from_a_silent_holder() -> None:
    task, dead = a_running_task()
    assert claim(task, execution_name="run-2", holder_is_silent=True) > dead
    assert task.execution_name == "run-2"


def test_a_released_attempt_can_be_claimed_again_and_its_fence_is_dead() -> None:
    task, dead = a_running_task()
    task.release(attempt=1, fence=dead)
    report = {"stage": "analyzing", "progress": 25, "message": None}
    refused(task, StaleAttempt, lambda: task.report_progress(attempt=1, fence=dead, **report))
    refused(task, StaleAttempt, lambda: task.release(attempt=1, fence=dead))
    assert claim(task, execution_name="run-9") > dead


def test_an_old_attempt_says_nothing_any_more() -> None:
    task, zombie = a_running_task()
    assert lose(task, 1)
    acts: list[Callable[[], object]] = [
        lambda: claim(task),
        lambda: task.release(attempt=1, fence=zombie),
        lambda: task.report_progress(
            attempt=1, fence=zombie, stage="analyzing", progress=25, message=None
        ),
        lambda: task.complete(attempt=1, fence=zombie, result=RESULT),
        lambda: task.fail(attempt=1, fence=zombie, code="x", message="y"),
    ]
    for act in acts:
        refused(task, StaleAttempt, act)


@pytest.mark.parametrize("end", ["complete", "fail", "cancel"])
def test_after_the_end_nothing_is_recorded(end: str) -> None:
    task, fence = a_running_task()
    match end:
        case "complete":
            task.complete(attempt=1, fence=fence, result=RESULT)
        case "fail":
            task.fail(attempt=1, fence=fence, code="unusable_audio", message="No beat.")
        case "cancel":
            task.cancel(user_id=1)
    before = names(task)
    refused(task, TaskHasEnded, lambda: claim(task, execution_try=1))
    refused(task, TaskHasEnded, lambda: task.release(attempt=1, fence=fence))
    if end != "complete":
        refused(task, TaskHasEnded, lambda: task.complete(attempt=1, fence=fence, result=RESULT))
    if end != "fail":
        refused(
            task, TaskHasEnded, lambda: task.fail(attempt=1, fence=fence, code="x", message="y")
        )
    if end != "cancel":
        refused(task, TaskHasEnded, lambda: task.cancel(user_id=1))
    assert not lose(task, 1)
    task.give_up_dispatch(attempt=1, code="x", message="y")
    task.stop(attempt=1, seen_version=task.version, code="x", message="y")
    assert names(task) == before


def test_the_end_said_twice_by_the_same_job_is_recorded_once() -> None:
    done, fence = a_running_task()
    failed, other = a_running_task()
    for _ in range(2):
        done.complete(attempt=1, fence=fence, result=RESULT)
        failed.fail(attempt=1, fence=other, code="unusable_audio", message="No beat.")
    assert names(done).count("VideoRendered") == 1
    assert names(failed).count("GenerationFailed") == 1


def test_progress_never_falls_within_an_attempt_and_starts_again_with_the_next() -> None:
    task, fence = a_running_task()
    for asked, recorded in [(70, 70), (10, 70), (400, 99), (-5, 99)]:
        task.report_progress(
            attempt=1, fence=fence, stage="generating", progress=asked, message=None
        )
        assert task.progress == recorded
    lose(task, 1)
    assert (task.phase, task.progress, task.attempt) == (Phase.REQUESTED, 0, 2)


def test_the_third_lost_job_ends_the_task() -> None:
    task = a_task()
    assert [lose(task, attempt) for attempt in range(1, MAX_ATTEMPTS + 1)] == [True, True, False]
    assert (task.phase, task.error_code) == (Phase.FAILED, "job_lost")


def test_a_job_that_spoke_since_the_look_is_not_lost() -> None:
    task, fence = a_running_task()
    seen = task.version
    task.report_progress(attempt=1, fence=fence, stage="analyzing", progress=25, message=None)
    assert not lose(task, 1, seen_version=seen)
    task.stop(attempt=1, seen_version=seen, code="stopped", message="No.")
    assert task.phase is Phase.RUNNING
    task.stop(attempt=1, seen_version=task.version, code="stopped", message="No.")
    assert (task.phase, task.error_code) == (Phase.FAILED, "stopped")


def test_giving_up_the_dispatch_does_not_end_a_task_with_a_job_at_work() -> None:
    running, _ = a_running_task()
    running.give_up_dispatch(attempt=1, code="job_not_started", message="No.")
    assert running.phase is Phase.RUNNING
    waiting = a_task()
    waiting.give_up_dispatch(attempt=2, code="job_not_started", message="No.")
    assert waiting.phase is Phase.REQUESTED
    waiting.give_up_dispatch(attempt=1, code="job_not_started", message="No.")
    assert (waiting.phase, waiting.error) == (Phase.FAILED, "No.")


def test_only_the_owner_and_the_system_cancel() -> None:
    task = a_task()
    refused(task, TaskNotFound, lambda: task.cancel(user_id=2))
    assert task.cancel(user_id=None)
    assert not task.cancel(user_id=1)
    assert names(task) == ["GenerationRequested", "GenerationCancelled"]


def test_what_a_job_reports_must_make_sense() -> None:
    task, fence = a_running_task()
    bad = {"progress": 25, "message": None}
    refused(
        task,
        UnknownStage,
        lambda: task.report_progress(attempt=1, fence=fence, stage="dreaming", **bad),
    )
    for result in ({}, {"video_path": ""}, {"video_path": None}):
        refused(
            task,
            UnusableResult,
            lambda result=result: task.complete(attempt=1, fence=fence, result=result),
        )


def test_what_postgresql_cannot_hold_is_made_plain() -> None:
    task, fence = a_running_task()
    task.report_progress(
        attempt=1, fence=fence, stage="analyzing", progress=25, message="a\x00b\ud800c"
    )
    assert task.pending_events[-1].message == "ab?c"
    odd = {"video_path": "v", "tempo": float("nan"), "a\x00": ("b\x00", float("inf")), 1: uuid4}
    task.complete(attempt=1, fence=fence, result=odd)
    assert task.result is not None
    assert {key: task.result[key] for key in ("tempo", "a")} == {"tempo": None, "a": ["b", None]}
    failed, fence = a_running_task()
    failed.fail(attempt=1, fence=fence, code="Not A Code!", message="x" * 5000)
    assert (failed.error_code, len(failed.error or "")) == ("job_failed", 1000)
