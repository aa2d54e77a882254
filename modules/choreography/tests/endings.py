"""How tasks end in tests, and many calls at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.db import connections

from modules.choreography.tests.makers import RESULT, a_claim
from modules.choreography.tests.site import Site
from modules.errors import DomainError

RENDERED = RESULT | {
    "video_key": "choreographies/2026/11/video.mp4",
    "thumbnail_key": "choreographies/2026/11/video.jpg",
    "timeline_key": "choreographies/2026/11/video.json",
    "processing_time": 2.5,
    "sequence_duration": 61.0,
    "duration": 61.0,
    "moves_analyzed": 9,
    "tempo_bpm": 128.4,
    "relaxed": ["energy"],
    "size_bytes": 1,
    "song": {"title": "As heard"},
}
FINAL = {"VideoRendered", "GenerationFailed", "GenerationCancelled"}


def complete(site: Site, task_id: UUID, **result: Any) -> None:
    """Let the task's job finish."""
    fence = a_claim(site.tasks, task_id)
    site.tasks.complete(task_id=task_id, attempt=1, fence=fence, result=RENDERED | result)


def fail(site: Site, task_id: UUID) -> None:
    """Let the task's job give up."""
    fence = a_claim(site.tasks, task_id)
    site.tasks.fail(
        task_id=task_id, attempt=1, fence=fence, code="unusable_audio", message="No beat."
    )


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Make all calls at the same time, each on a connection of its own."""

    def answer(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(answer, calls))
