"""Turns outbox messages into deliveries: lease, commit, talk to the world, settle.

One thread (the one that calls `Dispatcher.run_once` or `run_forever`) does all bookkeeping on one
connection. Every delivery has a thread of its own and a deadline shorter than the lease: one that
hangs is given up by its deadline while the others flow. Any number of dispatchers may run.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connections,
    transaction,
)

from modules.conflicts import retry_on_conflict
from modules.errors import FatalError, TransientError
from modules.eventstore import outbox
from modules.eventstore.contract import (
    DeliveryFailed,
    DeliveryThrottled,
    DroppedByHand,
    StoreUnavailable,
)
from modules.eventstore.listener import Listener
from modules.eventstore.periodic_tasks import PeriodicTasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from modules.eventstore.contract import (
        ChooseNext,
        LeasedMessage,
        MessageHandler,
        PeriodicTask,
    )

logger = logging.getLogger(__name__)

DATABASE_GONE = (OperationalError, InterfaceError, StoreUnavailable)
HANGING_PER_WORKER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatcherConfig:
    """How fast, how long and how often; seconds unless named otherwise.

    Attributes
    ----------
    lease_s : float
        How long a message stays reserved.
    deadline_s : float
        How long one delivery may take; shorter than the lease, so that a message is never in
        two hands. 0 stands for 0.8 leases.
    workers : int
        Deliveries in flight at once.
    max_attempts : int
        Deliveries before a message is a dead letter.
    poll_s : float
        How often the outbox is asked when nothing announces a message.
    first_backoff_s, max_backoff_s : float
        Full jitter: the n-th pause is uniform in [0, min(max, first * 2**(n - 1))].
    drain_s : float
        How long a stop waits for deliveries in flight.

    Raises
    ------
    ValueError
        If the deadline is not shorter than the lease.
    """

    lease_s: float = 30.0
    deadline_s: float = 0.0
    workers: int = 4
    max_attempts: int = 8
    poll_s: float = 1.0
    first_backoff_s: float = 1.0
    max_backoff_s: float = 60.0
    drain_s: float = 5.0

    def __post_init__(self) -> None:
        if not self.deadline_s:
            object.__setattr__(self, "deadline_s", 0.8 * self.lease_s)
        if not 0 < self.deadline_s < self.lease_s:
            raise ValueError(
                f"a deadline of {self.deadline_s} s is not within a lease of {self.lease_s} s"
            )

    def backoff_s(self, attempts: int) -> float:
        """Draw the pause after the given number of attempts."""
        # 2**63 is past any cap and still a float
        ceiling = min(self.max_backoff_s, self.first_backoff_s * 2.0 ** min(attempts - 1, 63))
        return random.uniform(0, ceiling)  # noqa: S311


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended: with a receipt, or with an error."""

    message: LeasedMessage
    receipt: object = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class InFlight:
    """A delivery whose answer is awaited until ``overdue_at`` (monotonic seconds)."""

    message: LeasedMessage
    overdue_at: float


