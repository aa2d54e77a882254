"""A snapshot of a finished task: everything the saved row and its readers need."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from modules.choreography.contract import FinishedTask, Phase, TaskView
from modules.collections.contract import MAX_TITLE, NothingToSave

MAX_PATH = 500
"""Characters of a path; what the old app's column holds."""
UNNAMED = "Choreography"
"""Title of what is saved without one, to a song without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoreographySnapshot:
    """A video and how it came about, as events state it.

    Attributes
    ----------
    duration_s : float
        Seconds, ≥ 0.
    music_info, generation_parameters : mapping or None
        As the old app's pages read them.
    video_path, thumbnail_path : str, str or None
        Where the old app finds the video; what it prints as the picture's address.
    video_key, thumbnail_key, timeline_key : str or None
        Objects of our media storage.
    tempo_bpm : float or None
        Beats per minute.
    move_labels : mapping
        How often each move is danced.
    """

    duration_s: float
    music_info: Any
    generation_parameters: Any
    video_path: str
    thumbnail_path: str | None = None
    video_key: str | None = None
    thumbnail_key: str | None = None
    timeline_key: str | None = None
    tempo_bpm: float | None = None
    move_labels: Mapping[str, int] = field(default_factory=dict)
    relaxed: tuple[str, ...] = ()

    def as_event(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**asdict(self), "move_labels": dict(self.move_labels), "relaxed": [*self.relaxed]}


def finished(view: TaskView) -> FinishedTask:
    """Return what may be saved of a task that others see.

    Raises
    ------
    NothingToSave
        If it is not completed.
    """
    if view.phase is not Phase.COMPLETED or view.result is None:
        raise NothingToSave("Only a finished choreography can be saved.")
    return FinishedTask(
        task_id=view.task_id,
        user_id=view.user_id,
        audio_input=view.audio_input,
        difficulty=view.difficulty,
        energy_level=view.energy_level,
        style=view.style,
        song=view.song,
        result=view.result,
    )


def snapshot_of(task: FinishedTask) -> ChoreographySnapshot:
    """Return the snapshot of a task.

    The thumbnail's path stays empty: the old app prints it raw into its pages, and ours is
    reached by links that end.

    Raises
    ------
    NothingToSave
        If the result names no video that the old app's table can hold.
    """
    result = task.result
    video_path = result.get("video_path")
    if not isinstance(video_path, str) or not 0 < len(video_path) <= MAX_PATH:
        raise NothingToSave("This choreography has no video to save.")
    tempo_bpm = _number(result.get("tempo_bpm"))
    return ChoreographySnapshot(
        duration_s=_number(result.get("duration"), result.get("sequence_duration")) or 0.0,
        music_info=_music_info(task, tempo_bpm),
        generation_parameters=_present(
            difficulty=task.difficulty,
            audio_input=task.audio_input,
            energy_level=task.energy_level,
            style=task.style,
            task_id=str(task.task_id),
        ),
        video_path=video_path,
        video_key=_key(result, "video_key"),
        thumbnail_key=_key(result, "thumbnail_key"),
        timeline_key=_key(result, "timeline_key"),
        tempo_bpm=tempo_bpm,
        move_labels=_counts(result.get("move_labels")),
        relaxed=_texts(result.get("relaxed")),
    )


def title_of(task: FinishedTask) -> str:
    """Return the title of what is saved without one: the song's."""
    line = " ".join(_song_text(task, "title").split())
    title = "".join(sign for sign in line if unicodedata.category(sign) not in ("Cc", "Cs"))
    return title[:MAX_TITLE].strip() or UNNAMED


def _music_info(task: FinishedTask, tempo_bpm: float | None) -> dict[str, Any]:
    return _present(
        source=task.audio_input,
        difficulty=task.difficulty,
        energy_level=task.energy_level,
        style=task.style,
        title=_song_text(task, "title") or None,
        artist=_song_text(task, "artist") or None,
        tempo=tempo_bpm,
        bpm=tempo_bpm,
    )


def _song_text(task: FinishedTask, name: str) -> str:
    """Return a text about the song: as it was requested, else as the job found it."""
    found = task.result.get("song")
    for song in (task.song, found):
        if isinstance(song, Mapping) and isinstance(text := song.get(name), str) and text.strip():
            return text.strip()
    return ""


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _number(*candidates: object) -> float | None:
    for value in candidates:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and math.isfinite(value) and value >= 0:  # type: ignore[arg-type, operator]
            return float(value)  # type: ignore[arg-type]
    return None


def _key(result: Mapping[str, Any], name: str) -> str | None:
    key = result.get(name)
    return key if isinstance(key, str) and key else None


def _counts(found: object) -> dict[str, int]:
    if not isinstance(found, Mapping):
        return {}
    return {str(label): count for label, count in found.items() if type(count) is int and count > 0}


def _texts(found: object) -> tuple[str, ...]:
    return tuple(str(one) for one in found) if isinstance(found, list | tuple) else ()
