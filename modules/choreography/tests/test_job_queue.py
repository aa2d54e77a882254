"""Users in turn, and of each user what was asked first."""

from __future__ import annotations

import random
from uuid import UUID

import pytest
from django.db import connection

from modules.choreography.adapters.memory import MemoryJobExecutor
from modules.choreography.contract import DISPATCH, Phase, dispatch_key
from modules.choreography.handlers import DispatchHandler
from modules.choreography.job_queue import JobQueue, read_queue
from modules.choreography.queries import get_task
from modules.choreography.sweeper import Sweeper
from modules.choreography.tests.makers import RESULT, a_claim, a_task, a_user, an_application
from modules.eventstore import outbox
from modules.eventstore.dispatcher import Dispatcher, DispatcherConfig

pytestmark = pytest.mark.django_db(transaction=True)


class Studio:
    """A place with room for a few jobs; ``started`` names tasks in the order of their jobs."""

    def __init__(self, concurrency: int = 1) -> None:
        self.tasks, self.executor = an_application(), MemoryJobExecutor()
        self.dispatcher = Dispatcher(
            handlers={DISPATCH: DispatchHandler(tasks=self.tasks, executor=self.executor)},
            choosers={DISPATCH: JobQueue(concurrency=concurrency).next_orders},
            config=DispatcherConfig(first_backoff_s=0.0),
        )

    @property
    def started(self) -> list[UUID]:
        """Tasks in the order in which their jobs were started."""
        return [execution.task_id for execution in self.executor.executions.values()]

    def ask(self, name: str, times: int = 1) -> list[UUID]:
        """Have a user ask for choreographies."""
        return [a_task(self.tasks, user_id=a_user(name)) for _ in range(times)]

    def dispatch(self) -> None:
        """Start what has a place."""
        while self.dispatcher.run_once():
            pass

    def finish(self, task_id: UUID) -> None:
        """Let a started job finish its video."""
        fence = a_claim(self.tasks, task_id, execution_name=f"memory-{task_id}-1")
        self.tasks.complete(task_id=task_id, attempt=1, fence=fence, result=RESULT)

    def dance_all(self) -> list[UUID]:
        """Let all jobs run to their end, one after the other; return their order."""
        while True:
            self.dispatch()
            at_work = [id_ for id_ in self.started if not get_task(id_).phase.is_final]
            if not at_work:
                return self.started
            self.finish(at_work[0])


def test_who_asks_for_one_waits_for_one_job_of_who_asked_for_a_hundred() -> None:
    studio = Studio()
    greedy = studio.ask("greedy", 100)
    studio.dispatch()
    assert studio.started == greedy[:1]
    (modest,) = studio.ask("modest")
    studio.dispatch()
    assert studio.started == greedy[:1], "there is one place"
    studio.finish(greedy[0])
    studio.dispatch()
    assert studio.started == [greedy[0], modest]
    assert studio.dance_all() == [greedy[0], modest, *greedy[1:]]


def test_users_come_in_turn_and_each_in_the_order_they_asked() -> None:
    studio = Studio()
    a, b, c = studio.ask("a", 3), studio.ask("b", 2), studio.ask("c")
    assert studio.dance_all() == [a[0], b[0], c[0], a[1], b[1], a[2]]


def test_no_message_is_leased_that_has_no_place() -> None:
    studio = Studio(concurrency=2)
    studio.ask("a", 20)
    studio.dispatch()
    assert len(studio.started) == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(attempts), count(*) FILTER (WHERE attempts > 0) FROM outbox_messages"
        )
        assert cursor.fetchone() == (1, 2)


def test_an_order_that_is_being_delivered_takes_its_place_already() -> None:
    studio = Studio(concurrency=2)
    first, second, third = studio.ask("a", 3)
    outbox.lease([DISPATCH], limit=1, lease_s=60)
    studio.dispatch()
    assert studio.started == [second]
    assert get_task(third).phase is Phase.REQUESTED
    assert get_task(first).phase is Phase.REQUESTED


def test_one_that_is_put_off_lets_the_next_go_first() -> None:
    studio = Studio()
    _, second = studio.ask("a", 2)
    (message,) = outbox.lease([DISPATCH], limit=1, lease_s=60)
    outbox.postpone(message, "503", delay_s=60, counts_as_attempt=True)
    studio.dispatch()
    assert studio.started == [second]


def test_orders_that_nobody_needs_any_more_are_closed() -> None:
    studio = Studio()
    running, cancelled, leased, waiting = studio.ask("a", 4)
    a_claim(studio.tasks, running)  # its dispatcher died before it could say so
    studio.tasks.cancel(task_id=cancelled, user_id=None)
    outbox.lease([DISPATCH], limit=3, lease_s=60)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_messages SET leased_until = clock_timestamp()"
            " WHERE payload->>'task_id' <> %s",
            [str(leased)],
        )
    studio.tasks.cancel(task_id=leased, user_id=None)
    Sweeper(tasks=studio.tasks, store=studio.tasks._store, executor=studio.executor).sweep()
    states = {message.key: message.state for message in outbox.list_messages(everything=True)}
    assert {key: state for key, state in states.items() if key.startswith("dispatch")} == {
        dispatch_key(running, 1): "done",
        dispatch_key(cancelled, 1): "done",
        dispatch_key(leased, 1): "leased",
        dispatch_key(waiting, 1): "waiting",
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_place_that_is_told_is_the_order_that_comes(seed: int) -> None:
    studio, luck = Studio(), random.Random(seed)  # noqa: S311
    for _ in range(12):
        studio.ask(luck.choice("abc"))
    places = read_queue().places
    assert studio.dance_all() == sorted(places, key=lambda task_id: places[task_id])


def test_a_place_moves_up_with_every_job_that_ends() -> None:
    studio = Studio()
    tasks = studio.ask("a", 3)
    view = get_task(tasks[2])
    seen = []
    for task_id in tasks:
        queue = read_queue()
        seen.append((queue.position_of(view), queue.busy))
        studio.dispatch()
        studio.finish(task_id)
    assert seen == [(2, 0), (1, 0), (0, 0)]
