"""Make a projected table again from the events, and compare it with what is live.

Every event commits together with its rows, so one snapshot of the database shows both at the
same position: replayed and live must be equal in it, always.

The shadow is a temporary table: a killed rebuild leaves nothing behind. What differs is replaced
in place, in one transaction that holds writers of the table out (readers are never held): the
old app's table cannot be swapped for another, and ours keeps its indexes and their names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from modules.eventstore.event_log import EventLog
from modules.eventstore.mapper import as_current
from projections.registry import RebuildableProjection

SHADOW = "rebuilt_projection"
BATCH = 500

CREATE_SHADOW = """
-- create_shadow: same columns, defaults, key and indexes; no foreign keys, no triggers
CREATE TEMPORARY TABLE {shadow} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)
"""

SELECT_DIFFERENCES = """
-- select_differences: rows of our tasks that are not what the events say
SELECT coalesce(live.{key}::text, shadow.{key}::text), to_jsonb(live), to_jsonb(shadow)
  FROM {table} AS live
  FULL JOIN {shadow} AS shadow USING ({key})
 WHERE (live.* IS DISTINCT FROM shadow.*)
   AND (live.{key} IS NOT NULL OR NOT ({allowed_missing}))
   AND (shadow.{key} IS NOT NULL OR {all_rows_are_ours})
 ORDER BY 1
"""

LOCK_TABLE = "LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"

DELETE_ROWS = "DELETE FROM {table} WHERE {key}::text = ANY(%s)"

COPY_ROWS = """
-- copy_rows: replayed rows in place of those that differ
INSERT INTO {table} ({columns}) SELECT {columns} FROM {shadow} WHERE {key}::text = ANY(%s)
    ON CONFLICT ({key}) DO UPDATE SET {assignments}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row that is not what the events say; None where there is no row."""

    table: str
    key: str
    live: dict[str, Any] | None
    replayed: dict[str, Any] | None

    def __str__(self) -> str:
        where = f"{self.table} {self.key}"
        if self.live is None:
            return f"{where}: missing"
        if self.replayed is None:
            return f"{where}: should not be there"
        columns = [column for column in self.live if self.live[column] != self.replayed[column]]
        return f"{where}: " + "; ".join(
            f"{column} is {_short(self.live[column])}, replayed {_short(self.replayed[column])}"
            for column in columns
        )


def verify(projection: RebuildableProjection) -> list[Difference]:
    """Compare the live table with a replay; changes nothing and waits for nobody.

    Raises
    ------
    UnreadableEvent
        If an event cannot be replayed.
    """
    with _shadow(projection), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _replay(projection, after=0)
        return _differences(projection)


def rebuild(projection: RebuildableProjection) -> list[Difference]:
    """Replace every row that is not what the events say; return what it was.

    Replays without holding anybody up, then holds the table's writers out for the events that
    came meanwhile, the comparison and the repair. Repeating it is safe, so is killing it.

    Raises
    ------
    UnreadableEvent
        If an event cannot be replayed; nothing is changed then.
    """
    with _shadow(projection):
        position = _replay(projection, after=0)
        with transaction.atomic():
            with connection.cursor() as cursor:
                # Whoever writes an event of ours writes this table first: from here on, every
                # such event is either committed or waiting behind this lock.
                cursor.execute(LOCK_TABLE.format(table=projection.table))
            _replay(projection, after=position)
            differences = _differences(projection)
            _repair(projection, differences)
    return differences


@contextmanager
def _shadow(projection: RebuildableProjection) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # history may be long
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{SHADOW}")
        cursor.execute(CREATE_SHADOW.format(shadow=SHADOW, table=projection.table))
    try:
        yield
    finally:
        # After an error the session may be unusable; the table goes with it then.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{SHADOW}")
                cursor.execute("RESET statement_timeout")


def _replay(projection: RebuildableProjection, *, after: int) -> int:
    """Apply all events after a position to the shadow; return the last position seen."""
    log = EventLog()
    while events := log.read(after=after, limit=BATCH):
        ours = [as_current(event) for event in events if event.topic in projection.topics]
        projection.apply(ours, into=SHADOW)
        after = events[-1].position or after
    return after


def _differences(projection: RebuildableProjection) -> list[Difference]:
    query = SELECT_DIFFERENCES.format(
        table=projection.table,
        shadow=SHADOW,
        key=projection.key,
        allowed_missing=projection.allowed_missing("shadow"),
        all_rows_are_ours=projection.all_rows_are_ours,
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [
            Difference(table=projection.table, key=key, live=_row(live), replayed=_row(replayed))
            for key, live, replayed in cursor.fetchall()
        ]


def _repair(projection: RebuildableProjection, differences: list[Difference]) -> None:
    surplus = [difference.key for difference in differences if difference.replayed is None]
    wanted = [difference.key for difference in differences if difference.replayed is not None]
    names = {"table": projection.table, "shadow": SHADOW, "key": projection.key}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {SHADOW} LIMIT 0")  # noqa: S608 a constant
        columns = [column.name for column in cursor.description]
        assignments = ", ".join(f"{c} = EXCLUDED.{c}" for c in columns if c != projection.key)
        cursor.execute(DELETE_ROWS.format(**names), [surplus])
        cursor.execute(
            COPY_ROWS.format(**names, columns=", ".join(columns), assignments=assignments),
            [wanted],
        )


def _row(value: str | None) -> dict[str, Any] | None:
    return None if value is None else dict(json.loads(value))


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
