"""Two writers, lost answers, cut connections: never a false conflict, never an event twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

import pytest
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from psycopg import errors

from modules.conflicts import ConcurrencyConflict, retry_on_conflict
from modules.eventstore import recorder
from modules.eventstore.contract import OutboxMessage, StoreUnavailable
from modules.eventstore.event_log import EventLog
from modules.eventstore.tests.conftest import (
    backend_pid,
    in_background,
    in_threads,
    kill_backend,
    rows,
)
from modules.eventstore.tests.notebook import LineCounts, Notebooks, a_notebook

pytestmark = pytest.mark.django_db(transaction=True)


def versions(notebook_id: UUID) -> list[int]:
    return [stored.originator_version for stored in EventLog().history(notebook_id)]


def test_the_slower_of_two_writers_meets_a_conflict() -> None:
    books, book = Notebooks(), a_notebook()
    books.save(book)
    slow = books.repository.get(book.id)
    books.write(book.id, "fast")
    slow.write("slow")
    with pytest.raises(ConcurrencyConflict, match=str(book.id)):
        books.save(slow, outbox=[OutboxMessage("k", "k", {})])
    assert versions(book.id) == [1, 2]
    assert rows("SELECT * FROM outbox_messages") == []


def test_a_conflict_inside_a_transaction_leaves_it_usable() -> None:
    books, book = Notebooks(), a_notebook()
    books.save(book)
    with transaction.atomic():
        slow = books.repository.get(book.id)
        books.write(book.id, "fast")
        slow.write("slow")
        with pytest.raises(ConcurrencyConflict):
            books.save(slow)
        books.write(book.id, "again")
    assert books.repository.get(book.id).lines == ["fast", "again"]


def test_a_commit_that_meets_anothers_version_is_a_conflict_and_decided_again() -> None:
    books, book = Notebooks(), a_notebook()
    books.save(book)
    tries: list[int] = []

    @retry_on_conflict
    def write_slowly() -> None:
        with transaction.atomic():
            mine = books.repository.get(book.id)
            mine.write("slow")
            books.save(mine)
            tries.append(mine.version)
            if len(tries) == 1:
                in_threads(lambda: books.write(book.id, "fast"))

    write_slowly()
    assert tries == [2, 3]
    assert books.repository.get(book.id).lines == ["fast", "slow"]
    assert rows("SELECT count(*) FROM events_to_commit") == [(0,)]


def test_a_conflict_seen_first_by_a_projection_is_still_a_conflict(line_counts: str) -> None:
    class Strict(LineCounts):
        def apply(self, events: Any, *, into: str) -> None:
            rows(f"INSERT INTO {into} VALUES (%s, 1)", events[0].originator_id)  # noqa: S608

    books, book = Notebooks(projections=[Strict()]), a_notebook()
    books.save(book)
    slow = books.repository.get(book.id)
    books.write(book.id, "fast")
    slow.write("slow")
    with pytest.raises(ConcurrencyConflict):
        books.save(slow)


def test_another_broken_rule_is_no_conflict(line_counts: str) -> None:
    class Wrong(LineCounts):
        def apply(self, events: Any, *, into: str) -> None:
            rows(f"INSERT INTO {into} VALUES (%s, NULL)", events[0].originator_id)  # noqa: S608

    book = a_notebook()
    book.write("one")
    with pytest.raises(IntegrityError):
        Notebooks(projections=[Wrong()]).save(book)
    assert versions(book.id) == []


def test_twenty_commands_at_once_make_one_unbroken_history(line_counts: str) -> None:
    books, book = Notebooks(projections=[LineCounts()]), a_notebook()
    books.save(book)
    results = in_threads(*[lambda: books.write(book.id, "x") for _ in range(20)])
    losers = [result for result in results if result is not None]
    assert all(isinstance(loser, ConcurrencyConflict) for loser in losers)
    assert versions(book.id) == list(range(1, 22 - len(losers)))
    assert rows("SELECT n FROM line_counts") == [(20 - len(losers),)]


def conflicts(times: int) -> Callable[[], int]:
    calls: list[int] = []

    def command() -> int:
        calls.append(1)
        if len(calls) <= times:
            raise ConcurrencyConflict
        return len(calls)

    return command


def test_a_conflict_is_retried_until_it_is_gone() -> None:
    assert retry_on_conflict(conflicts(4))() == 5


def test_a_conflict_that_stays_is_told() -> None:
    with pytest.raises(ConcurrencyConflict):
        retry_on_conflict(tries=3)(conflicts(3))()


def test_nothing_is_retried_inside_an_open_transaction() -> None:
    with transaction.atomic(), pytest.raises(ConcurrencyConflict):
        retry_on_conflict(conflicts(1))()


@pytest.fixture
def failing_write(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Break the recorder's write once, before or after it was carried out."""
    real = recorder._write

    def install(*, before: bool, times: int = 1) -> None:
        calls: list[int] = []

        def write(save: Any, statement: str) -> list[tuple[int]]:
            calls.append(1)
            if len(calls) > times:
                return real(save, statement)
            if not before:
                real(save, statement)
            in_threads(partial(kill_backend, connection.connection.info.backend_pid))
            raise OperationalError("server closed the connection unexpectedly")

        monkeypatch.setattr(recorder, "_write", write)

    return install


