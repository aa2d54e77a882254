"""Deliveries: each in its own time, none in two hands, whatever breaks."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from modules.conflicts import ConcurrencyConflict
from modules.errors import FatalError, TransientError
from modules.eventstore import dispatcher as dispatcher_module
from modules.eventstore import outbox
from modules.eventstore.contract import (
    DeliveryFailed,
    DeliveryRefused,
    DeliveryThrottled,
    LeasedMessage,
    OutboxMessage,
    PeriodicTask,
)
from modules.eventstore.dispatcher import Dispatcher, DispatcherConfig
from modules.eventstore.event_log import EventLog
from modules.eventstore.outbox import enqueue
from modules.eventstore.tests.conftest import in_background, in_threads, rows, wait_until
from modules.eventstore.tests.notebook import Notebooks, a_notebook

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "note.print"


class Printer:
    """A handler whose world answers as the test wants, by key and attempt."""

    def __init__(self, answer: Callable[[LeasedMessage], object] = lambda m: "printed") -> None:
        self.answer = answer
        self.delivered: list[tuple[str, int]] = []
        self.settled: list[tuple[str, object]] = []
        self.given_up: list[tuple[str, str]] = []

    def deliver(self, message: LeasedMessage) -> object:
        """Answer."""
        self.delivered.append((message.key, message.attempts))
        return self.answer(message)

    def settle(self, message: LeasedMessage, receipt: object) -> None:
        """Note it."""
        self.settled.append((message.key, receipt))

    def give_up(self, message: LeasedMessage, error: Exception) -> None:
        """Note it."""
        self.given_up.append((message.key, type(error).__name__))


def raising(error: Exception) -> Callable[[LeasedMessage], object]:
    def answer(message: LeasedMessage) -> object:
        raise error

    return answer


def put(*keys: str) -> None:
    enqueue([OutboxMessage(KIND, key, {}) for key in keys])


def a_dispatcher(
    printer: Any, *, periodic_tasks: Sequence[PeriodicTask] = (), **given: Any
) -> Dispatcher:
    config: dict[str, Any] = {"first_backoff_s": 0.0, "poll_s": 0.05, "drain_s": 2.0, **given}
    return Dispatcher(
        handlers={KIND: printer},
        periodic_tasks=periodic_tasks,
        config=DispatcherConfig(**config),
    )


def states() -> dict[str, str]:
    return {m.key: m.state for m in outbox.list_messages(everything=True)}


class Running:
    """A dispatcher at work beside the test."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher, self.stop = dispatcher, threading.Event()

    def __enter__(self) -> None:
        self._background = in_background(lambda: self.dispatcher.run_forever(self.stop))
        self._result = self._background.__enter__()

    def __exit__(self, *error: Any) -> None:
        self.stop.set()
        result = self._result()
        self._background.__exit__(*error)
        assert result is None


def test_a_message_is_delivered_settled_and_done() -> None:
    put("a", "b")
    printer = Printer()
    assert a_dispatcher(printer).run_once() == 2
    assert sorted(printer.settled) == [("a", "printed"), ("b", "printed")]
    assert states() == {"a": "done", "b": "done"}
    assert a_dispatcher(printer).run_once() == 0


def test_several_dispatchers_deliver_each_message_once() -> None:
    keys = [f"k{n:02}" for n in range(40)]
    put(*keys)
    printer = Printer()

    def drain() -> None:
        dispatcher = a_dispatcher(printer)
        while dispatcher.run_once():
            pass

    assert in_threads(drain, drain, drain) == [None] * 3
    assert sorted(key for key, _ in printer.delivered) == keys
    assert set(states().values()) == {"done"}


def test_a_killed_dispatchers_message_is_delivered_by_the_next() -> None:
    put("a")
    outbox.lease([KIND], limit=1, lease_s=0)
    printer = Printer()
    a_dispatcher(printer).run_once()
    assert printer.delivered == [("a", 2)]
    assert states() == {"a": "done"}


def test_one_that_hangs_is_given_up_at_its_deadline_and_others_flow() -> None:
    put("hangs", "flows")
    released = threading.Event()
    printer = Printer(lambda m: released.wait(10) if m.key == "hangs" else "printed")
    dispatcher = a_dispatcher(printer, lease_s=0.3, deadline_s=0.1, first_backoff_s=60.0)
    dispatcher.run_once()
    assert printer.settled == [("flows", "printed")]
    assert states() == {"hangs": "waiting", "flows": "done"}
    assert "no answer within 0.1 s" in str(rows("SELECT max(last_error) FROM outbox_messages"))
    released.set()
    put("next")
    dispatcher.run_once()

    def late_answer_is_in() -> bool:
        dispatcher._await_outcome(0.0)
        return not dispatcher._hanging

    wait_until(late_answer_is_in)
    assert printer.settled == [("flows", "printed"), ("next", "printed")]
    assert states() == {"hangs": "waiting", "flows": "done", "next": "done"}


