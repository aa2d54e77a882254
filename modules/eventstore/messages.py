"""Messages of the outbox, and what delivers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from uuid import UUID


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


@dataclass(frozen=True, slots=True)
class Chore:
    """Something the dispatcher does every ``every_s`` seconds; safe to do twice at once."""

    name: str
    every_s: float
    run: Callable[[], object]
