"""Commands against the real event store: what is stored, what is refused, what races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import (
    MAX_ATTEMPTS,
    DuplicateJob,
    Fence,
    GenerationParameters,
    Phase,
    RequestIdTaken,
    StaleAttempt,
    TaskHasEnded,
    TaskNotFound,
    UnknownDifficulty,
)
from modules.choreography.queries import get_task
from modules.choreography.tests.makers import (
    RESULT,
    SONG,
    a_claim,
    a_task,
    a_user,
    an_application,
    event_names,
)
from modules.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)

BEGINNER = GenerationParameters(audio_input=SONG, difficulty="beginner")
ADVANCED = GenerationParameters(audio_input=SONG, difficulty="advanced")
FINAL = {"VideoRendered", "GenerationFailed", "GenerationCancelled"}


@pytest.fixture
def tasks() -> ChoreographyTasks:
    """Return the application."""
    return an_application()


def outbox() -> list[str]:
    """Name the messages in the outbox, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM outbox_messages ORDER BY id")
        return [key for (key,) in cursor.fetchall()]


def make_silent(tasks: ChoreographyTasks) -> None:
    """Let every job count as silent from now on."""
    tasks._lost_after_s = 0.0


def test_a_request_stores_one_event_one_message_and_both_rows(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks, style="sensual", seed=7, song={"title": "Obsesión"})
    assert event_names(task_id) == ["GenerationRequested"]
    assert outbox() == [f"dispatch:{task_id}:1"]
    view = get_task(task_id)
    assert (view.phase, view.status, view.style, view.seed) == (
        Phase.REQUESTED,
        "started",
        "sensual",
        7,
    )
    assert view.song == {"title": "Obsesión"}


def test_asking_twice_with_one_id_starts_one(tasks: ChoreographyTasks) -> None:
    asked: dict[str, Any] = {
        "request_id": uuid4(),
        "user_id": a_user(),
        "parameters": BEGINNER,
    }
    assert tasks.request(**asked) == tasks.request(**asked) == asked["request_id"]
    assert event_names(asked["request_id"]) == ["GenerationRequested"]
    assert len(outbox()) == 1


@pytest.mark.parametrize("other", [{"parameters": ADVANCED}, {"user_id": "somebody else"}])
def test_one_id_with_other_parameters_is_refused(
    tasks: ChoreographyTasks, other: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"user_id": a_user(), "parameters": BEGINNER}
    request_id = tasks.request(request_id=uuid4(), **asked)
    if "user_id" in other:
        other = {"user_id": a_user("bea")}
    with pytest.raises(RequestIdTaken):
        tasks.request(request_id=request_id, **(asked | other))
    assert event_names(request_id) == ["GenerationRequested"]


def test_a_refused_parameter_stores_nothing(tasks: ChoreographyTasks) -> None:
    request_id = uuid4()
    with pytest.raises(UnknownDifficulty):
        tasks.request(
            request_id=request_id,
            user_id=a_user(),
            parameters=GenerationParameters(audio_input=SONG, difficulty="wild"),
        )
    assert event_names(request_id) == []
    assert outbox() == []


def test_twenty_equal_requests_at_once_start_one(tasks: ChoreographyTasks) -> None:
    request_id, user_id = uuid4(), a_user()

    def ask() -> UUID:
        return tasks.request(request_id=request_id, user_id=user_id, parameters=BEGINNER)

    assert set(at_once([ask] * 20)) == {request_id}
    assert event_names(request_id) == ["GenerationRequested"]
    assert len(outbox()) == 1


