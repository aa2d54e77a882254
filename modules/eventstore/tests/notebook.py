"""A small aggregate to try the store with."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from eventsourcing.domain import Aggregate, event

from modules.conflicts import retry_on_conflict
from modules.eventstore.contract import StoredEvent
from modules.eventstore.store import DjangoEventStore


class Colour(StrEnum):
    """The colour of a notebook."""

    RED = "red"


class Notebook(Aggregate):
    """Holds lines."""

    TOPIC = "tests.Notebook"

    class Created(Aggregate.Created):
        """It was opened."""

        TOPIC = "tests.NotebookOpened"
        owner: UUID
        price: Decimal
        colour: Colour
        opened_at: datetime | None
        tags: tuple[str, ...]

    class LineWritten(Aggregate.Event):
        """A line was added."""

        TOPIC = "tests.LineWritten"
        class_version = 2
        text: str
        pressure: float

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Version 1 knew no pressure."""
            state["pressure"] = 1.0

    @event(Created)
    def __init__(
        self,
        owner: UUID,
        price: Decimal,
        colour: Colour,
        opened_at: datetime | None,
        tags: tuple[str, ...],
    ) -> None:
        self.owner, self.price, self.colour, self.opened_at = owner, price, colour, opened_at
        self.tags = tags
        self.lines: list[str] = []

    def write(self, text: str, pressure: float = 1.0) -> None:
        """Add a line."""
        self.trigger_event(self.LineWritten, text=text, pressure=pressure)

    @event(LineWritten)
    def _apply_line(self, text: str, pressure: float) -> None:
        self.lines.append(text)


def a_notebook(**given: Any) -> Notebook:
    """Make a notebook nobody saved yet."""
    fields: dict[str, Any] = {
        "owner": uuid4(),
        "price": Decimal("3.50"),
        "colour": Colour.RED,
        "opened_at": None,
        "tags": ("a", "b"),
        **given,
    }
    return Notebook(**fields)


class Notebooks(DjangoEventStore):
    """Commands on notebooks."""

    @retry_on_conflict
    def write(self, notebook_id: UUID, text: str) -> None:
        """Add a line."""
        notebook = self.repository.get(notebook_id)
        notebook.write(text)
        self.save(notebook)


class LineCounts:
    """A projection into a table the tests make."""

    table = "line_counts"
    topics = frozenset({"tests.LineWritten"})

    def apply(self, events: list[StoredEvent], *, into: str) -> None:
        """Count the lines."""
        with connection.cursor() as cursor:
            for stored in events:
                cursor.execute(
                    f"INSERT INTO {into} AS t (id, n) VALUES (%s, 1)"  # noqa: S608
                    " ON CONFLICT (id) DO UPDATE SET n = t.n + 1",
                    [stored.originator_id],
                )
