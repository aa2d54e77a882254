"""Saving and reading back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from eventsourcing.domain import Aggregate, event

from modules.event_metadata import event_metadata
from modules.eventstore.contract import (
    AggregateNotFound,
    OutboxMessage,
    StoredEvent,
    StoreUnavailable,
    UnwritableEvent,
)
from modules.eventstore.event_log import EventLog
from modules.eventstore.store import DjangoEventStore
from modules.eventstore.tests.conftest import in_background, in_threads, rows
from modules.eventstore.tests.notebook import LineCounts, Notebooks, a_notebook

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = OutboxMessage("note.print", "print:1", {"copies": 2})


def everything_stored() -> list[tuple[object, ...]]:
    return rows("SELECT topic FROM stored_events UNION ALL SELECT kind FROM outbox_messages")


class Broken:
    """A projection that fails."""

    table = "line_counts"
    topics = frozenset({"tests.LineWritten"})

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write, and fail."""
        LineCounts().apply(list(events), into=into)
        raise LookupError


def test_a_saved_aggregate_is_read_back_equal() -> None:
    books, book = Notebooks(), a_notebook(opened_at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
    book.write("hello", pressure=1e16)
    books.save(book)
    assert books.repository.get(book.id) == book
    assert books.repository.get(book.id, version=1).lines == []


def test_state_is_json_that_sql_can_ask() -> None:
    book = a_notebook(price=Decimal("3.50"))
    Notebooks().save(book)
    found = rows("SELECT state->>'price', state->'tags'->>1, state->>'owner' FROM stored_events")
    assert found == [("3.50", "b", str(book.owner))]


def test_metadata_names_the_cause_and_stays_out_of_the_state() -> None:
    books, book = Notebooks(), a_notebook()
    with event_metadata(actor="user:7", request_id="outer"):
        with event_metadata(request_id="inner", causation="retry"):
            books.save(book)
        book.write("later")
        books.save(book)
    first, second = EventLog().history(book.id)
    assert first.metadata.items() >= {("actor", "user:7"), ("request_id", "inner")}
    assert (second.metadata["request_id"], "causation" in second.metadata) == ("outer", False)
    assert not {"actor", "request_id", "causation"} & first.state.keys()


def test_events_messages_and_rows_are_stored_together(line_counts: str) -> None:
    book = a_notebook()
    book.write("one")
    book.write("two")
    recorded = Notebooks(projections=[LineCounts()]).save(book, outbox=[MESSAGE])
    history = EventLog().history(book.id)
    assert [r.notification.id for r in recorded] == [e.position for e in history]
    assert [e.position for e in history] == sorted(e.position or 0 for e in history)
    assert rows("SELECT n FROM line_counts") == [(2,)]
    assert rows("SELECT kind, payload->>'copies' FROM outbox_messages") == [("note.print", "2")]


def test_a_failing_projection_leaves_nothing_behind(line_counts: str) -> None:
    book = a_notebook()
    book.write("one")
    with pytest.raises(LookupError):
        Notebooks(projections=[Broken()]).save(book, outbox=[MESSAGE])
    assert everything_stored() == []
    assert rows("SELECT * FROM line_counts") == []


def test_a_save_joins_the_transaction_that_is_open(line_counts: str) -> None:
    book = a_notebook()
    book.write("one")
    with transaction.atomic():
        Notebooks(projections=[LineCounts()]).save(book, outbox=[MESSAGE])
        assert rows("SELECT n FROM line_counts") == [(1,)]
        transaction.set_rollback(True)
    assert everything_stored() == []
    assert rows("SELECT * FROM line_counts") == []


def test_an_open_transaction_reads_what_it_saved_and_stores_it_with_its_commit() -> None:
    books, book = Notebooks(), a_notebook()
    with transaction.atomic():
        books.save(book)
        books.write(book.id, "one")
        assert books.repository.get(book.id).lines == ["one"]
        assert in_threads(everything_stored) == [[]]
    history = EventLog().history(book.id)
    assert [event.originator_version for event in history] == [1, 2]
    assert [event.position for event in history] == sorted(event.position or 0 for event in history)
    assert rows("SELECT * FROM events_to_commit") == []


def test_what_waits_for_the_commit_runs_once_after_it() -> None:
    seen: list[int] = []

    class Waiting:
        table, topics = "none", frozenset({"tests.NotebookOpened"})

        def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
            transaction.on_commit(lambda: seen.append(len(everything_stored())))

    Notebooks(projections=[Waiting()]).save(a_notebook())
    assert seen == [1]
    assert connection.get_autocommit()


def test_projections_see_events_as_they_will_be_stored() -> None:
    seen: list[StoredEvent] = []

    class Watching:
        table, topics = "none", frozenset({"tests.NotebookOpened"})

        def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
            seen.extend(events)

    book = a_notebook()
    book.write("of no interest")
    Notebooks(projections=[Watching()]).save(book)
    stored = EventLog().history(book.id)[0]
    assert seen == [dataclasses.replace(stored, position=None, recorded_at=None)]


def test_messages_can_be_saved_without_an_event() -> None:
    assert Notebooks().save(outbox=[MESSAGE]) == []
    assert everything_stored() == [("note.print",)]


def test_saving_nothing_stores_nothing() -> None:
    book = a_notebook()
    Notebooks().save(book)
    Notebooks().save(book)
    assert len(EventLog().history(book.id)) == 1


def test_the_environment_of_the_process_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSISTENCE_MODULE", "nowhere.at.all")
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    monkeypatch.setenv("AGGREGATE_CACHE_MAXSIZE", "1000")
    books = Notebooks()
    assert (books.snapshots, books.repository.cache) == (None, None)


@pytest.mark.parametrize("field", [{"price": float("nan")}, {"owner": b"x"}, {"tags": ("\x00",)}])
def test_what_json_cannot_hold_is_refused(field: dict[str, object]) -> None:
    with pytest.raises(UnwritableEvent):
        Notebooks().save(a_notebook(**field), outbox=[MESSAGE])
    assert everything_stored() == []


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(UnwritableEvent, match="time zone"):
        Notebooks().save(a_notebook(opened_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_message_json_cannot_hold_is_refused() -> None:
    with pytest.raises(UnwritableEvent, match="print:2"):
        Notebooks().save(a_notebook(), outbox=[OutboxMessage("note.print", "print:2", {"x": b""})])
    assert everything_stored() == []


def test_an_event_without_a_frozen_name_is_refused() -> None:
    class Nameless(Aggregate):
        @event("Made")
        def __init__(self) -> None:
            pass

    with pytest.raises(UnwritableEvent, match="TOPIC"):
        DjangoEventStore().save(Nameless())
    assert everything_stored() == []


def test_an_unknown_aggregate_is_not_found() -> None:
    books = Notebooks()
    with pytest.raises(AggregateNotFound) as caught:
        books.repository.get(uuid4())
    assert caught.value.code == "not_found"
    assert uuid4() not in books.repository


def test_the_last_events_of_several_aggregates_are_found_at_once() -> None:
    books, short, long = Notebooks(), a_notebook(), a_notebook()
    long.write("one")
    books.save(short, long)
    latest = books.find_latest([short.id, long.id, uuid4()])
    assert {id_: found.version for id_, found in latest.items()} == {short.id: 1, long.id: 2}
    assert all(0 <= found.age_s < 60 for found in latest.values())
    assert books.find_latest([]) == {}


def test_the_log_is_read_in_pieces() -> None:
    books = Notebooks()
    ids = [a.id for a in (a_notebook() for _ in range(5)) if books.save(a)]
    log, read, position = EventLog(), [], 0
    while batch := log.read(after=position, limit=2):
        read += [stored.originator_id for stored in batch]
        position = batch[-1].position or 0
    assert read == ids
    assert books.recorder.max_notification_id() == position
    assert [n.originator_id for n in books.notification_log["1,10"].items] == ids


def test_a_locked_table_is_a_clear_transient_error(line_counts: str) -> None:
    book = a_notebook()
    book.write("one")

    def save() -> object:
        rows("SET lock_timeout = '50ms'")
        return Notebooks(projections=[LineCounts()]).save(book)

    with transaction.atomic():
        rows("LOCK TABLE line_counts")
        with in_background(save) as result:
            error = result()
    assert isinstance(error, StoreUnavailable)
    assert isinstance(error.__cause__, OperationalError)
    assert everything_stored() == []
