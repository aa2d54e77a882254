"""A few numbers about the installation, from the database, in bounded time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import Error, connection, transaction

from modules.choreography.contract import Phase, Topic
from modules.eventstore.outbox import CHANNEL

AT_MOST_MS = 2000
NEWEST_EVENTS = 1000

TASKS = "SELECT phase, count(*) FROM task_views GROUP BY phase"

OUTBOX = """
-- outbox: waiting messages, seconds since the oldest of them became due, dead letters
SELECT count(*) FILTER (WHERE dead_at IS NULL),
       coalesce(extract(epoch FROM clock_timestamp() - min(due_at) FILTER (WHERE dead_at IS NULL)),
                0)::float,
       count(*) FILTER (WHERE dead_at IS NOT NULL)
  FROM outbox_messages WHERE done_at IS NULL
"""

DISPATCHERS = """
-- dispatchers: connections that listen for messages
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND query = %(listening)s
"""

DRIFT = """
-- drift: of the task streams among the newest events, those whose row is not at their end
SELECT count(*)
  FROM (SELECT originator_id, max(originator_version) AS version
          FROM (SELECT originator_id, originator_version, topic FROM stored_events
                 ORDER BY position DESC LIMIT %(newest)s) AS newest
         WHERE topic = ANY(%(topics)s) GROUP BY originator_id) AS streams
  LEFT JOIN task_views AS v ON v.task_id = streams.originator_id
 WHERE v.version IS DISTINCT FROM streams.version
"""


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
            return _read(cursor)
    except Error:
        return None


def _read(cursor: Any) -> Statistics:
    cursor.execute(TASKS)
    tasks = dict.fromkeys((phase.value for phase in Phase), 0) | dict(cursor.fetchall())
    cursor.execute(OUTBOX)
    waiting, lag_s, dead = cursor.fetchone()
    cursor.execute(DISPATCHERS, {"listening": f'LISTEN "{CHANNEL}"'})
    (dispatchers,) = cursor.fetchone()
    cursor.execute(DRIFT, {"newest": NEWEST_EVENTS, "topics": [topic.value for topic in Topic]})
    (drift,) = cursor.fetchone()
    return Statistics(
        tasks=tasks,
        waiting=waiting,
        dead=dead,
        lag_s=max(0.0, lag_s),
        dispatchers=dispatchers,
        drift=drift,
    )
