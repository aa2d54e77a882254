"""Reading what happened, exactly as stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from modules.eventstore.contract import LatestEvent, StoredEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

COLUMNS = "originator_id, originator_version, topic, state, metadata, position, recorded_at"

READ = f"""
-- read: the log after a position, in the order of commits
SELECT {COLUMNS} FROM stored_events WHERE position > %s ORDER BY position LIMIT %s
"""  # noqa: S608

HISTORY = f"""
-- history: all events of one aggregate
SELECT {COLUMNS} FROM stored_events WHERE originator_id = %s ORDER BY originator_version
"""  # noqa: S608

FIND_LATEST = """
-- find_latest: the last event of each of these aggregates, and its age by the database's clock
SELECT last.originator_id, last.originator_version,
       extract(epoch FROM clock_timestamp() - last.recorded_at)::float
  FROM unnest(%s::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
       SELECT originator_id, originator_version, recorded_at FROM stored_events
        WHERE originator_id = wanted.id ORDER BY originator_version DESC LIMIT 1) AS last
"""


class EventLog:
    """All events in the order of their commits; readable whatever the code knows of them."""

    def read(self, after: int = 0, limit: int = 500) -> list[StoredEvent]:
        """Return up to ``limit`` events with a position above ``after``.

        Whoever continues from the last position seen misses none.
        """
        return self._select(READ, [after, limit])

    def history(self, originator_id: UUID) -> list[StoredEvent]:
        """Return the events of one aggregate by version; none for an unknown id."""
        return self._select(HISTORY, [originator_id])

    def find_latest(self, originator_ids: Sequence[UUID]) -> dict[UUID, LatestEvent]:
        """Return the last event of each of these aggregates; none for an unknown id."""
        with connection.cursor() as cursor:
            cursor.execute(FIND_LATEST, [list(originator_ids)])
            return {
                originator_id: LatestEvent(version, age_s)
                for originator_id, version, age_s in cursor.fetchall()
            }

    def _select(self, query: str, values: list[Any]) -> list[StoredEvent]:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            rows = cursor.fetchall()
        return [
            StoredEvent(
                originator_id, version, topic, json.loads(state), json.loads(metadata), *place
            )
            for originator_id, version, topic, state, metadata, *place in rows
        ]