class Dispatcher:
    """Delivers what is due, runs the periodic tasks, survives the database's absence.

    Parameters
    ----------
    handlers : mapping of str to MessageHandler
        One per kind; messages of other kinds are left alone.
    choosers : mapping of str to ChooseNext, optional
        For kinds of which not what is due first comes next.
    periodic_tasks : sequence of PeriodicTask
        Run once by `run_once`, periodically by `run_forever`.
    config : DispatcherConfig
        How fast, how long and how often.
    """

    def __init__(
        self,
        *,
        handlers: Mapping[str, MessageHandler],
        choosers: Mapping[str, ChooseNext] | None = None,
        periodic_tasks: Sequence[PeriodicTask] = (),
        config: DispatcherConfig | None = None,
    ) -> None:
        self.handlers = dict(handlers)
        self._choosers = dict(choosers or {})
        self._in_order = [kind for kind in handlers if kind not in self._choosers]
        self.config = config or DispatcherConfig()
        self._periodic_tasks = PeriodicTasks(periodic_tasks)
        self._inbox: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        self._woken = threading.Event()
        self._in_flight: dict[UUID, InFlight] = {}
        self._hanging: set[UUID] = set()

    def run_once(self) -> int:
        """Run the periodic tasks and deliver what is due now; return the number of messages tried.

        Raises
        ------
        OperationalError, InterfaceError, StoreUnavailable
            If the database cannot be reached; what was leased comes back by itself.
        """
        close_old_connections()
        self._periodic_tasks.run_all()
        leased = self._lease_more()
        while self._in_flight:
            self._await_outcome(self.config.poll_s)
        return leased

    def drop(self, message_id: int) -> bool:
        """Close a dead or waiting message undone, and record what that means.

        Returns
        -------
        bool
            False if there is no such message to close.
        """
        try:
            return self._drop_and_tell(message_id)
        except DATABASE_GONE:
            raise
        except Exception:
            # It must leave the queue even if its aggregate cannot be read any more.
            logger.exception("Giving up on message %s failed", message_id)
            return outbox.drop(message_id) is not None

    @retry_on_conflict
    def _drop_and_tell(self, message_id: int) -> bool:
        with transaction.atomic():
            message = outbox.drop(message_id)
            if message is not None and message.kind in self.handlers:
                error = DroppedByHand("an operator closed the message undone")
                self.handlers[message.kind].give_up(message, error)
        return message is not None

    def run_forever(self, stop: threading.Event) -> None:
        """Deliver until ``stop`` is set; then wait a little for what is in flight."""
        with Listener(outbox.CHANNEL, on_message=self._wake):
            while not stop.is_set():
                self._survive(self._turn, stop)
            self._drain()
        self._periodic_tasks.join(self.config.drain_s)

    def _turn(self) -> None:
        # Without it a loop outside of requests never recovers from a dropped connection.
        close_old_connections()
        self._periodic_tasks.start_due()
        self._lease_more()
        self._await_outcome(self.config.poll_s)

    def _survive(self, turn: Callable[[], None], stop: threading.Event) -> None:
        try:
            turn()
        except DATABASE_GONE as error:
            logger.warning("The database is out of reach, trying again: %s", error)
            stop.wait(self.config.poll_s)

    def _drain(self) -> None:
        until = time.monotonic() + self.config.drain_s
        try:
            while self._in_flight and time.monotonic() < until:
                self._await_outcome(until - time.monotonic())
        except DATABASE_GONE as error:
            logger.warning("Stopping without the database; leases will expire: %s", error)
        connections.close_all()

    def _wake(self) -> None:
        # Of thousands of announcements the first wakes; outcomes do not queue up behind them.
        if not self._woken.is_set():
            self._woken.set()
            self._inbox.put(None)

    def _lease_more(self) -> int:
        free = self.config.workers - len(self._in_flight)
        if len(self._hanging) >= HANGING_PER_WORKER * self.config.workers:
            logger.error("%d deliveries hang; none is started until some end", len(self._hanging))
            return 0
        if free <= 0:
            return 0
        messages = outbox.lease(self._in_order, limit=free, lease_s=self.config.lease_s)
        for kind, choose_next in self._choosers.items():
            messages += self._lease_chosen(kind, choose_next, free=free - len(messages))
        for message in messages:
            overdue_at = time.monotonic() + self.config.deadline_s
            self._in_flight[message.lease_token] = InFlight(message, overdue_at)
            self._start(message)
        return len(messages)

    def _lease_chosen(
        self, kind: str, choose_next: ChooseNext, *, free: int
    ) -> list[LeasedMessage]:
        chosen = choose_next(outbox.count_leased(kind))
        limit = min(free, chosen.at_most)
        if limit <= 0 or not chosen.keys:
            return []
        return outbox.lease_chosen(chosen.keys, limit=limit, lease_s=self.config.lease_s)

    def _start(self, message: LeasedMessage) -> None:
        if message.attempts > self.config.max_attempts:
            # Every attempt took its dispatcher down, or the budget was spent before a crash.
            error = DeliveryFailed("no attempt came to an end")
            self._inbox.put(Outcome(message, error=error))
            return
        # Daemon threads: one that hangs must not keep the process from ending.
        threading.Thread(
            target=self._deliver, args=(message,), name=f"deliver {message.key}", daemon=True
        ).start()

    def _deliver(self, message: LeasedMessage) -> None:
        """Run in a thread of its own; its outermost frame, hence the broad except."""
        try:
            outcome = Outcome(message, receipt=self.handlers[message.kind].deliver(message))
        except Exception as error:
            outcome = Outcome(message, error=error)
        connections.close_all()
        self._inbox.put(outcome)

    def _await_outcome(self, timeout_s: float) -> None:
        """Record the next outcome; return too when woken, or when time is up."""
        overdue_at = [delivery.overdue_at for delivery in self._in_flight.values()]
        patience_s = min([timeout_s, *(at - time.monotonic() for at in overdue_at)])
        try:
            outcome = self._inbox.get(timeout=max(0.0, patience_s))
        except queue.Empty:
            outcome = None
        else:
            if outcome is None:
                self._woken.clear()
        if outcome is not None:
            self._receive(outcome)
        self._give_up_waiting()

    def _give_up_waiting(self) -> None:
        now = time.monotonic()
        for token, delivery in list(self._in_flight.items()):
            if delivery.overdue_at <= now:
                error = DeliveryFailed(f"no answer within {self.config.deadline_s:g} s")
                self._record(Outcome(delivery.message, error=error))
                del self._in_flight[token]
                self._hanging.add(token)

    def _receive(self, outcome: Outcome) -> None:
        token = outcome.message.lease_token
        if token in self._hanging:
            self._hanging.discard(token)
            logger.warning("%s answered after its deadline", outcome.message.key)
            return
        try:
            self._record(outcome)
        except DATABASE_GONE:
            # Kept for later: the lease token makes a second recording harmless.
            self._inbox.put(outcome)
            raise
        self._in_flight.pop(token, None)

    def _record(self, outcome: Outcome) -> None:
        try:
            self._record_or_raise(outcome)
        except DATABASE_GONE:
            raise
        except Exception as error:
            logger.exception("Recording the outcome of %s failed", outcome.message.key)
            self._fail(outcome.message, error)

    def _record_or_raise(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            self._fail(outcome.message, outcome.error)
            return
        handler = self.handlers[outcome.message.kind]
        settle = partial(handler.settle, outcome.message, outcome.receipt)
        self._close(partial(outbox.mark_done, outcome.message), settle)

    def _fail(self, message: LeasedMessage, error: Exception) -> None:
        said = f"{type(error).__name__}: {error}"
        delay_s = self.config.backoff_s(message.attempts)
        if isinstance(error, DeliveryThrottled):
            delay_s = delay_s if error.retry_after_s is None else error.retry_after_s
            outbox.postpone(message, said, delay_s=delay_s, counts_as_attempt=False)
        elif isinstance(error, FatalError) or message.attempts >= self.config.max_attempts:
            logger.error("Dead letter %s: %s", message.key, said)
            self._dead_letter(message, said, error)
        else:
            if not isinstance(error, TransientError):
                logger.error("Delivering %s broke", message.key, exc_info=error)
            outbox.postpone(message, said, delay_s=delay_s, counts_as_attempt=True)

    def _dead_letter(self, message: LeasedMessage, said: str, error: Exception) -> None:
        give_up = partial(self.handlers[message.kind].give_up, message, error)
        try:
            self._close(partial(outbox.mark_dead, message, said), give_up)
        except DATABASE_GONE:
            raise
        except Exception as second:
            # It must leave the queue even if its aggregate cannot be read any more.
            logger.exception("Giving up on %s failed", message.key)
            outbox.mark_dead(message, f"{said}; then {type(second).__name__}: {second}")

    @staticmethod
    def _close(mark: Callable[[], bool], record: Callable[[], None]) -> None:
        """Mark the message and record what that means, together or not at all."""

        @retry_on_conflict
        def close() -> None:
            with transaction.atomic():
                if mark():
                    record()
                else:
                    logger.warning("A lease was lost before the outcome could be recorded")

        close()
