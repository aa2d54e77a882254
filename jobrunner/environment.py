"""The job's parameters, from its environment and, where that is silent, from the task itself."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING
from uuid import UUID

from engine.contract import Wishes
from jobrunner.contract import JobSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.choreography.contract import TaskView


class ConfigurationError(Exception):
    """The environment does not say what to do; the text names the variable."""


def parse_task_id(environment: Mapping[str, str]) -> UUID:
    """Return the task's id; raise ``ConfigurationError`` where it names none."""
    text = environment.get("TASK_ID", "")
    try:
        return UUID(text)
    except ValueError:
        raise ConfigurationError(f"TASK_ID is {text!r}, which names no task.") from None


def parse_song_id(environment: Mapping[str, str]) -> UUID | None:
    """Return the song that is to be analysed, or None where the order is another.

    Raises
    ------
    ConfigurationError
        If ``SONG_ID`` is there and names no song.
    """
    text = environment.get("SONG_ID")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise ConfigurationError(f"SONG_ID is {text!r}, which names no song.") from None


def parse_environment(environment: Mapping[str, str], task: TaskView) -> JobSpec:
    """Return what to do; what the environment leaves open, the task itself says.

    Raises
    ------
    ConfigurationError
        If a number is none.
    """
    seed = environment.get("SEED") or task.seed
    return JobSpec(
        task_id=str(task.task_id),
        requested_at=task.created_at,
        user_id=_number(environment, "USER_ID", task.user_id),
        audio_input=environment.get("AUDIO_INPUT") or task.audio_input,
        wishes=Wishes(
            difficulty=environment.get("DIFFICULTY") or task.difficulty,  # type: ignore[arg-type]
            energy_level=environment.get("ENERGY_LEVEL") or task.energy_level or None,  # type: ignore[arg-type]
            style=environment.get("STYLE") or task.style or None,
            camera=environment.get("CAMERA") or task.camera,  # type: ignore[arg-type]
        ),
        attempt=_number(environment, "ATTEMPT", task.attempt),
        seed=None if seed is None else _number({"SEED": str(seed)}, "SEED", 0),
        execution=environment.get("CLOUD_RUN_EXECUTION")
        or f"by-hand-{socket.gethostname()}-{os.getpid()}",
        execution_try=_number(environment, "CLOUD_RUN_TASK_ATTEMPT", 0),
    )


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    try:
        return int(text)
    except ValueError:
        raise ConfigurationError(f"{name} is {text!r}, which is no whole number.") from None
