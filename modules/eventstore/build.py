"""Put the event store together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from modules.eventstore.contract import PeriodicTask
from modules.eventstore.dispatcher import Dispatcher, DispatcherConfig
from modules.eventstore.outbox import forget_done
from modules.eventstore.store import DjangoEventStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modules.eventstore.contract import ChooseNext, EventStore, MessageHandler, Projection

FORGET_EVERY_S = 3600.0


class BuildDispatcher(Protocol):
    """Makes dispatchers."""

    def __call__(
        self,
        *,
        handlers: Mapping[str, MessageHandler],
        choosers: Mapping[str, ChooseNext] | None = None,
        periodic_tasks: Sequence[PeriodicTask] = (),
    ) -> Dispatcher:
        """Return a dispatcher of the caller's own: it holds a connection while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStoreModule:
    """What others may use of the event store.

    Attributes
    ----------
    store : EventStore
        One serves the whole process.
    build_dispatcher : BuildDispatcher
        Looks after the outbox itself, beside what it is given.
    """

    store: EventStore
    build_dispatcher: BuildDispatcher


def build(*, projections: Sequence[Projection], lease_s: float) -> EventStoreModule:
    """Return the event store on Django's connection, with these read models.

    Parameters
    ----------
    projections : sequence of Projection
        Told of every event in its own transaction, in this order.
    lease_s : float
        How long a dispatcher may take over one delivery, in seconds.
    """
    config = DispatcherConfig(lease_s=lease_s)

    def build_dispatcher(
        *,
        handlers: Mapping[str, MessageHandler],
        choosers: Mapping[str, ChooseNext] | None = None,
        periodic_tasks: Sequence[PeriodicTask] = (),
    ) -> Dispatcher:
        forget = PeriodicTask(name="old messages", every_s=FORGET_EVERY_S, run=forget_done)
        return Dispatcher(
            handlers=handlers,
            choosers=choosers,
            config=config,
            periodic_tasks=(*periodic_tasks, forget),
        )

    return EventStoreModule(
        store=DjangoEventStore(projections=projections), build_dispatcher=build_dispatcher
    )
