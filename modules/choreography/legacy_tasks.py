"""Read the tasks of a user in both applications: ours, and rows that only the old app knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.db import connection

from modules.choreography.contract import LegacyTask, TaskView
from modules.choreography.queries import VIEW_COLUMNS, as_view, parsed

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
     SELECT NULL, t.task_id, t.created_at, t.task_id FROM public.choreography_tasks AS t
      WHERE t.user_id = %(user_id)s AND (%(status)s::text IS NULL OR t.status = %(status)s)
        AND NOT {_OURS}),
page AS (
     SELECT * FROM every ORDER BY created_at DESC, id LIMIT %(limit)s OFFSET %(offset)s)
SELECT total.number, page.own_id IS NOT NULL, page.old_id IS NOT NULL,
       {", ".join(f"v.{column}" for column in VIEW_COLUMNS)},
       {", ".join(f"t.{column}" for column in _LEGACY_COLUMNS)}
  FROM (SELECT count(*) AS number FROM every) AS total
  LEFT JOIN page ON true
  LEFT JOIN task_views AS v ON v.task_id = page.own_id
  LEFT JOIN public.choreography_tasks AS t ON t.task_id = page.old_id
 ORDER BY page.created_at DESC, page.id
"""  # noqa: S608 the columns are this module's own

SELECT_LEGACY = f"""
-- select_legacy: a row of this user that the old app made
SELECT {", ".join(f"t.{column}" for column in _LEGACY_COLUMNS)} FROM public.choreography_tasks AS t
 WHERE t.task_id = %(task_id)s AND t.user_id = %(user_id)s AND NOT {_OURS}
"""  # noqa: S608 the columns are this module's own


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """A part of a user's tasks; ``count`` is how many there are in all."""

    count: int
    tasks: Sequence[TaskView | LegacyTask]


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


def _task(row: Sequence[Any]) -> TaskView | LegacyTask:
    _, is_ours, _, *columns = row
    split = len(VIEW_COLUMNS)
    return as_view(columns[:split]) if is_ours else _legacy_task(columns[split:])


def _legacy_task(row: Sequence[Any]) -> LegacyTask:
    found = dict(zip(_LEGACY_COLUMNS, row, strict=True))
    result = parsed(found["result"])
    return LegacyTask(**{**found, "result": result if isinstance(result, dict) else None})
