"""What a task looks like to its owner over HTTP, and when that has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.contract import Camera, Difficulty, Energy
from modules.choreography.contract import LegacyTask, Phase, Style, TaskView
from modules.choreography.ports import Links
from modules.choreography.queue_estimate import CachedQueue, Queue
from modules.choreography.schemas import (
    SongOfTask,
    Status,
    Task,
    TaskParameters,
    TaskResult,
)

_PHASE_OF_LEGACY = {
    "started": Phase.REQUESTED,
    "running": Phase.RUNNING,
    "completed": Phase.COMPLETED,
    "failed": Phase.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPresenter:
    """Makes the answer of a task.

    Parameters
    ----------
    concurrency : int
        Jobs that run at the same time, for the estimate of the time left.
    """

    links: Links
    queue: CachedQueue
    concurrency: int = 1

    def present(self, task: TaskView | LegacyTask) -> Task:
        """Return the whole answer."""
        if isinstance(task, LegacyTask):
            return _present_legacy(task)
        return self._present_own(task, self.queue.get())

    def etag(self, task: TaskView | LegacyTask) -> str:
        """Return the tag of what the answer says; weak, as the estimated time left is not in it.

        It changes with every event of the task, with its place in the queue, and, once there is
        a video, when its links are made anew.
        """
        if isinstance(task, LegacyTask):
            said = repr((task.status, task.progress, task.error, task.stage, task.updated_at))
            return f'W/"old-{hashlib.sha256(said.encode()).hexdigest()[:16]}"'
        if task.phase is Phase.COMPLETED:
            return f'W/"{task.version}-{self.links.period()}"'
        position = self.queue.get().position_of(task) if not task.phase.is_final else None
        return f'W/"{task.version}"' if position is None else f'W/"{task.version}.{position}"'

    def _present_own(self, view: TaskView, queue: Queue) -> Task:
        return Task(
            task_id=str(view.task_id),
            status=cast(Status, view.status),
            progress=view.progress,
            stage=view.stage,
            message=view.message,
            result=None if view.result is None else self._result(view.result),
            error=view.error,
            error_code=view.error_code,
            phase=view.phase.value,
            job_execution_name=view.job_execution_name,
            attempt=view.attempt,
            parameters=_parameters(view),
            song=_song(view),
            queue_position=queue.position_of(view),
            time_left_s=queue.time_left_s(view, concurrency=self.concurrency),
            created_at=view.created_at,
            updated_at=view.updated_at,
        )

    def _result(self, result: Mapping[str, Any]) -> TaskResult:
        video, thumbnail = _text(result, "video_key"), _text(result, "thumbnail_key")
        return _as_result(
            result,
            video_url=self.links.link(video) if video else None,
            thumbnail_url=self.links.link(thumbnail) if thumbnail else None,
        )


def _parameters(view: TaskView) -> TaskParameters:
    return TaskParameters(
        audio_input=view.audio_input,
        difficulty=cast(Difficulty, view.difficulty),
        energy_level=cast(Energy | None, view.energy_level),
        style=cast(Style | None, view.style),
        camera=cast(Camera, view.camera),
        seed=view.seed,
    )


def _song(view: TaskView) -> SongOfTask | None:
    """Return the song as it was asked for, or as the job found it."""
    known = view.song or (view.result or {}).get("song")
    if not isinstance(known, Mapping) or not _text(known, "title"):
        return None
    return SongOfTask(title=known["title"], artist=_text(known, "artist") or None)


def _present_legacy(task: LegacyTask) -> Task:
    """Return what the old application's row says; an unknown status counts as started."""
    status = task.status if task.status in _PHASE_OF_LEGACY else "started"
    result = task.result if status == "completed" else None
    return Task(
        task_id=task.task_id,
        status=cast(Status, status),
        progress=min(100, max(0, task.progress)),
        stage=task.stage,
        message=task.message,
        result=None if result is None else _as_result(result, video_url=None, thumbnail_url=None),
        error=task.error if status == "failed" else None,
        error_code="old_app" if status == "failed" else None,
        phase=_PHASE_OF_LEGACY[status].value,
        job_execution_name=task.job_execution_name,
        attempt=1,
        parameters=None,
        song=None,
        queue_position=None,
        time_left_s=None,
        created_at=task.created_at,
        updated_at=task.updated_at,
    )


def _as_result(
    result: Mapping[str, Any], *, video_url: str | None, thumbnail_url: str | None
) -> TaskResult:
    """Pick the promised keys; what is absent or of another type is null."""
    path = _text(result, "video_path")
    relaxed = result.get("relaxed")
    return TaskResult(
        video_path=path,
        video_filename=_text(result, "video_filename") or (path and path.rpartition("/")[2]),
        processing_time=_number(result, "processing_time"),
        sequence_duration=_number(result, "sequence_duration"),
        moves_analyzed=_whole(result, "moves_analyzed"),
        metadata_path=_text(result, "metadata_path"),
        saved_choreography_id=_text(result, "saved_choreography_id"),
        auto_saved=result.get("auto_saved") is True,
        video_url=video_url,
        thumbnail_url=thumbnail_url,
        duration=_number(result, "duration") or _number(result, "sequence_duration"),
        moves_count=_whole(result, "moves_count"),
        tempo_bpm=_number(result, "tempo_bpm"),
        relaxed=[str(word) for word in relaxed] if isinstance(relaxed, list) else [],
    )


def _text(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) else None


def _number(values: Mapping[str, Any], name: str) -> float | None:
    value = values.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _whole(values: Mapping[str, Any], name: str) -> int | None:
    number = _number(values, name)
    return None if number is None else round(number)
