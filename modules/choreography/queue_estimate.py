"""How long a task still takes: its place in the queue, and what is usual."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from modules.choreography.contract import Phase, TaskView

WAITING = frozenset({Phase.REQUESTED, Phase.DISPATCHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Every live task at one moment.

    ``waiting`` holds request time and id of those without a job at work, oldest first; ``busy``
    counts those with one; ``typical_s`` is what a job usually takes, in seconds.
    """

    waiting: tuple[tuple[datetime, UUID], ...] = ()
    busy: int = 0
    typical_s: float | None = None

    def position_of(self, view: TaskView) -> int | None:
        """Count the waiting tasks before this one, from 0; None for one that is not waiting."""
        if view.phase not in WAITING:
            return None
        return bisect_left(self.waiting, (view.created_at, view.task_id))

    def time_left_s(self, view: TaskView, *, at_once: int) -> float | None:
        """Estimate when the task ends; see the function of this name."""
        return time_left_s(
            phase=view.phase,
            progress=view.progress,
            ahead=self.position_of(view) or 0,
            busy=self.busy,
            typical_s=self.typical_s,
            at_once=at_once,
        )


def time_left_s(
    *, phase: Phase, progress: int, ahead: int, busy: int, typical_s: float | None, at_once: int
) -> float | None:
    """Estimate the seconds until a task has ended.

    Parameters
    ----------
    progress : int
        Percent done of a running task; taken as the share of the time that is over.
    ahead, busy : int
        Tasks that wait before it, and tasks at work; the latter are half done on average.
    typical_s : float or None
        What a job usually takes; None when nothing is known.
    at_once : int
        Jobs that run at the same time, at least 1.

    Returns
    -------
    float or None
        Seconds, to a tenth; None when unknown and for a task that has ended.
    """
    if typical_s is None or phase.is_final:
        return None
    if phase is Phase.RUNNING:
        return round(typical_s * (100 - progress) / 100, 1)
    before = 0.0 if ahead + busy < at_once else (ahead + busy / 2) / at_once
    return round(typical_s * (1 + before), 1)


class QueueWatch:
    """The queue as it was a moment ago: many pollers share one look at it.

    Parameters
    ----------
    look, typical : callable
        Read the queue, and what a job usually takes, from the database.
    fresh_for_s, typical_for_s : float
        Seconds for which a look is good enough.
    """

    def __init__(
        self,
        *,
        look: Callable[[], Queue],
        typical: Callable[[], float | None],
        fresh_for_s: float = 1.0,
        typical_for_s: float = 30.0,
    ) -> None:
        self._looks = _Remembered(look, fresh_for_s)
        self._typical = _Remembered(typical, typical_for_s)

    def queue(self) -> Queue:
        """Give the queue; asks the database at most once in ``fresh_for_s``."""
        seen = self._looks.get()
        return Queue(waiting=seen.waiting, busy=seen.busy, typical_s=self._typical.get())


class _Remembered[T]:
    """A value that is read again when it is too old; by one thread, others take the old one."""

    def __init__(self, read: Callable[[], T], good_for_s: float) -> None:
        self._read, self._good_for_s = read, good_for_s
        self._lock = threading.Lock()
        self._seen: tuple[T, float] | None = None

    def get(self) -> T:
        seen = self._seen
        if seen is not None and time.monotonic() < seen[1]:
            return seen[0]
        if not self._lock.acquire(blocking=seen is None):
            return seen[0]  # type: ignore[index]  # blocking was False, so there is one
        try:
            if self._seen is seen:
                value = self._read()
                self._seen = (value, time.monotonic() + self._good_for_s)
            return self._seen[0]  # type: ignore[index]  # just set, or set by another thread
        finally:
            self._lock.release()
