"""Make tasks the way the application does, one step at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model

from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import Fence, GenerationParameters
from modules.eventstore.event_log import EventLog
from modules.eventstore.store import DjangoEventStore
from projections.registry import projections

SONG = "song:0b0e7a3e-6f0e-4a0c-9a52-1d2f5b0c7c11"
RESULT = {"video_path": "choreographies/2026/11/video.mp4", "moves_count": 3}


def an_application(**options: Any) -> ChoreographyTasks:
    """Return the application with every projection."""
    return ChoreographyTasks(store=DjangoEventStore(projections=projections()), **options)


def a_user(name: str = "ana") -> int:
    """Return the id of a stored user."""
    user, _ = get_user_model().objects.get_or_create(username=name, email=f"{name}@example.org")
    return int(user.pk)


def a_task(tasks: ChoreographyTasks, **asked: Any) -> UUID:
    """Return a requested task."""
    chosen = {"audio_input": SONG, "difficulty": "beginner"} | asked
    user_id = chosen.pop("user_id", None) or a_user()
    return tasks.request(
        request_id=uuid4(),
        user_id=user_id,
        song=chosen.pop("song", None),
        parameters=GenerationParameters(**chosen),
    )


def a_claim(tasks: ChoreographyTasks, task_id: UUID, **more: Any) -> Fence:
    """Return the fence of a job that has just started."""
    chosen = {"attempt": 1, "execution_name": "run-1", "execution_try": 0} | more
    return tasks.claim(task_id=task_id, **chosen)


def event_names(task_id: UUID) -> list[str]:
    """Name the stored events of a task, in order."""
    return [event.topic.removeprefix("choreography.") for event in EventLog().history(task_id)]
