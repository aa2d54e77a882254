"""``public.choreography_tasks``: our tasks in the old app's table, in the old app's words.

The table is the old app's, and it deletes and overwrites rows. A row of ours that is missing is
made again while its task is live, and stays away once it has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from legacy_compat.messages import (
    CANCELLED_BY_USER,
    COMPLETED,
    FAILED,
    GENERATION_FAILED,
    STAGE_MESSAGES,
    STARTED,
    failure_message,
    success_message,
)
from legacy_compat.users import no_user_has, user_exists
from modules.choreography.contract import Topic
from modules.eventstore.contract import StoredEvent
from modules.eventstore.event_log import EventLog
from modules.eventstore.mapper import as_current
from modules.projecting import IfNull, insert_row, update_row

type Changes = dict[str, Any]

FINAL = frozenset({Topic.VIDEO_RENDERED, Topic.GENERATION_FAILED, Topic.GENERATION_CANCELLED})


class ChoreographyTaskRows:
    """Keeps our rows of the old app's table; a row is a function of the task's events.

    Parameters
    ----------
    running_status : str
        What a running task looks like to the old app, ``running`` or ``started``: three
        running ones make it turn its own users away.
    """

    table = "public.choreography_tasks"
    key = "task_id"
    all_rows_are_ours = False
    topics = frozenset(topic.value for topic in Topic)

    def __init__(self, *, running_status: str) -> None:
        self._running_status = running_status

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write each event's meaning, in order; runs in the events' own transaction."""
        for position, event in enumerate(events):
            if not self._write(event, into) and event.topic not in FINAL:
                self._write_again(event, events[: position + 1], into)

    @staticmethod
    def allowed_missing(shadow: str) -> str:
        """Return the SQL condition under which a row may be missing: the old app deleted it."""
        return (
            f"{shadow}.status IN ('{COMPLETED}', '{FAILED}') OR {no_user_has(f'{shadow}.user_id')}"
        )

    def _write(self, event: StoredEvent, into: str) -> bool:
        """Write one event; False when its row is not there."""
        task_id = str(event.originator_id)
        changes = {**self._changes(event), "updated_at": event.state["timestamp"]}
        if event.topic == Topic.GENERATION_REQUESTED:
            insert_row(into, key=self.key, values={self.key: task_id, **changes})
            return True
        return update_row(into, key=self.key, key_value=task_id, changes=changes)

    def _write_again(self, event: StoredEvent, new: Sequence[StoredEvent], into: str) -> None:
        """Make a deleted row again from all of its task's events, if its owner is there."""
        stored = [as_current(earlier) for earlier in EventLog().history(event.originator_id)]
        history = [
            *(
                earlier
                for earlier in stored
                if earlier.originator_version <= event.originator_version
            ),
            *(later for later in new if later.originator_id == event.originator_id),
        ]
        if history and user_exists(history[0].state["user_id"]):
            for earlier in history:
                self._write(earlier, into)

    def _changes(self, event: StoredEvent) -> Changes:
        running = {"status": self._running_status, "result": None, "error": None}
        match event.topic:
            case Topic.JOB_STARTED:
                name = event.state["execution_name"]
                return running | _stage("downloading") | {"job_execution_name": name}
            case Topic.PROGRESS_REPORTED:
                return (
                    running | _stage(event.state["stage"]) | {"progress": event.state["progress"]}
                )
        return CHANGES[event.topic](event.state)


def legacy_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result with every key that the old app's pages and scripts know."""
    video_path = result["video_path"]
    return {
        "video_filename": PurePosixPath(video_path).name,
        "processing_time": 0,
        "sequence_duration": 0,
        "moves_analyzed": 0,
        "metadata_path": None,
        "saved_choreography_id": None,
        "auto_saved": False,
        **result,
    }


def _stage(stage: str) -> Changes:
    return {"stage": stage, "message": STAGE_MESSAGES[stage]}


def _waiting() -> Changes:
    return {
        "status": STARTED,
        "progress": 0,
        **_stage("initializing"),
        "result": None,
        "error": None,
        "job_execution_name": None,
    }


def _requested(state: Mapping[str, Any]) -> Changes:
    return {"user_id": state["user_id"], "created_at": state["timestamp"], **_waiting()}


def _rendered(state: Mapping[str, Any]) -> Changes:
    result = legacy_result(state["result"])
    return {
        "status": COMPLETED,
        "progress": 100,
        "stage": "completed",
        "message": success_message(auto_saved=bool(result["auto_saved"])),
        "result": result,
        "error": None,
    }


def _ended_without_video(message: str, error: str) -> Changes:
    return {
        "status": FAILED,
        "progress": 0,
        "stage": "failed",
        "message": message,
        "result": None,
        "error": error,
    }


CHANGES: Mapping[str, Callable[[Mapping[str, Any]], Changes]] = {
    Topic.GENERATION_REQUESTED: _requested,
    Topic.JOB_DISPATCHED: lambda state: {"job_execution_name": IfNull(state["execution_name"])},
    Topic.JOB_RELEASED: lambda state: {},
    Topic.JOB_LOST: lambda state: _waiting(),
    Topic.VIDEO_RENDERED: _rendered,
    Topic.GENERATION_FAILED: lambda state: _ended_without_video(
        failure_message(state["code"]), state["message"]
    ),
    Topic.GENERATION_CANCELLED: lambda state: _ended_without_video(
        GENERATION_FAILED, CANCELLED_BY_USER
    ),
}
