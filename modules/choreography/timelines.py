"""Read the timeline that a job stored beside its video."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from modules.choreography.contract import (
    LegacyTask,
    Phase,
    TaskView,
    TimelineNotFound,
    TimelineNotReady,
)
from modules.media.contract import MediaNotFound, MediaStorage

_NONE = "This choreography has no timeline."


@dataclass(frozen=True, slots=True, kw_only=True)
class Timelines:
    """Timelines in the media storage."""

    storage: MediaStorage

    def key_of(self, task: TaskView | LegacyTask) -> str:
        """Give the media key of a task's timeline.

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
        """Give the JSON as the job wrote it.

        Raises
        ------
        TimelineNotFound
            If the file is gone.
        StorageUnavailable
        """
        try:
            in_place = self.storage.local_path(key)
            if in_place is not None:
                return in_place.read_bytes()
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder) / "timeline.json"
                self.storage.fetch(key, target)
                return target.read_bytes()
        except (MediaNotFound, FileNotFoundError) as error:
            raise TimelineNotFound(_NONE) from error
