"""Estimate how long a task still takes: its place in the queue, and what is usual."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from modules.choreography.contract import Phase, TaskView

WAITING_PHASES = frozenset({Phase.REQUESTED, Phase.DISPATCHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Every live task at one moment.

    ``places`` says of each task without a job at work how many such tasks come before it;
    ``busy`` counts those with one; ``typical_s`` is what a job usually takes, in seconds.
    """

    places: Mapping[UUID, int] = field(default_factory=dict)
    busy: int = 0
    typical_s: float | None = None

    def position_of(self, view: TaskView) -> int | None:
        """Count the waiting tasks before this one, from 0; None for one that is not waiting."""
        if view.phase not in WAITING_PHASES:
            return None
        # One that is newer than this moment comes after all others, as far as is known.
        return self.places.get(view.task_id, len(self.places))

    def time_left_s(self, view: TaskView, *, concurrency: int) -> float | None:
        """Estimate when the task ends; see the function of this name."""
        return time_left_s(
            phase=view.phase,
            progress=view.progress,
            ahead=self.position_of(view) or 0,
            busy=self.busy,
            typical_s=self.typical_s,
            concurrency=concurrency,
        )


def time_left_s(
    *, phase: Phase, progress: int, ahead: int, busy: int, typical_s: float | None, concurrency: int
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
    concurrency : int
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
    before = 0.0 if ahead + busy < concurrency else (ahead + busy / 2) / concurrency
    return round(typical_s * (1 + before), 1)


class CachedQueue:
    """The queue as it was a moment ago: many pollers share one read of it.

    Parameters
    ----------
    read_queue, find_typical_s : callable
        Read the queue, and what a job usually takes, from the database.
    max_age_s, typical_max_age_s : float
        Seconds for which each of them is recent enough.
    """

    def __init__(
        self,
        *,
        read_queue: Callable[[], Queue],
        find_typical_s: Callable[[], float | None],
        max_age_s: float = 1.0,
        typical_max_age_s: float = 30.0,
    ) -> None:
        self._queue = _TimedCache(read_queue, max_age_s)
        self._typical_s = _TimedCache(find_typical_s, typical_max_age_s)

    def get(self) -> Queue:
        """Return the queue; asks the database at most once in ``max_age_s``."""
        return replace(self._queue.get(), typical_s=self._typical_s.get())


class _TimedCache[T]:
    """A value that is read again when it is too old; by one thread, others take the old one."""

    def __init__(self, read: Callable[[], T], max_age_s: float) -> None:
        self._read, self._max_age_s = read, max_age_s
        self._lock = threading.Lock()
        self._entry: tuple[T, float] | None = None

    def get(self) -> T:
        entry = self._entry
        if entry is not None and time.monotonic() < entry[1]:
            return entry[0]
        if not self._lock.acquire(blocking=entry is None):
            return entry[0]  # type: ignore[index]  # blocking was False, so there is one
        try:
            if self._entry is entry:
                value = self._read()
                self._entry = (value, time.monotonic() + self._max_age_s)
            return self._entry[0]  # type: ignore[index]  # just set, or set by another thread
        finally:
            self._lock.release()
