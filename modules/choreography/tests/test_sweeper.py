"""Jobs that will never report again: found, replaced three times at most, then ended."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.db import connection

from modules.choreography.adapters.memory import MemoryJobExecutor
from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import CANCEL, DISPATCH, MAX_ATTEMPTS, Phase, TaskView
from modules.choreography.handlers import CancelHandler, DispatchHandler
from modules.choreography.ports import ExecutionState, ExecutorUnavailable, JobRefused
from modules.choreography.queries import get_task, list_stale
from modules.choreography.sweeper import Sweeper
from modules.choreography.tests.makers import (
    RESULT,
    a_claim,
    a_task,
    an_application,
    event_names,
)
from modules.eventstore import outbox
from modules.eventstore.dispatcher import Dispatcher

pytestmark = pytest.mark.django_db(transaction=True)

NEVER_S = 1e9


class AbsentExecutor(MemoryJobExecutor):
    """An executor that does not answer."""

    def state(self, execution_name: str) -> ExecutionState:
        """Say nothing."""
        raise ExecutorUnavailable("no answer")


@dataclass
class World:
    """The application, its executor, a dispatcher and a sweeper that asks at once."""

    tasks: ChoreographyTasks = field(default_factory=an_application)
    executor: MemoryJobExecutor = field(default_factory=MemoryJobExecutor)

    def dispatch(self) -> None:
        """Deliver what is in the outbox."""
        given = {"tasks": self.tasks, "executor": self.executor}
        handlers = {DISPATCH: DispatchHandler(**given), CANCEL: CancelHandler(**given)}
        while Dispatcher(handlers=handlers).run_once():
            pass

    def sweep(self, *, ask_after_s: float = 0, lost_s: float = NEVER_S, hung_s: float = NEVER_S):
        """Look at every silent task once."""
        return Sweeper(
            tasks=self.tasks,
            store=self.tasks._store,
            executor=self.executor,
            ask_after_s=ask_after_s,
            lost_after_s=lost_s,
            hung_after_s=hung_s,
        ).sweep()

    def a_dispatched_task(self, *, claimed: bool = True) -> UUID:
        """Return a task whose execution is at work."""
        task_id = a_task(self.tasks)
        self.dispatch()
        if claimed:
            a_claim(self.tasks, task_id, execution_name=f"memory-{task_id}-1")
        return task_id

    def end(self, task_id: UUID, state: ExecutionState, attempt: int = 1) -> None:
        """Let the attempt's execution end without a word to the task."""
        self.executor.end(f"memory-{task_id}-{attempt}", state)

    def view(self, task_id: UUID) -> TaskView:
        """Read a task."""
        return get_task(task_id)


@pytest.fixture
def world() -> World:
    """Return a world in which nothing has happened."""
    return World()


@pytest.mark.parametrize("claimed", [True, False])
@pytest.mark.parametrize(
    "state", [ExecutionState.FAILED, ExecutionState.SUCCEEDED, ExecutionState.OUT_OF_MEMORY]
)
def test_an_execution_that_ended_without_a_word_is_replaced(
    world: World, state: ExecutionState, claimed: bool
) -> None:
    task_id = world.a_dispatched_task(claimed=claimed)
    world.end(task_id, state)
    world.sweep()
    assert (world.view(task_id).phase, world.view(task_id).attempt) == (Phase.REQUESTED, 2)
    world.dispatch()
    assert world.executor.find(task_id=task_id, attempt=2)
    assert world.view(task_id).phase is Phase.DISPATCHED


@pytest.mark.parametrize(
    ("state", "code"),
    [(ExecutionState.FAILED, "job_lost"), (ExecutionState.OUT_OF_MEMORY, "resources")],
)
def test_after_three_attempts_the_task_fails_and_says_why(
    world: World, state: ExecutionState, code: str
) -> None:
    task_id = world.a_dispatched_task(claimed=False)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        world.dispatch()
        world.end(task_id, state, attempt)
        world.sweep()
    view = world.view(task_id)
    assert (view.phase, view.error_code) == (Phase.FAILED, code)
    assert event_names(task_id).count("JobLost") == MAX_ATTEMPTS - 1
    world.dispatch()
    assert len(world.executor.executions) == MAX_ATTEMPTS


