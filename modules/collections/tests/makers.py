"""Make finished tasks and saved choreographies the way the application does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from psycopg.types.json import Jsonb

from modules.choreography.contract import FinishedTask
from modules.choreography.tests.makers import a_claim, a_task, a_user, an_application
from modules.collections.application import SavedChoreographies
from modules.collections.auto_save import CollectionAutoSaver
from modules.eventstore.event_log import EventLog
from modules.eventstore.store import DjangoEventStore
from modules.identity.users import find_user
from projections.registry import projections

SONG = {"title": "Obsesión", "artist": "Ana y Bea"}


def a_collection() -> SavedChoreographies:
    """Return the application with every projection."""
    return SavedChoreographies(store=DjangoEventStore(projections=projections()))


def an_auto_save() -> CollectionAutoSaver:
    """Return what keeps finished videos, by the preferences that are stored."""
    return CollectionAutoSaver(items=a_collection(), find_user=find_user)


def a_result(task_id: UUID, **more: Any) -> dict[str, Any]:
    """Return what a job says of a finished video."""
    key = f"choreographies/2026/11/{task_id}"
    return {
        "video_path": f"{key}.mp4",
        "video_key": f"{key}.mp4",
        "thumbnail_key": f"{key}.jpg",
        "timeline_key": f"{key}.json",
        "duration": 93.25,
        "tempo_bpm": 125.0,
        "move_labels": {"basic": 3, "turn": 2},
        "relaxed": ["energy"],
        **more,
    }


def a_finished_task(**more: Any) -> FinishedTask:
    """Return a task with its video; only its user is stored."""
    task_id = more.pop("task_id", None) or uuid4()
    fields: dict[str, Any] = {
        "user_id": more.pop("user_id", None) or a_user(),
        "audio_input": "song:0b0e7a3e-6f0e-4a0c-9a52-1d2f5b0c7c11",
        "difficulty": "beginner",
        "energy_level": "high",
        "style": None,
        "song": SONG,
        "result": more.pop("result", None) or a_result(task_id),
    }
    return FinishedTask(task_id=task_id, **{**fields, **more})


def a_stored_task(*, user_id: int | None = None, **wishes: Any) -> UUID:
    """Return the id of a completed task with events and rows, kept by nobody."""
    tasks = an_application()
    task_id = a_task(tasks, user_id=user_id or a_user(), **({"song": SONG} | wishes))
    fence = a_claim(tasks, task_id)
    tasks.complete(task_id=task_id, attempt=1, fence=fence, result=a_result(task_id))
    return task_id


def a_row_of_the_old_app(**columns: Any) -> UUID:
    """Return the id of a row that the old app saved."""
    row = {
        "id": uuid4(),
        "title": "Saved long ago",
        "video_path": "/srv/old/media/output/user_1/old.mp4",
        "thumbnail_path": None,
        "difficulty": "advanced",
        "duration": 61.5,
        "music_info": {"title": "Propuesta Indecente", "bpm": 128.5},
        "generation_parameters": None,
        "created_at": datetime(2024, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
    } | columns
    row.setdefault("user_id", a_user())
    for name in ("music_info", "generation_parameters"):
        row[name] = None if row[name] is None else Jsonb(row[name])
    names = ", ".join(row)
    run_sql(
        f"INSERT INTO public.saved_choreographies ({names}) VALUES"  # noqa: S608
        f" ({', '.join(['%s'] * len(row))})",
        *row.values(),
    )
    return row["id"]


def run_sql(statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Do what the old app does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def legacy_rows() -> list[tuple[Any, ...]]:
    """Read the old app's table whole."""
    return run_sql("SELECT * FROM public.saved_choreographies ORDER BY id")


def event_names(item_id: UUID) -> list[str]:
    """Name the stored events of an item, with who caused each, in order."""
    return [
        f"{event.topic.removeprefix('collections.Choreography')} by {event.state['origin']}"
        for event in EventLog().history(item_id)
    ]


def count_events() -> int:
    """Count everything that ever happened."""
    return int(run_sql("SELECT count(*) FROM stored_events")[0][0])
