"""Orders of the outbox against an executor that loses answers, refuses, is busy, dies."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from modules.choreography.adapters.memory import MemoryJobExecutor
from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import CANCEL, DISPATCH, Phase
from modules.choreography.handlers import CancelHandler, DispatchHandler
from modules.choreography.ports import (
    ExecutionState,
    ExecutorBusy,
    ExecutorUnavailable,
    JobRefused,
)
from modules.choreography.queries import get_task
from modules.choreography.tests.makers import (
    RESULT,
    SONG,
    a_claim,
    a_task,
    an_application,
    event_names,
)
from modules.eventstore.contract import (
    DeliveryFailed,
    DeliveryRefused,
    DeliveryThrottled,
    LeasedMessage,
)
from modules.eventstore.dispatcher import Dispatcher, DispatcherConfig

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class World:
    """The application, an executor and who stands between them."""

    tasks: ChoreographyTasks
    executor: MemoryJobExecutor

    @property
    def dispatch(self) -> DispatchHandler:
        """Return a dispatch handler of its own."""
        return DispatchHandler(tasks=self.tasks, executor=self.executor)

    @property
    def cancel(self) -> CancelHandler:
        """Return a cancel handler of its own."""
        return CancelHandler(tasks=self.tasks, executor=self.executor)

    def dispatcher(self) -> Dispatcher:
        """Return one more dispatcher."""
        return Dispatcher(
            handlers={DISPATCH: self.dispatch, CANCEL: self.cancel},
            config=DispatcherConfig(first_backoff_s=0.0),
        )

    def run(self, turns: int = 1) -> None:
        """Let a new dispatcher look into the outbox."""
        for _ in range(turns):
            self.dispatcher().run_once()


@pytest.fixture
def world() -> World:
    """Return a world in which nothing has happened."""
    return World(an_application(), MemoryJobExecutor())


def an_order(task_id: UUID, attempt: int = 1, kind: str = DISPATCH) -> LeasedMessage:
    """Return a leased message about an attempt."""
    payload = {"task_id": str(task_id), "attempt": attempt}
    return LeasedMessage(1, kind, "key", payload, 1, uuid4())


def test_a_request_becomes_one_execution_with_its_wishes(world: World) -> None:
    task_id = a_task(world.tasks, energy_level="high", seed=0)
    world.run()
    (execution,) = world.executor.executions.values()
    assert execution.env == {
        "TASK_ID": str(task_id),
        "USER_ID": str(get_task(task_id).user_id),
        "AUDIO_INPUT": SONG,
        "DIFFICULTY": "beginner",
        "ENERGY_LEVEL": "high",
        "STYLE": "",
        "CAMERA": "stay",
        "ATTEMPT": "1",
        "SEED": "0",
    }
    assert event_names(task_id) == ["GenerationRequested", "JobDispatched"]
    assert get_task(task_id).job_execution_name == f"memory-{task_id}-1"


def test_delivering_an_order_twice_starts_one_execution(world: World) -> None:
    task_id = a_task(world.tasks)
    order = an_order(task_id)
    receipts = [world.dispatch.deliver(order) for _ in range(2)]
    for receipt in receipts:
        world.dispatch.settle(order, receipt)
    assert len(world.executor.executions) == 1
    assert event_names(task_id).count("JobDispatched") == 1


def test_a_lost_answer_leads_to_the_execution_that_exists(world: World) -> None:
    task_id = a_task(world.tasks)
    world.executor.lost_answers = [ExecutorUnavailable("reset")]
    world.run(turns=2)
    assert len(world.executor.executions) == 1
    assert event_names(task_id) == ["GenerationRequested", "JobDispatched"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ExecutorBusy("full", retry_after_s=7), DeliveryThrottled),
        (ExecutorUnavailable("reset"), DeliveryFailed),
        (JobRefused("no such job"), DeliveryRefused),
    ],
)
def test_the_executors_errors_are_told_in_the_outboxs_words(
    world: World, error: Exception, told: type[Exception]
) -> None:
    task_id = a_task(world.tasks)
    world.executor.failures = [error]
    with pytest.raises(told) as raised:
        world.dispatch.deliver(an_order(task_id))
    assert getattr(raised.value, "retry_after_s", 7) == 7
    assert event_names(task_id) == ["GenerationRequested"]


def test_a_refused_job_fails_its_task_with_a_sentence_and_no_other(world: World) -> None:
    refused = a_task(world.tasks)
    world.executor.failures = [JobRefused("PERMISSION_DENIED on projects/x")]
    world.run()
    neighbour = a_task(world.tasks)
    world.run()
    view = get_task(refused)
    assert (view.phase, view.error_code) == (Phase.FAILED, "job_not_started")
    assert view.error == "The video could not be started. Please try again later."
    assert get_task(neighbour).phase is Phase.DISPATCHED


def test_an_order_nobody_wants_any_more_starts_nothing(world: World) -> None:
    cancelled, moved_on = a_task(world.tasks), a_task(world.tasks)
    world.tasks.cancel(task_id=cancelled, user_id=None)
    world.tasks.redispatch(task_id=moved_on, attempt=1, reason="gone")
    assert world.dispatch.deliver(an_order(cancelled)) is None
    assert world.dispatch.deliver(an_order(moved_on)) is None
    assert world.executor.executions == {}


def test_giving_up_leaves_a_task_whose_job_works_alone(world: World) -> None:
    task_id = a_task(world.tasks)
    a_claim(world.tasks, task_id)
    world.dispatch.give_up(an_order(task_id), DeliveryFailed("no answer"))
    assert get_task(task_id).phase is Phase.RUNNING


def test_a_cancelled_task_has_its_execution_stopped_once_or_twice(world: World) -> None:
    task_id = a_task(world.tasks)
    world.run()
    world.tasks.cancel(task_id=task_id, user_id=None)
    world.run()
    (execution,) = world.executor.executions.values()
    assert execution.state is ExecutionState.CANCELLED
    world.cancel.deliver(an_order(task_id, kind=CANCEL))
    assert execution.state is ExecutionState.CANCELLED
    assert event_names(task_id)[-1] == "GenerationCancelled"


def test_a_cancel_is_repeated_while_the_execution_is_still_stopping(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = a_task(world.tasks)
    world.run()
    world.tasks.cancel(task_id=task_id, user_id=None)
    with monkeypatch.context() as deaf:
        deaf.setattr(world.executor, "cancel", lambda name: None)
        with pytest.raises(DeliveryFailed, match="Still stopping"):
            world.cancel.deliver(an_order(task_id, kind=CANCEL))
    assert world.cancel.deliver(an_order(task_id, kind=CANCEL)) == [f"memory-{task_id}-1"]


def test_cancelling_stops_the_claimant_even_if_it_is_not_what_was_dispatched(
    world: World,
) -> None:
    task_id = a_task(world.tasks)
    world.run()
    other = world.executor.start(task_id=uuid4(), attempt=1, env={})
    world.tasks.claim(task_id=task_id, attempt=1, execution_name=other, execution_try=0)
    world.tasks.cancel(task_id=task_id, user_id=None)
    world.run()
    states = {execution.state for execution in world.executor.executions.values()}
    assert states == {ExecutionState.CANCELLED}


def test_cancelling_before_anything_started_starts_nothing(world: World) -> None:
    task_id = a_task(world.tasks)
    world.tasks.cancel(task_id=task_id, user_id=None)
    world.run()
    assert world.executor.executions == {}
    assert event_names(task_id) == ["GenerationRequested", "GenerationCancelled"]


def test_the_job_may_finish_before_its_dispatcher_settles(world: World) -> None:
    task_id = a_task(world.tasks)
    order = an_order(task_id)
    receipt = world.dispatch.deliver(order)
    world.tasks.complete(
        task_id=task_id, attempt=1, fence=a_claim(world.tasks, task_id), result=RESULT
    )
    world.dispatch.settle(order, receipt)
    assert event_names(task_id) == ["GenerationRequested", "JobStarted", "VideoRendered"]