def test_a_job_heard_of_lately_is_not_asked_about(world: World) -> None:
    task_id = world.a_dispatched_task()
    world.end(task_id, ExecutionState.FAILED)
    assert world.sweep(ask_after_s=30) == 0
    assert world.view(task_id).phase is Phase.RUNNING


def test_a_job_that_waits_for_its_turn_is_left_alone_however_long(world: World) -> None:
    task_id = world.a_dispatched_task(claimed=False)
    world.sweep(lost_s=0, hung_s=0)
    assert world.view(task_id).phase is Phase.DISPATCHED


def test_a_job_that_hangs_before_it_claims_is_stopped_and_replaced(world: World) -> None:
    task_id = world.a_dispatched_task(claimed=False)
    name = f"memory-{task_id}-1"
    world.executor.executions[name].running_for_s = 59.0
    world.sweep()
    assert world.view(task_id).attempt == 1
    world.executor.executions[name].running_for_s = 60.0
    world.sweep()
    world.dispatch()
    assert (world.view(task_id).phase, world.view(task_id).attempt) == (Phase.DISPATCHED, 2)
    assert world.executor.state(name) is ExecutionState.CANCELLED


def test_a_job_that_took_longer_than_a_job_may_ends_its_task(world: World) -> None:
    task_id = world.a_dispatched_task()
    world.end(task_id, ExecutionState.TIMED_OUT)
    world.sweep()
    view = world.view(task_id)
    assert (view.phase, view.error_code, view.attempt) == (Phase.FAILED, "job_timeout", 1)


def test_a_working_job_is_left_alone_until_it_hangs_and_then_stopped(world: World) -> None:
    task_id = world.a_dispatched_task()
    world.sweep(lost_s=0)
    assert world.view(task_id).phase is Phase.RUNNING
    world.sweep(hung_s=0)
    assert world.view(task_id).attempt == 2
    world.dispatch()
    name = f"memory-{task_id}-1"
    assert world.executor.state(name) is ExecutionState.CANCELLED


def test_a_job_that_hangs_in_the_last_attempt_is_stopped_too(world: World) -> None:
    task_id = a_task(world.tasks)
    for attempt in range(1, MAX_ATTEMPTS):
        world.tasks.redispatch(task_id=task_id, attempt=attempt, reason="gone")
    world.dispatch()
    name = f"memory-{task_id}-{MAX_ATTEMPTS}"
    a_claim(world.tasks, task_id, attempt=MAX_ATTEMPTS, execution_name=name)
    world.sweep(hung_s=0)
    assert world.view(task_id).phase is Phase.FAILED
    assert world.executor.state(name) is ExecutionState.CANCELLED


def test_what_the_executor_does_not_know_is_given_time(world: World) -> None:
    task_id = world.a_dispatched_task()
    world.executor.executions.clear()
    world.sweep(lost_s=60)
    assert world.view(task_id).phase is Phase.RUNNING
    world.sweep(lost_s=0)
    assert world.view(task_id).attempt == 2


def test_an_executor_that_does_not_answer_loses_nothing(world: World) -> None:
    task_id = world.a_dispatched_task()
    world.executor = AbsentExecutor(world.executor.executions)
    assert world.sweep(lost_s=0, hung_s=0) == 1
    assert world.view(task_id).phase is Phase.RUNNING


def test_an_execution_stopped_by_the_operators_ends_its_task(world: World) -> None:
    task_id = world.a_dispatched_task()
    world.end(task_id, ExecutionState.CANCELLED)
    world.sweep()
    assert (world.view(task_id).phase, world.view(task_id).error_code) == (Phase.FAILED, "stopped")


