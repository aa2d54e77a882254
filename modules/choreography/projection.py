"""``task_views``: our own read model of choreography tasks.

The old app deletes rows of its table; our tasks survive that here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from legacy_compat.messages import (
    CANCELLED_BY_USER,
    COMPLETED,
    FAILED,
    RUNNING,
    STAGE_MESSAGES,
    STARTED,
    failure_message,
    success_message,
)
from modules.choreography.contract import Phase, Topic
from modules.eventstore.contract import StoredEvent
from modules.projecting import IfNull, When, insert_row, update_row

type Changes = dict[str, Any]

PARAMETERS = ("audio_input", "difficulty", "energy_level", "style", "camera", "seed", "song")


class TaskViews:
    """Keeps ``task_views``; a row is a function of the task's events and nothing else."""

    table = "task_views"
    key = "task_id"
    all_rows_are_ours = True
    topics = frozenset(topic.value for topic in Topic)

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write each event's meaning, in order; runs in the events' own transaction."""
        for event in events:
            changes = CHANGES[event.topic](event.state) | {
                "version": event.originator_version,
                "updated_at": event.state["timestamp"],
            }
            if event.topic == Topic.GENERATION_REQUESTED:
                row = {self.key: event.originator_id, **changes}
                insert_row(into, key=self.key, values=row)
            else:
                update_row(into, key=self.key, key_value=event.originator_id, changes=changes)

    @staticmethod
    def allowed_missing(shadow: str) -> str:
        """Return the SQL condition under which a row is allowed to be missing: never."""
        return "false"


def _requested(state: Mapping[str, Any]) -> Changes:
    return {
        "user_id": state["user_id"],
        **{name: state[name] for name in PARAMETERS},
        "attempt": 1,
        "fence": 0,
        "result": None,
        "error_code": None,
        "error": None,
        "created_at": state["timestamp"],
        **_waiting(),
    }


def _waiting() -> Changes:
    return {
        "phase": Phase.REQUESTED,
        "status": STARTED,
        "progress": 0,
        "stage": "initializing",
        "message": STAGE_MESSAGES["initializing"],
        "job_execution_name": None,
        "claimed": False,
    }


def _dispatched(state: Mapping[str, Any]) -> Changes:
    return {
        "phase": When(Phase.REQUESTED, Phase.DISPATCHED),
        "job_execution_name": IfNull(state["execution_name"]),
    }


def _started(state: Mapping[str, Any]) -> Changes:
    return {
        "phase": Phase.RUNNING,
        "status": RUNNING,
        "stage": "downloading",
        "message": STAGE_MESSAGES["downloading"],
        "fence": state["fence"],
        "job_execution_name": state["execution_name"],
        "claimed": True,
    }


def _released(state: Mapping[str, Any]) -> Changes:
    return {"claimed": False}


def _lost(state: Mapping[str, Any]) -> Changes:
    return _waiting() | {"attempt": state["attempt"] + 1}


def _progressed(state: Mapping[str, Any]) -> Changes:
    return {
        "stage": state["stage"],
        "progress": state["progress"],
        "message": state["message"] or STAGE_MESSAGES[state["stage"]],
    }


def _rendered(state: Mapping[str, Any]) -> Changes:
    result = state["result"]
    return {
        "phase": Phase.COMPLETED,
        "status": COMPLETED,
        "progress": 100,
        "stage": "completed",
        "message": success_message(auto_saved=bool(result.get("auto_saved"))),
        "claimed": False,
        "result": result,
    }


def _failed(state: Mapping[str, Any]) -> Changes:
    return {
        **_ended_without_video(Phase.FAILED),
        "message": failure_message(state["code"]),
        "error_code": state["code"],
        "error": state["message"],
    }


def _cancelled(state: Mapping[str, Any]) -> Changes:
    return {
        **_ended_without_video(Phase.CANCELLED),
        "message": CANCELLED_BY_USER,
        "error_code": "cancelled",
        "error": CANCELLED_BY_USER,
    }


def _ended_without_video(phase: Phase) -> Changes:
    return {"phase": phase, "status": FAILED, "progress": 0, "stage": "failed", "claimed": False}


CHANGES: Mapping[str, Callable[[Mapping[str, Any]], Changes]] = {
    Topic.GENERATION_REQUESTED: _requested,
    Topic.JOB_DISPATCHED: _dispatched,
    Topic.JOB_STARTED: _started,
    Topic.JOB_RELEASED: _released,
    Topic.JOB_LOST: _lost,
    Topic.PROGRESS_REPORTED: _progressed,
    Topic.VIDEO_RENDERED: _rendered,
    Topic.GENERATION_FAILED: _failed,
    Topic.GENERATION_CANCELLED: _cancelled,
}
