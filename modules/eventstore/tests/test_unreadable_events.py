"""Old events stay readable; what cannot be read harms nobody but its own aggregate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from modules.eventstore.contract import UnreadableEvent
from modules.eventstore.event_log import EventLog
from modules.eventstore.mapper import as_current
from modules.eventstore.testing import read_golden, write_golden
from modules.eventstore.tests.conftest import rows
from modules.eventstore.tests.notebook import Notebook, Notebooks, a_notebook

GOLDEN = Path(__file__).parent / "golden"
LINE = {"timestamp": "2026-01-02T03:04:05+00:00", "text": "x", "pressure": 1, "class_version": 2}
UNREADABLE = {
    "unknown topic": ("tests.NeverHeardOf", LINE),
    "a module's name as topic": ("json.tool", LINE),
    "an aggregate's topic": ("tests.Notebook", LINE),
    "a relative topic": (".x", LINE),
    "empty topic": ("", LINE),
    "version newer than the code": ("tests.LineWritten", {**LINE, "class_version": 3}),
    "version nought": ("tests.LineWritten", {**LINE, "class_version": 0}),
    "version as text": ("tests.LineWritten", {**LINE, "class_version": "2"}),
    "missing field": ("tests.LineWritten", {k: LINE[k] for k in LINE if k != "text"}),
    "unknown field": ("tests.LineWritten", {**LINE, "colour": "red"}),
    "field of another type": ("tests.LineWritten", {**LINE, "text": 5}),
    "broken time": ("tests.LineWritten", {**LINE, "timestamp": "yesterday"}),
    "a text": ("tests.LineWritten", "state"),
    "not an object": ("tests.LineWritten", [1, 2]),
}


def insert(originator_id: UUID, version: int, topic: str, state: Any) -> None:
    rows(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, metadata)"
        " VALUES (%s, %s, %s, %s::jsonb, '{}')",
        originator_id,
        version,
        topic,
        json.dumps(state),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("topic", "state"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_event_is_refused_and_others_stay_readable(topic: str, state: Any) -> None:
    books, sick, well = Notebooks(), a_notebook(), a_notebook()
    books.save(sick, well)
    insert(sick.id, 2, topic, state)
    with pytest.raises(UnreadableEvent, match=str(sick.id)):
        books.repository.get(sick.id)
    assert books.repository.get(sick.id, version=1).version == 1
    books.write(well.id, "still going")
    assert books.repository.get(well.id).lines == ["still going"]
    assert [e.topic for e in EventLog().read()][2] == topic
    assert len(EventLog().history(sick.id)) == 2


@pytest.mark.django_db
def test_a_readable_event_is_the_control_of_the_test_above() -> None:
    books, book = Notebooks(), a_notebook()
    books.save(book)
    insert(book.id, 2, "tests.LineWritten", LINE)
    assert books.repository.get(book.id).lines == ["x"]


@pytest.mark.django_db
def test_an_old_version_is_brought_up_to_date_for_projections_too() -> None:
    book = a_notebook()
    Notebooks().save(book)
    insert(book.id, 2, "tests.LineWritten", {"timestamp": LINE["timestamp"], "text": "old"})
    stored = EventLog().history(book.id)[1]
    assert "pressure" not in stored.state
    assert as_current(stored).state == {**stored.state, "pressure": 1.0, "class_version": 2}
    assert as_current(as_current(stored)) == as_current(stored)


@pytest.mark.django_db
def test_a_newer_version_is_refused_for_projections_too() -> None:
    book = a_notebook()
    Notebooks().save(book)
    insert(book.id, 2, "tests.LineWritten", {**LINE, "class_version": 3})
    with pytest.raises(UnreadableEvent, match="version 3, this code knows 2"):
        as_current(EventLog().history(book.id)[1])


@pytest.mark.django_db
def test_every_part_that_does_not_fit_is_named() -> None:
    books, book = Notebooks(), a_notebook()
    books.save(book)
    insert(book.id, 2, "tests.LineWritten", {**LINE, "text": 5, "colour": "red"})
    with pytest.raises(UnreadableEvent, match=r"text: .*valid string; colour: .*not permitted"):
        books.get(book.id)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_every_golden_file_is_read(file: Path) -> None:
    event = read_golden(file)
    assert isinstance(event, Notebook.LineWritten)
    if file.stem.endswith("v2"):
        assert write_golden(event) == json.loads(file.read_text(encoding="utf-8"))


def test_an_upcast_event_is_written_in_todays_form() -> None:
    event = read_golden(GOLDEN / "LineWritten.v1.json")
    assert (event.text, event.pressure) == ("old", 1.0)
    assert write_golden(event)["state"]["class_version"] == 2
