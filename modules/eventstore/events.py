"""Events as they lie in the store, and what wants to be told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from modules.eventstore.messages import OutboxMessage


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of ``stored_events``, as stored and as handed to projections.

    Attributes
    ----------
    state : Mapping
        Plain JSON: the event's own fields and its ``timestamp``; identifiers, decimals and
        times as text (times in ISO 8601, UTC), enumerations by value. An event class with
        ``class_version`` above 1 adds ``class_version``.
    metadata : Mapping
        ``actor``, ``request_id``, ``causation`` where known, and ``save_id``.
    position : int, optional
        Place in the order of commits, ascending with gaps; None until the row is inserted.
    """

    originator_id: UUID
    originator_version: int
    topic: str
    state: Mapping[str, Any]
    metadata: Mapping[str, Any]
    position: int | None = None
    recorded_at: datetime | None = None


class Projection(Protocol):
    """Keeps one table in step with the events it names."""

    table: str
    topics: frozenset[str]

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write what ``events`` mean for the table called ``into``.

        Runs inside the events' own transaction, before they get their position; hence
        ``position`` and ``recorded_at`` are None and must not reach the table.
        """


class EventStore(Protocol):
    """Aggregates in, events out.

    A command gets an aggregate, lets it decide and saves it; wrap it in `retry_on_conflict`.
    """

    def get(self, aggregate_id: UUID, *, version: int | None = None) -> Any:
        """Return an aggregate as its events make it, at ``version`` if one is given.

        Raises
        ------
        AggregateNotFound
            If nothing is stored under the id, or not that many versions.
        UnreadableEvent
            If one of its events cannot be read by this code.
        """

    def save(self, *aggregates: Any, outbox: Sequence[OutboxMessage] = ()) -> object:
        """Store the new events of ``aggregates`` and the messages they cause.

        One transaction (the open one, or its own): projections, messages, then events.

        Raises
        ------
        ConcurrencyConflict
            If somebody else recorded the same version; nothing was stored.
        StoreUnavailable
            If the database is out of reach or too busy; nothing false was concluded.
        UnwritableEvent
            If an event has no frozen topic or cannot be written as JSON.
        """