def test_a_late_answer_settles_nothing() -> None:
    put("a")
    released = threading.Event()
    printer = Printer(lambda m: released.wait(10) if m.attempts == 1 else "second")
    dispatcher = a_dispatcher(printer, lease_s=0.2, deadline_s=0.05)
    while not printer.settled:
        dispatcher.run_once()
    released.set()
    wait_until(lambda: not dispatcher._inbox.empty())
    dispatcher._await_outcome(1.0)
    assert printer.settled == [("a", "second")]
    assert dispatcher._hanging == set()


def test_when_too_many_hang_nothing_new_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher_module, "HANGING_PER_WORKER", 1)
    put("a", "b")
    released = threading.Event()
    printer = Printer(lambda m: released.wait(10))
    dispatcher = a_dispatcher(printer, workers=1, lease_s=0.1, deadline_s=0.05)
    assert [dispatcher.run_once(), dispatcher.run_once()] == [1, 0]
    released.set()
    wait_until(lambda: not dispatcher._inbox.empty())
    dispatcher._await_outcome(1.0)
    assert dispatcher.run_once() == 1


def test_no_more_than_the_workers_are_in_flight() -> None:
    put(*"abcdef")
    busy, most, lock = [0], [0], threading.Lock()
    together = threading.Barrier(2)

    def answer(message: LeasedMessage) -> None:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        together.wait(10)
        with lock:
            busy[0] -= 1

    dispatcher = a_dispatcher(Printer(answer), workers=2)
    assert [dispatcher.run_once() for _ in range(4)] == [2, 2, 2, 0]
    assert most == [2]


def test_throttling_twenty_times_spends_no_budget() -> None:
    put("a")
    left = [DeliveryThrottled(retry_after_s=0.0)] * 20

    def answer(message: LeasedMessage) -> str:
        if left:
            raise left.pop()
        return "printed"

    printer = Printer(answer)
    dispatcher = a_dispatcher(printer, max_attempts=2)
    while dispatcher.run_once():
        pass
    assert (len(printer.delivered), printer.settled) == (21, [("a", "printed")])
    assert rows("SELECT attempts FROM outbox_messages") == [(1,)]


def test_throttling_waits_as_long_as_was_asked() -> None:
    put("a")
    a_dispatcher(Printer(raising(DeliveryThrottled(retry_after_s=60.0)))).run_once()
    assert rows("SELECT due_at > clock_timestamp() + '50 s' FROM outbox_messages") == [(True,)]


def test_a_storm_of_announcements_delays_no_deadline_and_no_outcome() -> None:
    put("hangs", "prints")
    released, over = threading.Event(), threading.Event()
    printer = Printer(lambda m: released.wait(20) if m.key == "hangs" else "printed")
    dispatcher = a_dispatcher(printer, lease_s=2.0, deadline_s=0.5, first_backoff_s=60.0)

    def announce() -> None:
        while not over.is_set():
            dispatcher._wake()

    storm = threading.Thread(target=announce)
    storm.start()
    try:
        with Running(dispatcher):
            wait_until(lambda: states() == {"hangs": "waiting", "prints": "done"})
            assert dispatcher._inbox.qsize() <= 2
    finally:
        released.set()
        over.set()
        storm.join()


@pytest.mark.parametrize("error", [DeliveryRefused("404"), FatalError("broken")])
def test_a_refusal_is_a_dead_letter_and_neighbours_are_unaffected(error: Exception) -> None:
    put("bad", "good")
    printer = Printer(lambda m: raising(error)(m) if m.key == "bad" else "printed")
    a_dispatcher(printer).run_once()
    assert states() == {"bad": "dead", "good": "done"}
    assert printer.given_up == [("bad", type(error).__name__)]
    assert printer.settled == [("good", "printed")]


