"""What can go wrong when events and messages are stored, read and delivered."""

from __future__ import annotations

from modules.errors import DomainError, FatalError, TransientError


class ConcurrencyConflict(TransientError):
    """Somebody else recorded this version of the aggregate first; reload it and decide again."""


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
