"""The event store on Django's connection, as the library's application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application, Repository
from eventsourcing.utils import Environment

from modules.eventstore import outbox
from modules.eventstore.contract import AggregateNotFound
from modules.eventstore.event_log import EventLog
from modules.eventstore.mapper import JsonMapper
from modules.eventstore.recorder import DjangoRecorder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eventsourcing.persistence import Recording

    from modules.eventstore.contract import LatestEvent, OutboxMessage, Projection


class AggregateRepository(Repository[UUID]):
    """The library's repository, without a cache, speaking our errors."""

    def get(self, aggregate_id: UUID, **options: Any) -> Any:
        """Rebuild an aggregate from its events, at ``version`` if one is given.

        Raises
        ------
        AggregateNotFound
            If nothing is stored under the id.
        UnreadableEvent
            If one of its events cannot be read by this code.
        """
        try:
            return super().get(aggregate_id, **options)
        except AggregateNotFoundError as error:
            raise AggregateNotFound(f"There is nothing with the id {aggregate_id}.") from error

    def __contains__(self, aggregate_id: UUID) -> bool:
        try:
            self.get(aggregate_id)
        except AggregateNotFound:
            return False
        return True


class DjangoEventStore(Application[UUID]):
    """The port ``EventStore``: our recorder and JSON mapper behind the library's application.

    Parameters
    ----------
    projections : sequence of Projection
        Tables written in the transaction of the events they name.
    """

    def __init__(self, *, projections: Sequence[Projection] = ()) -> None:
        self._projections = tuple(projections)
        super().__init__()

    def get(self, aggregate_id: UUID, *, version: int | None = None) -> Any:
        """Return an aggregate as its events make it, at ``version`` if one is given.

        Raises
        ------
        AggregateNotFound
            If nothing is stored under the id, or not that many versions.
        UnreadableEvent
            If one of its events cannot be read by this code.
        """
        return self.repository.get(aggregate_id, version=version)

    def find_latest(self, aggregate_ids: Sequence[UUID]) -> Mapping[UUID, LatestEvent]:
        """Return the last event of each of these aggregates; none for an unknown id."""
        return EventLog().find_latest(aggregate_ids)

    def list_waiting(self, kind: str) -> Sequence[str]:
        """Return the keys of a kind that wait for a delivery."""
        return outbox.list_waiting(kind)

    def close_messages(self, keys: Sequence[str]) -> int:
        """Close waiting messages that nobody needs any more; return how many."""
        return outbox.close(keys) if keys else 0

    def find_waiting(self, keys: Sequence[str]) -> Mapping[str, bool]:
        """Return of each key whether its message will be delivered; none for an unknown key."""
        return outbox.find_waiting(keys)

    def save(  # type: ignore[override]
        self, *aggregates: Any, outbox: Sequence[OutboxMessage] = ()
    ) -> list[Recording[UUID]]:
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
        return super().save(*aggregates, outbox=outbox)

    def construct_env(self, name: str, env: Mapping[str, str] | None = None) -> Environment:
        """Return the settings of the library: ours, and nothing of the process's environment."""
        return Environment(name, {**type(self).env, **(env or {})})

    def construct_mapper(self) -> JsonMapper:
        """Return the mapper to plain JSON."""
        return JsonMapper()

    def construct_recorder(self) -> DjangoRecorder:
        """Return the recorder on Django's connection."""
        return DjangoRecorder(self._projections)

    def construct_repository(self) -> AggregateRepository:
        """Return the repository that raises our errors."""
        return AggregateRepository(self.events)