def test_a_whole_life_is_stored_in_order(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    tasks.job_dispatched(task_id=task_id, attempt=1, execution_name="run-1")
    fence = a_claim(tasks, task_id)
    tasks.report_progress(task_id=task_id, attempt=1, fence=fence, stage="analyzing", progress=25)
    tasks.complete(task_id=task_id, attempt=1, fence=fence, result=RESULT)
    assert event_names(task_id) == [
        "GenerationRequested",
        "JobDispatched",
        "JobStarted",
        "ProgressReported",
        "VideoRendered",
    ]
    view = get_task(task_id)
    assert (view.phase, view.progress, view.result) == (Phase.COMPLETED, 100, RESULT)


def test_of_twenty_jobs_claiming_at_once_one_wins(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    claims = [
        lambda number=number: a_claim(tasks, task_id, execution_name=f"run-{number}")
        for number in range(20)
    ]
    answers = at_once(claims)
    assert sum(isinstance(answer, Fence) for answer in answers) == 1
    assert sum(isinstance(answer, DuplicateJob) for answer in answers) == 19
    assert event_names(task_id).count("JobStarted") == 1


def test_a_silent_holder_is_replaced_and_its_reports_are_refused(
    tasks: ChoreographyTasks,
) -> None:
    task_id = a_task(tasks)
    zombie = a_claim(tasks, task_id)
    make_silent(tasks)
    fence = a_claim(tasks, task_id, execution_name="run-2")
    assert fence.number > zombie.number
    before = event_names(task_id)
    reports: list[Callable[[], object]] = [
        lambda: tasks.report_progress(
            task_id=task_id, attempt=1, fence=zombie, stage="generating", progress=70
        ),
        lambda: tasks.complete(task_id=task_id, attempt=1, fence=zombie, result=RESULT),
        lambda: tasks.fail(task_id=task_id, attempt=1, fence=zombie, code="x", message="y"),
        lambda: tasks.release(task_id=task_id, attempt=1, fence=zombie),
    ]
    for report in reports:
        with pytest.raises(StaleAttempt):
            report()
    assert event_names(task_id) == before


def test_a_lost_job_gets_three_attempts_then_the_task_fails(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        begun = tasks.redispatch(task_id=task_id, attempt=attempt, reason="gone")
        assert begun is (attempt < MAX_ATTEMPTS)
    view = get_task(task_id)
    assert (view.phase, view.error_code, view.attempt) == (Phase.FAILED, "job_lost", 3)
    assert outbox() == [
        f"dispatch:{task_id}:1",
        f"cancel:{task_id}:1",
        f"dispatch:{task_id}:2",
        f"cancel:{task_id}:2",
        f"dispatch:{task_id}:3",
    ]


def test_ten_sweepers_finding_one_lost_job_begin_one_attempt(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    sweep = [lambda: tasks.redispatch(task_id=task_id, attempt=1, reason="gone", seen_version=1)]
    assert sorted(at_once(sweep * 10)) == [False] * 9 + [True]
    assert event_names(task_id) == ["GenerationRequested", "JobLost"]


def test_a_sign_of_life_after_the_look_saves_the_attempt(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    seen_version = get_task(task_id).version
    tasks.report_progress(task_id=task_id, attempt=1, fence=fence, stage="analyzing", progress=25)
    assert not tasks.redispatch(
        task_id=task_id, attempt=1, reason="gone", seen_version=seen_version
    )
    assert "JobLost" not in event_names(task_id)


@pytest.mark.parametrize("stage", ["requested", "dispatched", "running", "released", "lost"])
def test_a_cancel_raced_against_every_state_leaves_one_final_event(
    tasks: ChoreographyTasks, stage: str
) -> None:
    task_id = a_task(tasks)
    fence, attempt = advance(tasks, task_id, stage)
    rivals: list[Callable[[], object]] = [
        lambda: tasks.cancel(task_id=task_id, user_id=None),
        lambda: tasks.cancel(task_id=task_id, user_id=None),
        lambda: a_claim(tasks, task_id, attempt=attempt, execution_try=1),
        lambda: tasks.redispatch(task_id=task_id, attempt=attempt, reason="gone"),
        lambda: tasks.give_up_dispatch(
            task_id=task_id, attempt=attempt, code="job_not_started", message="No."
        ),
    ]
    if fence is not None:
        held = fence
        rivals += [
            lambda: tasks.complete(task_id=task_id, attempt=attempt, fence=held, result=RESULT),
            lambda: tasks.fail(task_id=task_id, attempt=attempt, fence=held, code="x", message="y"),
        ]
    answers = at_once(rivals)
    assert all(
        not isinstance(answer, Exception) or isinstance(answer, DomainError) for answer in answers
    ), answers
    names = event_names(task_id)
    assert sum(name in FINAL for name in names) == 1
    assert names[-1] in FINAL


def test_a_late_cancel_is_refused_and_an_early_one_is_once(tasks: ChoreographyTasks) -> None:
    done, task_id = a_task(tasks), a_task(tasks)
    tasks.complete(task_id=done, attempt=1, fence=a_claim(tasks, done), result=RESULT)
    with pytest.raises(TaskHasEnded):
        tasks.cancel(task_id=done, user_id=a_user())
    tasks.cancel(task_id=task_id, user_id=a_user())
    tasks.cancel(task_id=task_id, user_id=a_user())
    assert event_names(task_id) == ["GenerationRequested", "GenerationCancelled"]
    assert outbox().count(f"cancel:{task_id}:1") == 1


def test_nobody_cancels_or_reads_anothers_task(tasks: ChoreographyTasks) -> None:
    task_id, stranger = a_task(tasks), a_user("bea")
    with pytest.raises(TaskNotFound):
        tasks.cancel(task_id=task_id, user_id=stranger)
    with pytest.raises(TaskNotFound):
        get_task(task_id, user_id=stranger)
    with pytest.raises(TaskNotFound):
        tasks.cancel(task_id=uuid4(), user_id=stranger)
    assert event_names(task_id) == ["GenerationRequested"]


def test_completing_twice_stores_it_once(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    for _ in range(2):
        tasks.complete(task_id=task_id, attempt=1, fence=fence, result=RESULT)
    assert event_names(task_id).count("VideoRendered") == 1


def advance(tasks: ChoreographyTasks, task_id: UUID, stage: str) -> tuple[Fence | None, int]:
    """Bring a task to a stage; return the claim, if any, and the attempt."""
    if stage == "requested":
        return None, 1
    tasks.job_dispatched(task_id=task_id, attempt=1, execution_name="run-1")
    if stage == "dispatched":
        return None, 1
    fence = a_claim(tasks, task_id)
    if stage == "released":
        tasks.release(task_id=task_id, attempt=1, fence=fence)
    if stage == "lost":
        tasks.redispatch(task_id=task_id, attempt=1, reason="gone")
        return None, 2
    return fence, 1


def at_once(calls: list[Callable[[], object]]) -> list[Any]:
    """Make all calls at the same time, each on a connection of its own."""

    def answer(call: Callable[[], object]) -> object:
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(answer, calls))
