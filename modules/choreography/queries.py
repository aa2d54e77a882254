"""Read tasks: ours and those that only the old app knows, the queue, and who has been silent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.db import connection

from legacy_compat.schema import qualified
from modules.choreography.contract import (
    DISPATCH,
    LegacyTask,
    Phase,
    RequestedTask,
    StaleTask,
    TaskNotFound,
    TaskView,
    dispatch_key,
)
from modules.eventstore.contract import EventStore, LatestEvent

_VIEW_COLUMNS = tuple(field.name for field in fields(TaskView))

SELECT_ONE = f"""
-- select_one: a task, of anybody or of this user; asked by every poll
SELECT {", ".join(_VIEW_COLUMNS)} FROM task_views
 WHERE task_id = %(task_id)s AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
"""  # noqa: S608 the columns are this module's own

SELECT_TYPICAL = """
-- select_typical: what the latest twenty jobs took, in seconds, the middle one of them
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
  FROM (SELECT (result ->> 'processing_time')::float AS seconds FROM task_views
         WHERE phase = 'completed' AND jsonb_typeof(result -> 'processing_time') = 'number'
         ORDER BY created_at DESC LIMIT 20) AS latest
"""

SELECT_WITH_JOB = """
-- select_with_job: live tasks that have a job
SELECT task_id, attempt, phase, claimed, job_execution_name FROM task_views
 WHERE phase IN ('dispatched', 'running')
"""

SELECT_REQUESTED = """
-- select_requested: tasks whose job is still to be ordered
SELECT task_id, attempt FROM task_views WHERE phase = 'requested'
"""

LOCK_USER = """
-- lock_user: who asks for several at once comes one after the other, until the commit
SELECT pg_advisory_xact_lock(hashtextextended('choreography:' || %s, 0))
"""

COUNT_LIVE = """
-- count_live: how many of a user's tasks wait or are being made
SELECT count(*) FROM task_views
 WHERE user_id = %s AND phase IN ('requested', 'dispatched', 'running')
"""

COUNT_BY_PHASE = "SELECT phase, count(*) FROM task_views GROUP BY phase"

SELECT_VERSIONS = "SELECT task_id, version FROM task_views WHERE task_id = ANY(%s)"

LEGACY_TABLE = qualified("choreography_tasks")
_LEGACY_COLUMNS = tuple(field.name for field in fields(LegacyTask))

# An old id is text; only one that is a UUID can be ours, and only a UUID may be cast.
_OURS = """
EXISTS (SELECT FROM task_views AS own WHERE own.task_id = CASE
        WHEN t.task_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN t.task_id::uuid END)
"""

SELECT_PAGE = f"""
-- select_page: a page of a user's tasks in both applications, newest first, and how many there are
WITH every AS MATERIALIZED (
     SELECT v.task_id AS own_id, NULL AS old_id, v.created_at, v.task_id::text AS id
       FROM task_views AS v
      WHERE v.user_id = %(user_id)s AND (%(status)s::text IS NULL OR v.status = %(status)s)
     UNION ALL
     SELECT NULL, t.task_id, t.created_at, t.task_id FROM {LEGACY_TABLE} AS t
      WHERE t.user_id = %(user_id)s AND (%(status)s::text IS NULL OR t.status = %(status)s)
        AND NOT {_OURS}),
page AS (
     SELECT * FROM every ORDER BY created_at DESC, id LIMIT %(limit)s OFFSET %(offset)s)
SELECT total.number, page.own_id IS NOT NULL, page.old_id IS NOT NULL,
       {", ".join(f"v.{column}" for column in _VIEW_COLUMNS)},
       {", ".join(f"t.{column}" for column in _LEGACY_COLUMNS)}
  FROM (SELECT count(*) AS number FROM every) AS total
  LEFT JOIN page ON true
  LEFT JOIN task_views AS v ON v.task_id = page.own_id
  LEFT JOIN {LEGACY_TABLE} AS t ON t.task_id = page.old_id
 ORDER BY page.created_at DESC, page.id
"""  # noqa: S608 the columns are this module's own

SELECT_LEGACY = f"""
-- select_legacy: a row of this user that the old app made
SELECT {", ".join(f"t.{column}" for column in _LEGACY_COLUMNS)} FROM {LEGACY_TABLE} AS t
 WHERE t.task_id = %(task_id)s AND t.user_id = %(user_id)s AND NOT {_OURS}
"""  # noqa: S608 the columns are this module's own


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """A part of a user's tasks; ``count`` is how many there are in all."""

    count: int
    tasks: Sequence[TaskView | LegacyTask]


def get_task(task_id: UUID, *, user_id: int | None = None) -> TaskView:
    """Return one task; with ``user_id``, only if it is theirs.

    Raises
    ------
    TaskNotFound
        Also for somebody else's task.
    """
    found = find_task(task_id, user_id=user_id)
    if found is None:
        raise TaskNotFound("There is no such choreography.")
    return found