def test_a_dead_letter_retried_by_hand_is_delivered_once() -> None:
    put("a")
    a_dispatcher(Printer(raising(DeliveryRefused("404")))).run_once()
    (message,) = outbox.list_messages()
    assert outbox.retry(message.id)
    printer = Printer()
    dispatcher = a_dispatcher(printer)
    assert [dispatcher.run_once(), dispatcher.run_once()] == [1, 0]
    assert states() == {"a": "done"}


@pytest.mark.parametrize("error", [DeliveryFailed("503"), TransientError("reset"), ValueError()])
def test_a_failure_is_tried_again_until_the_budget_is_spent(error: Exception) -> None:
    put("a")
    printer = Printer(raising(error))
    dispatcher = a_dispatcher(printer, max_attempts=3)
    while dispatcher.run_once():
        pass
    assert printer.delivered == [("a", 1), ("a", 2), ("a", 3)]
    assert printer.given_up == [("a", type(error).__name__)]
    assert states() == {"a": "dead"}


def test_a_message_that_takes_its_dispatcher_down_becomes_a_dead_letter_at_last() -> None:
    put("a")
    for _ in range(3):
        outbox.lease([KIND], limit=1, lease_s=0)
    printer = Printer()
    a_dispatcher(printer, max_attempts=3).run_once()
    assert (printer.delivered, printer.given_up) == ([], [("a", "DeliveryFailed")])


def test_pauses_grow_and_are_drawn_from_the_whole_range() -> None:
    config = DispatcherConfig(first_backoff_s=1.0, max_backoff_s=60.0)
    third = [config.backoff_s(3) for _ in range(400)]
    assert max(third) <= 4.0
    assert min(third) < 0.4
    assert max(third) > 3.6
    assert max(config.backoff_s(100_000) for _ in range(100)) <= 60.0


def test_settling_and_done_are_one_transaction() -> None:
    put("a")
    books, book = Notebooks(), a_notebook()

    class Recording(Printer):
        def settle(self, message: LeasedMessage, receipt: object) -> None:
            books.save(book if message.attempts == 2 else a_notebook())
            if message.attempts == 1:
                raise DeliveryFailed("after recording")

    dispatcher = a_dispatcher(Recording())
    while dispatcher.run_once():
        pass
    assert [stored.originator_id for stored in EventLog().read()] == [book.id]
    assert states() == {"a": "done"}


def test_a_conflict_while_settling_is_decided_again_without_another_delivery() -> None:
    put("a")
    conflicts = [ConcurrencyConflict()] * 2

    class Contested(Printer):
        def settle(self, message: LeasedMessage, receipt: object) -> None:
            if conflicts:
                raise conflicts.pop()
            super().settle(message, receipt)

    printer = Contested()
    a_dispatcher(printer).run_once()
    assert (printer.delivered, printer.settled) == ([("a", 1)], [("a", "printed")])


def test_a_message_whose_aggregate_cannot_be_read_still_leaves_the_queue() -> None:
    put("a")

    class Poisoned(Printer):
        def give_up(self, message: LeasedMessage, error: Exception) -> None:
            raise FatalError("unreadable")

    a_dispatcher(Poisoned(raising(DeliveryRefused("404")))).run_once()
    assert states() == {"a": "dead"}
    assert rows("SELECT last_error FROM outbox_messages") == [
        ("DeliveryRefused: 404; then FatalError: unreadable",)
    ]


def test_an_outcome_outlives_the_databases_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    put("a")
    real, failures = outbox.mark_done, [OperationalError("gone")] * 2

    def mark_done(message: LeasedMessage) -> bool:
        if failures:
            raise failures.pop()
        return real(message)

    monkeypatch.setattr(outbox, "mark_done", mark_done)
    printer = Printer()
    with Running(a_dispatcher(printer)):
        wait_until(lambda: printer.settled)
    assert (printer.delivered, states()) == ([("a", 1)], {"a": "done"})


def test_a_deadline_must_be_shorter_than_the_lease() -> None:
    with pytest.raises(ValueError, match="lease"):
        a_dispatcher(Printer(), lease_s=5.0, deadline_s=5.0)


def test_a_new_message_is_announced_and_delivered_before_the_next_poll() -> None:
    printer = Printer()
    running = Running(a_dispatcher(printer, poll_s=600.0))
    with running:
        wait_until(listeners)
        put("a")
        wait_until(lambda: printer.settled)
        running.stop.set()
        put("wakes it, so that it sees the stop")
    assert states()["a"] == "done"


def listeners() -> list[tuple[object, ...]]:
    return rows(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND query = 'LISTEN \"bachata_outbox\"'"
    )


