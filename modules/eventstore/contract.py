"""What other modules may use of the event store and the outbox."""

from modules.conflicts import retry_on_conflict
from modules.event_metadata import event_metadata
from modules.eventstore.dispatcher import Dispatcher
from modules.eventstore.errors import (
    AggregateNotFound,
    ConcurrencyConflict,
    DeliveryFailed,
    DeliveryRefused,
    DeliveryThrottled,
    StoreUnavailable,
    UnreadableEvent,
    UnwritableEvent,
)
from modules.eventstore.event_log import EventLog
from modules.eventstore.events import EventStore, Projection, StoredEvent
from modules.eventstore.mapper import as_current
from modules.eventstore.messages import Chore, LeasedMessage, MessageHandler, OutboxMessage
from modules.eventstore.outbox import enqueue, forget_done

__all__ = [
    "AggregateNotFound",
    "Chore",
    "ConcurrencyConflict",
    "DeliveryFailed",
    "DeliveryRefused",
    "DeliveryThrottled",
    "Dispatcher",
    "EventLog",
    "EventStore",
    "LeasedMessage",
    "MessageHandler",
    "OutboxMessage",
    "Projection",
    "StoreUnavailable",
    "StoredEvent",
    "UnreadableEvent",
    "UnwritableEvent",
    "as_current",
    "enqueue",
    "event_metadata",
    "forget_done",
    "retry_on_conflict",
]
