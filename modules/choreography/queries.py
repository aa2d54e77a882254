"""Read tasks: rows of ``task_views``, and how long a task has been silent."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any
from uuid import UUID

from django.db import connection

from modules.choreography.contract import Phase, SilentTask, TaskNotFound, TaskView

_COLUMNS = tuple(field.name for field in fields(TaskView))

SELECT_VIEWS = f"""
-- select_views: tasks, newest first
SELECT {", ".join(_COLUMNS)} FROM task_views
 WHERE (%(task_id)s::uuid IS NULL OR task_id = %(task_id)s)
   AND (%(user_id)s::bigint IS NULL OR user_id = %(user_id)s)
   AND (%(status)s::text IS NULL OR status = %(status)s)
 ORDER BY created_at DESC, task_id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 the columns are this module's own

SELECT_SILENCE = """
-- select_silence: seconds since the task's last event; both times are the database's
SELECT extract(epoch FROM clock_timestamp() - recorded_at)::float FROM stored_events
 WHERE originator_id = %(task_id)s ORDER BY originator_version DESC LIMIT 1
"""

SELECT_SILENT = """
-- select_silent: live tasks that have a job, longest silent first
SELECT v.task_id, v.attempt, last.originator_version, v.phase, v.claimed, v.job_execution_name,
       last.silent_s
  FROM task_views AS v
 CROSS JOIN LATERAL (
       SELECT e.originator_version,
              extract(epoch FROM clock_timestamp() - e.recorded_at)::float AS silent_s
         FROM stored_events AS e WHERE e.originator_id = v.task_id
        ORDER BY e.originator_version DESC LIMIT 1) AS last
 WHERE v.phase IN ('dispatched', 'running') AND last.silent_s >= %(silent_s)s
 ORDER BY last.silent_s DESC LIMIT %(limit)s
"""


def get_task(task_id: UUID, *, user_id: int | None = None) -> TaskView:
    """Return one task; with ``user_id``, only if it is theirs.

    Raises
    ------
    TaskNotFound
        Also for somebody else's task.
    """
    found = _select(task_id=task_id, user_id=user_id, limit=1)
    if not found:
        raise TaskNotFound("There is no such choreography.")
    return found[0]


def list_tasks(
    *, user_id: int | None = None, status: str | None = None, limit: int = 100, offset: int = 0
) -> list[TaskView]:
    """Return tasks, newest first; ``status`` is one of the old app's four words."""
    return _select(user_id=user_id, status=status, limit=limit, offset=offset)


def find_silence_s(task_id: UUID) -> float | None:
    """Return the age of the task's last event in seconds, by the database's clock alone."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_SILENCE, {"task_id": task_id})
        row = cursor.fetchone()
    return None if row is None else float(row[0])


def list_silent(*, silent_s: float, limit: int = 200) -> list[SilentTask]:
    """Return dispatched and running tasks without an event for ``silent_s`` seconds."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_SILENT, {"silent_s": silent_s, "limit": limit})
        rows = cursor.fetchall()
    return [
        SilentTask(
            task_id=task_id,
            attempt=attempt,
            version=version,
            phase=Phase(phase),
            claimed=claimed,
            job_execution_name=execution_name,
            silent_s=seconds,
        )
        for task_id, attempt, version, phase, claimed, execution_name, seconds in rows
    ]


def _select(**parameters: Any) -> list[TaskView]:
    chosen = {"task_id": None, "user_id": None, "status": None, "offset": 0} | parameters
    with connection.cursor() as cursor:
        cursor.execute(SELECT_VIEWS, chosen)
        return [_view(dict(zip(_COLUMNS, row, strict=True))) for row in cursor.fetchall()]


def _view(row: dict[str, Any]) -> TaskView:
    for column in ("song", "result"):
        if isinstance(row[column], str):
            row[column] = json.loads(row[column])
    return TaskView(**{**row, "phase": Phase(row["phase"])})