def test_a_lost_announcement_is_made_up_for_by_polling() -> None:
    rows("ALTER TABLE outbox_messages DISABLE TRIGGER outbox_messages_announced")
    try:
        printer = Printer()
        with Running(a_dispatcher(printer)):
            put("a")
            wait_until(lambda: printer.settled)
    finally:
        rows("ALTER TABLE outbox_messages ENABLE TRIGGER outbox_messages_announced")


def test_a_dispatcher_survives_its_backends_being_killed() -> None:
    printer = Printer()
    with Running(a_dispatcher(printer)):
        for key in "abc":
            wait_until(listeners)
            rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            put(key)
            wait_until(lambda key=key: key in dict(printer.settled))
    assert set(states().values()) == {"done"}


def test_periodic_tasks_run_now_and_then_and_a_failing_one_hinders_nobody() -> None:
    runs: list[str] = []

    def failing() -> None:
        runs.append("failing")
        raise LookupError

    periodic_tasks = [
        PeriodicTask("failing", 0.01, failing),
        PeriodicTask("sweep", 0.01, lambda: runs.append("sweep")),
    ]
    printer = Printer()
    put("a")
    with Running(a_dispatcher(printer, periodic_tasks=periodic_tasks)):
        wait_until(lambda: min(runs.count("failing"), runs.count("sweep")) >= 3 and printer.settled)


def test_a_periodic_task_that_hangs_is_not_started_twice_and_hinders_nobody() -> None:
    runs: list[int] = []
    released = threading.Event()

    def hanging() -> None:
        runs.append(1)
        released.wait(10)

    printer = Printer()
    with Running(a_dispatcher(printer, periodic_tasks=[PeriodicTask("hang", 0.0, hanging)])):
        for key in "abc":
            put(key)
            wait_until(lambda key=key: key in dict(printer.settled))
        assert runs == [1]
        released.set()


def test_one_run_runs_the_periodic_tasks_too() -> None:
    runs: list[int] = []
    a_dispatcher(
        Printer(), periodic_tasks=[PeriodicTask("sweep", 60.0, lambda: runs.append(1))]
    ).run_once()
    assert runs == [1]


def test_a_stop_waits_for_what_is_in_flight() -> None:
    put("a")
    released = threading.Event()
    printer = Printer(lambda m: released.wait(10))
    running = Running(a_dispatcher(printer))
    with running:
        wait_until(lambda: printer.delivered)
        running.stop.set()
        released.set()
    assert states() == {"a": "done"}


@pytest.fixture
def wired(settings: Any) -> Iterator[Printer]:
    """Let the command find a dispatcher for the test's handler."""
    printer = Printer()
    WIRED["printer"] = printer
    settings.DISPATCHER_FACTORY = f"{__name__}.wired_dispatcher"
    yield printer
    WIRED.clear()


WIRED: dict[str, Printer] = {}


def wired_dispatcher() -> Dispatcher:
    return a_dispatcher(WIRED["printer"])


def test_dispatch_once_delivers_everything_due_and_ends(wired: Printer) -> None:
    put(*"abcdefghij")
    out = StringIO()
    call_command("dispatch", "--once", stdout=out)
    assert out.getvalue() == "10 message(s) tried.\n"
    assert set(states().values()) == {"done"}


def test_dispatch_once_says_when_the_database_is_out_of_reach(
    wired: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lease(*args: Any, **options: Any) -> list[LeasedMessage]:
        raise OperationalError("no server")

    monkeypatch.setattr(outbox, "lease", lease)
    with pytest.raises(CommandError, match="out of reach: no server"):
        call_command("dispatch", "--once")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_dispatch_cleanly(wired: Printer, number: signal.Signals) -> None:
    put("a")
    before: Mapping[signal.Signals, Any] = {
        s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)
    }
    errors = StringIO()

    def end() -> None:
        wait_until(lambda: wired.settled)
        os.kill(os.getpid(), number)

    try:
        with in_background(end):
            call_command("dispatch", stderr=errors)
    finally:
        for restored, handler in before.items():
            signal.signal(restored, handler)
    assert errors.getvalue().endswith("Stopped.\n")
    assert states() == {"a": "done"}


def test_lease_tokens_are_never_the_same() -> None:
    put("a", "b")
    tokens = {m.lease_token for m in outbox.lease([KIND], limit=2, lease_s=60)}
    assert len(tokens) == 2
    assert all(isinstance(token, UUID) for token in tokens)
