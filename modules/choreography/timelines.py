"""Read the timeline that a job stored beside its video."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.contract import Section, count_ones
from modules.choreography.contract import (
    LegacyTask,
    Phase,
    TaskView,
    TimelineNotFound,
    TimelineNotReady,
)
from modules.media.contract import MediaNotFound, MediaStorage

UNKNOWN_OF_CLIP: dict[str, None] = dict.fromkeys(
    ("clip_start_s", "clip_end_s", "clip_one_s", "clip_eight", "figure", "camera")
)
_NONE = "This choreography has no timeline."


@dataclass(frozen=True, slots=True, kw_only=True)
class Timelines:
    """Timelines in the media storage."""

    storage: MediaStorage

    def key_of(self, task: TaskView | LegacyTask) -> str:
        """Return the media key of a task's timeline.

        Raises
        ------
        TimelineNotReady
            While the task is live.
        TimelineNotFound
            If it ended without one; the old application never made any.
        """
        if isinstance(task, LegacyTask):
            raise TimelineNotFound(_NONE)
        if not task.phase.is_final:
            raise TimelineNotReady("This choreography is still being made.")
        key = (task.result or {}).get("timeline_key")
        if task.phase is not Phase.COMPLETED or not isinstance(key, str):
            raise TimelineNotFound(_NONE)
        return key

    def read(self, key: str) -> bytes:
        """Return the JSON of version 2, whichever version the job wrote.

        Raises
        ------
        TimelineNotFound
            If the file is gone.
        StorageUnavailable
        """
        try:
            in_place = self.storage.local_path(key)
            if in_place is not None:
                return upcast(in_place.read_bytes())
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder) / "timeline.json"
                self.storage.fetch(key, target)
                return upcast(target.read_bytes())
        except (MediaNotFound, FileNotFoundError) as error:
            raise TimelineNotFound(_NONE) from error


def upcast(stored: bytes) -> bytes:
    """Return a stored timeline as version 2: what version 1 did not know of the clips is null."""
    timeline = json.loads(stored)
    if timeline["version"] != 1:
        return stored
    sections = [Section(**section) for section in timeline["sections"]]
    ones = count_ones(timeline["beats_s"], timeline["first_one"], sections)
    moves = [move | UNKNOWN_OF_CLIP for move in timeline["moves"]]
    del timeline["first_one"]
    return json.dumps(timeline | {"version": 2, "ones": list(ones), "moves": moves}).encode()
