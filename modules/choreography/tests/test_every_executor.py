"""What every executor must do, tried on the fake and on real processes alike."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from modules.choreography.adapters.memory import MemoryJobExecutor
from modules.choreography.ports import ExecutionState, JobExecutor
from modules.choreography.tests.playground import Playground, start, wait_until


@dataclass
class Case:
    """One executor under test; ``end`` makes a job succeed (0) or fail (1) in every try."""

    executor: JobExecutor
    another: Callable[[], JobExecutor]
    end: Callable[[UUID, int], None]


@pytest.fixture(params=["local", "memory"])
def case(request: pytest.FixtureRequest, playground: Playground) -> Case:
    """Return each executor in turn."""
    if request.param == "local":
        return Case(playground.executor(), playground.executor, playground.end)
    executor = MemoryJobExecutor()

    def end(task_id: UUID, code: int) -> None:
        name = executor.find(task_id=task_id, attempt=1)
        assert name is not None
        executor.end(name, ExecutionState.FAILED if code else ExecutionState.SUCCEEDED)

    return Case(executor, lambda: MemoryJobExecutor(executor.executions), end)


def test_what_was_never_started_is_not_found_and_unknown(case: Case) -> None:
    assert case.executor.find(task_id=uuid4(), attempt=1) is None
    assert case.executor.state("nobody") is ExecutionState.UNKNOWN


def test_a_started_job_is_found_by_its_attempt_and_runs(case: Case) -> None:
    task_id = uuid4()
    name = start(case.executor, task_id)
    assert case.executor.find(task_id=task_id, attempt=1) == name
    assert case.executor.find(task_id=task_id, attempt=2) is None
    assert case.executor.state(name) is ExecutionState.RUNNING


def test_another_dispatcher_finds_it_too(case: Case) -> None:
    task_id = uuid4()
    name = start(case.executor, task_id)
    other = case.another()
    assert other.find(task_id=task_id, attempt=1) == name
    assert other.state(name) is ExecutionState.RUNNING


def test_starting_one_attempt_twice_gives_one_execution(case: Case) -> None:
    task_id = uuid4()
    assert start(case.executor, task_id) == start(case.another(), task_id)


def test_two_attempts_are_two_executions(case: Case) -> None:
    task_id = uuid4()
    assert start(case.executor, task_id) != start(case.executor, task_id, attempt=2)


@pytest.mark.parametrize(
    ("code", "state"), [(0, ExecutionState.SUCCEEDED), (1, ExecutionState.FAILED)]
)
def test_it_tells_how_a_job_ended(case: Case, code: int, state: ExecutionState) -> None:
    task_id = uuid4()
    name = start(case.executor, task_id)
    case.end(task_id, code)
    wait_until(lambda: case.executor.state(name) is state)
    assert start(case.executor, task_id) == name
    assert case.executor.state(name) is state


def test_a_cancelled_job_stops_and_stays_cancelled(case: Case) -> None:
    task_id = uuid4()
    name = start(case.executor, task_id)
    case.another().cancel(name)
    wait_until(lambda: case.executor.state(name) is ExecutionState.CANCELLED)
    case.executor.cancel(name)
    assert case.executor.state(name) is ExecutionState.CANCELLED


def test_cancelling_what_ended_or_never_was_changes_nothing(case: Case) -> None:
    task_id = uuid4()
    name = start(case.executor, task_id)
    case.end(task_id, 0)
    wait_until(lambda: case.executor.state(name) is ExecutionState.SUCCEEDED)
    case.executor.cancel(name)
    case.executor.cancel("nobody")
    assert case.executor.state(name) is ExecutionState.SUCCEEDED
    assert case.executor.state("nobody") is ExecutionState.UNKNOWN