def test_a_failure_after_the_video_changes_nothing(world: World) -> None:
    task_id = world.a_dispatched_task(claimed=False)
    fence = a_claim(world.tasks, task_id, execution_name=f"memory-{task_id}-1")
    world.tasks.complete(task_id=task_id, attempt=1, fence=fence, result=RESULT)
    world.end(task_id, ExecutionState.FAILED)
    assert world.sweep(lost_s=0, hung_s=0) == 0
    assert world.view(task_id).phase is Phase.COMPLETED


def test_sweeping_twice_begins_one_attempt(world: World) -> None:
    task_id = world.a_dispatched_task()
    world.end(task_id, ExecutionState.FAILED)
    (seen,) = list_stale(world.tasks._store, silent_s=0)
    for _ in range(2):
        world.tasks.redispatch(task_id=task_id, attempt=1, reason="gone", seen_version=seen.version)
    world.sweep()
    assert event_names(task_id).count("JobLost") == 1


def test_one_unreadable_task_does_not_keep_the_others_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.a_dispatched_task(), world.a_dispatched_task()
    world.end(first, ExecutionState.FAILED)
    world.end(second, ExecutionState.FAILED)
    redispatch = world.tasks.redispatch

    def refuse_the_first(**arguments: object) -> bool:
        if arguments["task_id"] == first:
            raise ExecutorUnavailable("unreadable")
        return redispatch(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(world.tasks, "redispatch", refuse_the_first)
    assert world.sweep() == 2
    assert world.view(second).attempt == 2


def test_a_task_whose_order_is_gone_is_ordered_again(world: World) -> None:
    task_id = a_task(world.tasks)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_messages")
    assert world.sweep(ask_after_s=30) == 0
    assert world.sweep() == 1
    world.dispatch()
    assert world.view(task_id).phase is Phase.DISPATCHED


def test_a_task_whose_order_waits_is_left_alone(world: World) -> None:
    task_id = a_task(world.tasks)
    assert world.sweep() == 0
    assert world.view(task_id).version == 1


def a_dispatcher(world: World, *, broken: bool = False) -> Dispatcher:
    """A dispatcher whose giving up may fail."""
    handler = DispatchHandler(tasks=world.tasks, executor=world.executor)
    if broken:
        handler.give_up = raise_a_bug  # type: ignore[method-assign]
    return Dispatcher(handlers={DISPATCH: handler})


def raise_a_bug(*_: object) -> None:
    raise LookupError("a bug")


def test_an_order_dropped_by_hand_ends_its_task_with_a_reason(world: World) -> None:
    task_id = a_task(world.tasks)
    (message,) = outbox.list_messages()
    assert a_dispatcher(world).drop(message.id)
    assert not a_dispatcher(world).drop(message.id)
    view = world.view(task_id)
    assert (view.phase, view.error_code) == (Phase.FAILED, "job_not_started")


def test_an_order_dropped_by_hand_ends_its_task_even_if_saying_so_failed(world: World) -> None:
    task_id = a_task(world.tasks)
    (message,) = outbox.list_messages()
    assert a_dispatcher(world, broken=True).drop(message.id)
    assert world.view(task_id).phase is Phase.REQUESTED
    world.sweep()
    view = world.view(task_id)
    assert (view.phase, view.error_code) == (Phase.FAILED, "job_not_started")


def test_a_handing_over_that_fails_twice_ends_its_task_with_a_reason(world: World) -> None:
    task_id = a_task(world.tasks)
    world.executor.failures.append(JobRefused("403"))
    a_dispatcher(world, broken=True).run_once()
    assert [message.state for message in outbox.list_messages()] == ["dead"]
    world.sweep()
    view = world.view(task_id)
    assert (view.phase, view.error_code) == (Phase.FAILED, "job_not_started")
