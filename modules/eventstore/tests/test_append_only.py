"""Stored events are never changed or removed, and their order is the order of commits."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import IntegrityError, transaction

from modules.eventstore.event_log import EventLog
from modules.eventstore.tests.conftest import (
    DEADLINE_S,
    backend_pid,
    in_background,
    in_threads,
    rows,
    wait_until,
    waiting_for_lock,
)
from modules.eventstore.tests.notebook import Notebooks, a_notebook

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES = [
    "UPDATE stored_events SET topic = 'x'",
    "UPDATE stored_events SET topic = 'x' WHERE false",
    "DELETE FROM stored_events",
    "TRUNCATE stored_events",
    "INSERT INTO stored_events (originator_id, originator_version, topic, state, metadata)"
    " SELECT originator_id, originator_version, 'x', '{}', '{}' FROM stored_events"
    " ON CONFLICT ON CONSTRAINT stored_events_one_per_version DO UPDATE SET topic = 'x'",
]

# Draws positions before the COMMIT, as a writer would who goes past our code.
AT_ONCE = "SET CONSTRAINTS bachata.events_stored_at_commit IMMEDIATE"


@pytest.mark.parametrize("change", CHANGES)
def test_changing_or_removing_events_is_refused(change: str) -> None:
    book = a_notebook()
    Notebooks().save(book)
    # The test database lets Django empty the table between tests; see `testing`.
    guarded = f"ALTER TABLE stored_events ENABLE TRIGGER stored_events_never_emptied; {change}"
    with pytest.raises(IntegrityError, match="never changed or removed"):
        rows(guarded)
    assert [e.topic for e in EventLog().history(book.id)] == ["tests.NotebookOpened"]


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_the_triggers_that_refuse(change: str) -> None:
    book = a_notebook()
    Notebooks().save(book)
    with transaction.atomic():
        rows("ALTER TABLE stored_events DISABLE TRIGGER USER")
        rows(change)
        transaction.set_rollback(True)
    assert [e.topic for e in EventLog().history(book.id)] == ["tests.NotebookOpened"]


def test_the_triggers_work_with_any_search_path() -> None:
    Notebooks().save(a_notebook())
    schema = rows("SELECT current_schema()")[0][0]
    with transaction.atomic():
        rows("SET LOCAL search_path = pg_catalog")
        rows(
            f"INSERT INTO {schema}.stored_events"  # noqa: S608
            " (originator_id, originator_version, topic, state, metadata)"
            " VALUES (gen_random_uuid(), 1, 'x', '{}', '{}')"
        )
        rows(f"INSERT INTO {schema}.outbox_messages (kind, key, payload) VALUES ('k', 'k', '{{}}')")  # noqa: S608
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
            rows(f"DELETE FROM {schema}.stored_events")  # noqa: S608


def test_a_later_writer_waits_for_the_earlier_one_to_commit() -> None:
    pid: list[int] = []
    saved = threading.Event()

    def second() -> None:
        pid.append(backend_pid())
        saved.wait(DEADLINE_S)
        Notebooks().save(a_notebook())

    with in_background(second) as result:
        with transaction.atomic():
            rows(AT_ONCE)
            Notebooks().save(a_notebook())
            saved.set()
            wait_until(lambda: pid and waiting_for_lock(pid[0]))
            assert len(EventLog().read()) == 1
        assert result() is None
    assert len(EventLog().read()) == 2


def test_nobody_waits_for_a_writer_that_stops_between_saving_and_its_commit() -> None:
    with transaction.atomic():
        Notebooks().save(a_notebook())
        assert in_threads(lambda: len(Notebooks().save(a_notebook()))) == [1]
        assert [event.position for event in EventLog().read()] == [
            position for (position,) in rows("SELECT position FROM stored_events")
        ]
    assert len(EventLog().read()) == 2


def test_without_the_lock_a_reader_misses_an_event() -> None:
    """The guard seen red: A draws a position, B draws the next and commits first."""
    rows("ALTER TABLE stored_events DISABLE TRIGGER stored_events_in_commit_order")
    try:
        with transaction.atomic():
            rows(AT_ONCE)
            Notebooks().save(a_notebook())
            in_threads(lambda: Notebooks().save(a_notebook()))
            seen = in_threads(EventLog().read)[0]
        last = seen[-1].position  # type: ignore[index]
        assert len(EventLog().read()) == 2
        assert EventLog().read(after=last) == []
        assert len(seen) == 1  # type: ignore[arg-type]
    finally:
        rows("ALTER TABLE stored_events ENABLE TRIGGER stored_events_in_commit_order")


def test_a_tailing_reader_misses_nothing_under_eight_writers_with_rollbacks() -> None:
    done = threading.Event()

    def write(seed: int) -> None:
        books, luck = Notebooks(), random.Random(seed)  # noqa: S311
        for _ in range(40):
            book = a_notebook()
            book.write("line")
            with transaction.atomic():
                books.save(book)
                transaction.set_rollback(luck.random() < 0.2)

    def tail() -> list[int]:
        log, seen, last_round = EventLog(), [], False
        while True:
            batch = log.read(after=seen[-1] if seen else 0, limit=50)
            seen += [stored.position or 0 for stored in batch]
            if not batch and last_round:
                return seen
            last_round = done.is_set()

    with in_background(tail) as result:
        writers = in_threads(*[lambda seed=seed: write(seed) for seed in range(8)])
        done.set()
        seen = result()
    assert writers == [None] * 8
    committed = [position for (position,) in rows("SELECT position FROM stored_events ORDER BY 1")]
    assert 100 < len(committed) < 640
    assert seen == committed


def test_appending_goes_on_beside_a_long_transaction_and_a_vacuum() -> None:
    with transaction.atomic():
        rows("CREATE TEMPORARY TABLE foreign_work (x int) ON COMMIT DROP")
        rows("SELECT pg_current_xact_id()")

        def work() -> None:
            Notebooks().save(a_notebook())
            rows("VACUUM stored_events")
            Notebooks().save(a_notebook())

        assert in_threads(work) == [None]
    assert len(EventLog().read()) == 2
