"""What other modules may know of the event store and the outbox: values, errors, ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from modules.errors import DomainError, FatalError, TransientError


class StoreUnavailable(TransientError):
    """The database did not answer, or its answer was lost; nothing false was concluded."""


class AggregateNotFound(DomainError):
    """There is no aggregate with this id, or it has no such version."""

    code = "not_found"


class UnreadableEvent(FatalError):
    """A stored event this code cannot read: unknown topic, newer version, broken state.

    Only the aggregate it belongs to is out of reach; all others stay readable.
    """


class UnwritableEvent(FatalError):
    """An event that must not be stored: no frozen topic, or values JSON cannot hold."""


class DroppedByHand(FatalError):
    """An operator closed the message undone."""


class DeliveryRefused(FatalError):
    """The world said no for good; the message goes to the dead letters."""


class DeliveryFailed(TransientError):
    """No success this time; tried again with backoff until the budget of attempts is spent."""


class DeliveryThrottled(TransientError):
    """The world asked to come back later; tried again without spending the budget.

    Parameters
    ----------
    retry_after_s : float, optional
        Seconds the other side asked for; its absence means the usual backoff.
    """

    def __init__(self, message: str = "asked to slow down", *, retry_after_s: float | None = None):
        super().__init__(message)
        self.retry_after_s = retry_after_s


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


@dataclass(frozen=True, slots=True)
class LatestEvent:
    """Where an aggregate's events end.

    Attributes
    ----------
    version : int
        Of the last event.
    age_s : float
        Seconds since it was recorded; both times are the database's.
    """

    version: int
    age_s: float


class Projection(Protocol):
    """Keeps one table in step with the events it names."""

    table: str
    topics: frozenset[str]

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write what ``events`` mean for the table called ``into``.

        Runs inside the events' own transaction, before they get their position; hence
        ``position`` and ``recorded_at`` are None and must not reach the table.
        """


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """Something that must still be done; stored once per ``key``, however often it is enqueued."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    due_in_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """A message reserved for one delivery.

    ``attempts`` counts this delivery too; ``lease_token`` proves the reservation when settling.
    """

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    lease_token: UUID


class MessageHandler(Protocol):
    """Delivers the messages of one kind; whatever it does may happen twice."""

    def deliver(self, message: LeasedMessage) -> object:
        """Talk to the world, with no transaction open, and return what it answered.

        Raises
        ------
        DeliveryRefused
            Never possible: dead letter.
        DeliveryThrottled
            Not now: tried again, the budget untouched.
        TransientError
            Unclear or failed: tried again with backoff until the budget is spent.
        """

    def settle(self, message: LeasedMessage, receipt: object) -> None:
        """Record the success, inside the transaction that sets ``done_at``."""

    def give_up(self, message: LeasedMessage, error: Exception) -> None:
        """Record the failure for good, inside the transaction that sets ``dead_at``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMessages:
    """Which messages of a kind come next: ``at_most`` so many, the first of ``keys`` first."""

    keys: Sequence[str]
    at_most: int


class ChooseNext(Protocol):
    """Says which messages of a kind come next, where their order is not that of their time."""

    def __call__(self, leased: int) -> NextMessages:
        """Return the next ones, given how many of the kind are being delivered."""


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Something the dispatcher runs every ``every_s`` seconds; safe to run twice at once."""

    name: str
    every_s: float
    run: Callable[[], object]


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

    def find_latest(self, aggregate_ids: Sequence[UUID]) -> Mapping[UUID, LatestEvent]:
        """Return the last event of each of these aggregates; none for an unknown id."""

    def list_waiting(self, kind: str) -> Sequence[str]:
        """Return the keys of a kind that wait for a delivery."""

    def close_messages(self, keys: Sequence[str]) -> int:
        """Close waiting messages that nobody needs any more; return how many."""

    def find_waiting(self, keys: Sequence[str]) -> Mapping[str, bool]:
        """Return of each key whether its message will be delivered; none for an unknown key."""

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