def find_task(task_id: UUID, *, user_id: int | None = None) -> TaskView | None:
    """Return one task, with ``user_id`` only theirs, or None; one look-up by key."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_ONE, {"task_id": task_id, "user_id": user_id})
        row = cursor.fetchone()
    return None if row is None else _as_view(row)


def list_all_tasks(*, user_id: int, status: str | None, limit: int, offset: int) -> TaskPage:
    """Return a user's tasks of both applications, newest first, as of one moment.

    ``status`` is one of the old app's four words. A task of ours is listed as ours, whatever
    became of its row in the old app's table.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SELECT_PAGE, {"user_id": user_id, "status": status, "limit": limit, "offset": offset}
        )
        rows = cursor.fetchall()
    return TaskPage(count=rows[0][0], tasks=[_task(row) for row in rows if row[1] or row[2]])


def find_legacy_task(task_id: UUID, *, user_id: int) -> LegacyTask | None:
    """Return a task of this user that the old app made, or None."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_LEGACY, {"task_id": str(task_id), "user_id": user_id})
        row = cursor.fetchone()
    return None if row is None else _legacy_task(row)


def find_typical_s() -> float | None:
    """Return what a job usually took lately, in seconds; None before the first has ended."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_TYPICAL)
        row: tuple[float | None] = cursor.fetchone()
    return row[0]


def list_stale(store: EventStore, *, silent_s: float, limit: int = 200) -> list[StaleTask]:
    """Return dispatched and running tasks without an event for ``silent_s`` seconds.

    The longest silent come first. One that says something while this looks is not silent.
    """
    with connection.cursor() as cursor:
        cursor.execute(SELECT_WITH_JOB)
        rows = {row[0]: row for row in cursor.fetchall()}
    # Asked after the rows were read: what happened in between is the latest event, and young.
    latest = store.find_latest(list(rows))
    silent = [task_id for task_id in latest if latest[task_id].age_s >= silent_s]
    silent.sort(key=lambda task_id: -latest[task_id].age_s)
    return [_stale(rows[task_id], latest[task_id]) for task_id in silent[:limit]]


def list_without_order(store: EventStore, *, silent_s: float) -> list[RequestedTask]:
    """Return requested tasks for whose job no message waits, silent for ``silent_s`` seconds."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_REQUESTED)
        keys = {dispatch_key(task_id, attempt): (task_id, attempt) for task_id, attempt in cursor}
    # Asked after the rows were read: a message that was delivered meanwhile left a later event.
    waiting = store.find_waiting(list(keys))
    unheard = {keys[key]: key in waiting for key in keys if not waiting.get(key, False)}
    latest = store.find_latest([task_id for task_id, _ in unheard])
    return [
        RequestedTask(
            task_id=task_id,
            attempt=attempt,
            version=latest[task_id].version,
            is_given_up=is_given_up,
        )
        for (task_id, attempt), is_given_up in unheard.items()
        if latest[task_id].age_s >= silent_s
    ]


def list_needless_orders(store: EventStore) -> list[str]:
    """Return the keys of waiting orders whose task wants no job of that attempt any more."""
    # In this order: an order that comes later is not in the list, whatever becomes of its task.
    waiting = store.list_waiting(DISPATCH)
    with connection.cursor() as cursor:
        cursor.execute(SELECT_REQUESTED)
        wanted = {dispatch_key(task_id, attempt) for task_id, attempt in cursor}
    return [key for key in waiting if key not in wanted]


def count_live_and_lock(user_id: int) -> int:
    """Return how many live tasks a user has; nobody adds one until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_USER, [user_id])
        cursor.execute(COUNT_LIVE, [user_id])
        return int(cursor.fetchone()[0])


def count_by_phase() -> dict[str, int]:
    """Return how many tasks are in each phase; every phase is there."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_BY_PHASE)
        return dict.fromkeys((phase.value for phase in Phase), 0) | dict(cursor.fetchall())


def find_versions(task_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the version that each of these tasks shows; none for one that has no view."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_VERSIONS, [list(task_ids)])
        return dict(cursor.fetchall())


def _stale(row: Sequence[Any], latest: LatestEvent) -> StaleTask:
    task_id, attempt, phase, claimed, execution_name = row
    return StaleTask(
        task_id=task_id,
        attempt=attempt,
        version=latest.version,
        phase=Phase(phase),
        claimed=claimed,
        job_execution_name=execution_name,
        silent_s=latest.age_s,
    )


def _as_view(row: Sequence[Any]) -> TaskView:
    """Return the view of a row with ``_VIEW_COLUMNS``, in their order."""
    found = dict(zip(_VIEW_COLUMNS, row, strict=True))
    for column in ("song", "result"):
        found[column] = _parsed(found[column])
    return TaskView(**{**found, "phase": Phase(found["phase"])})


def _parsed(value: Any) -> Any:
    """Return a jsonb value; Django's connection leaves it as text."""
    return json.loads(value) if isinstance(value, str) else value


def _task(row: Sequence[Any]) -> TaskView | LegacyTask:
    _, is_ours, _, *columns = row
    split = len(_VIEW_COLUMNS)
    return _as_view(columns[:split]) if is_ours else _legacy_task(columns[split:])


def _legacy_task(row: Sequence[Any]) -> LegacyTask:
    found = dict(zip(_LEGACY_COLUMNS, row, strict=True))
    result = _parsed(found["result"])
    return LegacyTask(**{**found, "result": result if isinstance(result, dict) else None})
