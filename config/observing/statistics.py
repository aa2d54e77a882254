"""A few numbers about the installation, from the database, in bounded time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import Error, connection, transaction

from modules.choreography.contract import Topic
from modules.choreography.queries import count_by_phase, find_versions
from modules.eventstore.queries import (
    count_dispatchers,
    find_newest_versions,
    get_outbox_statistics,
)

AT_MOST_MS = 2000
NEWEST_EVENTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How much of what there is.

    Attributes
    ----------
    tasks : dict of str to int
        Choreography tasks by phase; every phase is there.
    waiting, dead : int
        Messages of the outbox.
    lag_s : float
        How long the oldest waiting message has been due; 0 if none is.
    dispatchers : int
        Dispatchers that listen.
    drift : int
        Task streams among the newest 1,000 events whose row is not at their end. Always 0; what
        is older, and what the rows say besides, `manage.py projections verify` compares.
    """

    tasks: dict[str, int]
    waiting: int
    dead: int
    lag_s: float
    dispatchers: int
    drift: int


def read_statistics() -> Statistics | None:
    """Return the numbers of one moment; None if the database does not give them within 2 s each."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = {AT_MOST_MS}")
            return _read()
    except Error:
        return None


def _read() -> Statistics:
    outbox = get_outbox_statistics()
    return Statistics(
        tasks=count_by_phase(),
        waiting=outbox.waiting,
        dead=outbox.dead,
        lag_s=outbox.lag_s,
        dispatchers=count_dispatchers(),
        drift=_count_drift(),
    )


def _count_drift() -> int:
    recorded = find_newest_versions([topic.value for topic in Topic], limit=NEWEST_EVENTS)
    shown = find_versions(list(recorded))
    return sum(shown.get(task_id) != version for task_id, version in recorded.items())