def test_a_lost_acknowledgement_is_a_success(failing_write: Callable[..., None]) -> None:
    books, book = Notebooks(), a_notebook()
    book.write("once")
    failing_write(before=False)
    recorded = books.save(book, outbox=[OutboxMessage("k", "k", {})])
    history = EventLog().history(book.id)
    assert [r.notification.id for r in recorded] == [e.position for e in history]
    assert versions(book.id) == [1, 2]
    assert rows("SELECT count(*) FROM outbox_messages") == [(1,)]


def test_a_connection_cut_before_the_commit_is_opened_again(
    failing_write: Callable[..., None], line_counts: str
) -> None:
    books, book = Notebooks(projections=[LineCounts()]), a_notebook()
    book.write("once")
    failing_write(before=True)
    books.save(book)
    assert versions(book.id) == [1, 2]
    assert rows("SELECT n FROM line_counts") == [(1,)]


def test_a_database_that_keeps_hanging_up_is_unavailable(
    failing_write: Callable[..., None],
) -> None:
    book = a_notebook()
    failing_write(before=True, times=3)
    with pytest.raises(StoreUnavailable):
        Notebooks().save(book)
    assert versions(book.id) == []


def test_a_lost_acknowledgement_of_somebody_elses_version_is_a_conflict(
    failing_write: Callable[..., None],
) -> None:
    books, book = Notebooks(), a_notebook()
    books.save(book)
    slow = books.repository.get(book.id)
    in_threads(lambda: books.write(book.id, "fast"))
    slow.write("slow")
    failing_write(before=True)
    with pytest.raises(ConcurrencyConflict):
        books.save(slow)
    assert books.repository.get(book.id).lines == ["fast"]


class Failing:
    """A projection that meets a database error the first ``times`` times."""

    table, topics = "none", frozenset({"tests.NotebookOpened"})

    def __init__(self, error: Exception, *, times: int) -> None:
        self.error, self.times = error, times

    def apply(self, events: Any, *, into: str) -> None:
        """Fail, or do nothing."""
        self.times -= 1
        if self.times >= 0:
            with connection.wrap_database_errors:
                raise self.error


def test_a_deadlock_is_tried_again() -> None:
    book = a_notebook()
    Notebooks(projections=[Failing(errors.DeadlockDetected(), times=2)]).save(book)
    assert versions(book.id) == [1]


def test_deadlocks_without_end_are_unavailability() -> None:
    book = a_notebook()
    with pytest.raises(StoreUnavailable):
        Notebooks(projections=[Failing(errors.DeadlockDetected(), times=3)]).save(book)
    assert versions(book.id) == []


def test_a_full_disk_is_told_at_once_and_nothing_is_stored() -> None:
    book, failing = a_notebook(), Failing(errors.DiskFull(), times=2)
    with pytest.raises(StoreUnavailable):
        Notebooks(projections=[failing]).save(book)
    assert (failing.times, versions(book.id)) == (1, [])


def test_an_answer_lost_for_good_is_unavailability(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(save: Any) -> Any:
        raise OperationalError("no server")

    monkeypatch.setattr(recorder, "_find", find)
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        Notebooks(projections=[Failing(errors.AdminShutdown(), times=1)]).save(a_notebook())


def test_what_a_projection_cannot_write_is_told_as_it_is() -> None:
    too_long = Failing(errors.StringDataRightTruncation(), times=2)
    books = Notebooks(projections=[too_long])
    with pytest.raises(DataError):
        books.save(a_notebook())
    with transaction.atomic(), pytest.raises(DataError):
        books.save(a_notebook())
    assert EventLog().read() == []


def test_a_save_cut_inside_an_outer_transaction_is_unavailable() -> None:
    book = a_notebook()

    def save() -> None:
        with transaction.atomic():
            in_threads(partial(kill_backend, backend_pid()))
            Notebooks().save(book)

    assert isinstance(in_threads(save)[0], StoreUnavailable)
    assert versions(book.id) == []


def test_while_backends_are_killed_every_line_is_written(line_counts: str) -> None:
    books, done = Notebooks(projections=[LineCounts()]), threading.Event()
    mine = [a_notebook() for _ in range(4)]
    books.save(*mine)
    victims: dict[int, int] = {}

    def write(number: int) -> int:
        written = 0
        while written < 25:
            try:
                victims[number] = backend_pid()
                books.write(mine[number].id, f"line {written}")
            except (StoreUnavailable, OperationalError, InterfaceError):
                connection.close()  # as close_old_connections does between requests
                continue
            written += 1
        return written

    def kill() -> int:
        killed = 0
        while not done.wait(0.01):
            for pid in list(victims.values()):
                rows("SELECT pg_terminate_backend(%s)", pid)
                killed += 1
        return killed

    with in_background(kill) as killed:
        results = in_threads(*[lambda number=number: write(number) for number in range(4)])
        done.set()
        assert cast("int", killed()) > 10
    assert results == [25] * 4
    for book in mine:
        lines = books.repository.get(book.id).lines
        assert list(dict.fromkeys(lines)) == [f"line {n}" for n in range(25)]
        assert rows("SELECT n FROM line_counts WHERE id = %s", book.id) == [(len(lines),)]
