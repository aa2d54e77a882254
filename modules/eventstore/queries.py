"""Read how the outbox and the events are doing, for whoever watches the installation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from modules.eventstore.outbox import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

SELECT_OUTBOX = """
-- select_outbox: waiting messages, seconds since the oldest of them became due, dead letters
SELECT count(*) FILTER (WHERE dead_at IS NULL),
       coalesce(extract(epoch FROM clock_timestamp() - min(due_at) FILTER (WHERE dead_at IS NULL)),
                0)::float,
       count(*) FILTER (WHERE dead_at IS NOT NULL)
  FROM outbox_messages WHERE done_at IS NULL
"""

COUNT_DISPATCHERS = """
-- count_dispatchers: connections that listen for messages
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND query = %(listening)s
"""

SELECT_NEWEST_VERSIONS = """
-- select_newest_versions: where the aggregates of the newest events end
SELECT originator_id, max(originator_version)
  FROM (SELECT originator_id, originator_version, topic FROM stored_events
         ORDER BY position DESC LIMIT %(limit)s) AS newest
 WHERE topic = ANY(%(topics)s) GROUP BY originator_id
"""

SELECT_TIMES = """
-- select_times: when events of one topic were stored, by aggregate
SELECT originator_id, originator_version, recorded_at FROM stored_events
 WHERE originator_id = ANY(%(originator_ids)s) AND topic = %(topic)s ORDER BY originator_version
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxStatistics:
    """What is in the outbox.

    Attributes
    ----------
    waiting, dead : int
        Messages still to be delivered, and dead letters.
    lag_s : float
        How long the oldest waiting message has been due; 0 if none is.
    """

    waiting: int
    dead: int
    lag_s: float


def get_outbox_statistics() -> OutboxStatistics:
    """Return how much is in the outbox, and how late it is."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_OUTBOX)
        waiting, lag_s, dead = cursor.fetchone()
    return OutboxStatistics(waiting=waiting, dead=dead, lag_s=max(0.0, lag_s))


def count_dispatchers() -> int:
    """Return how many dispatchers listen for messages of this database."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DISPATCHERS, {"listening": f'LISTEN "{CHANNEL}"'})
        (dispatchers,) = cursor.fetchone()
    return int(dispatchers)


def find_newest_versions(topics: Iterable[str], *, limit: int) -> dict[UUID, int]:
    """Return the versions of the aggregates that the newest ``limit`` events belong to.

    Parameters
    ----------
    topics : iterable of str
        Events of other topics are passed over; they count for the limit.
    """
    with connection.cursor() as cursor:
        cursor.execute(SELECT_NEWEST_VERSIONS, {"limit": limit, "topics": list(topics)})
        return dict(cursor.fetchall())


def find_times(
    originator_ids: Iterable[UUID], *, topic: str
) -> dict[UUID, list[tuple[int, datetime]]]:
    """Return versions and times of the events of one topic, by aggregate; those without: absent."""
    with connection.cursor() as cursor:
        values: dict[str, list[UUID] | str] = {
            "originator_ids": list(originator_ids),
            "topic": topic,
        }
        cursor.execute(SELECT_TIMES, values)
        rows = cursor.fetchall()
    found: dict[UUID, list[tuple[int, datetime]]] = defaultdict(list)
    for originator_id, version, recorded_at in rows:
        found[originator_id].append((version, recorded_at))
    return dict(found)
