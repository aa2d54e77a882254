"""Leave a service alone while it is slow or broken, and notice when it is well again."""

from __future__ import annotations

import threading
import time
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Admission(Enum):
    """What may be done with one call."""

    WAIT = auto()
    """The service is well: call it, and wait for the answer."""
    TRY = auto()
    """It was not: call it to see whether it is again, but let nobody wait."""
    REFUSE = auto()
    """Do not call it."""


class CircuitBreaker:
    """One failure opens it; after a rest, one trial at a time decides whether it closes.

    Own code, as pybreaker 1.4 holds its lock while a call lasts, so that callers queue behind a
    slow one, and purgatory 3.0 lets every caller wait for a service on trial.

    Parameters
    ----------
    rest_s : float
        How long the service is left alone after a failure.
    clock : callable
        Seconds, never falling.
    """

    def __init__(self, *, rest_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rest_s, self._clock = rest_s, clock
        self._lock = threading.Lock()
        self._is_open = self._is_tried = False
        self._rests_until = 0.0

    def admit(self) -> Admission:
        """Decide about a call; whoever gets ``TRY`` says how it ended."""
        with self._lock:
            if not self._is_open:
                return Admission.WAIT
            if self._is_tried or self._clock() < self._rests_until:
                return Admission.REFUSE
            self._is_tried = True
            return Admission.TRY

    def succeeded(self) -> None:
        """Note a call that was answered in time."""
        with self._lock:
            self._is_open = self._is_tried = False

    def failed(self) -> None:
        """Note a call that failed, or was answered too late."""
        with self._lock:
            self._is_open, self._is_tried = True, False
            self._rests_until = self._clock() + self._rest_s
