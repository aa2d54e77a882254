"""Where the old monolith looks for videos: ``MEDIA_ROOT/output/user_<id>/<task>.mp4``."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class LegacyOutput:
    """The old application's output folder, which it searches by base name.

    Parameters
    ----------
    media_root : Path
        The old application's ``MEDIA_ROOT``.
    """

    def __init__(self, media_root: Path) -> None:
        self.media_root = media_root

    def link(self, video: Path, *, user_id: int, name: str) -> Path:
        """Make the video playable there and return its absolute path; safe twice.

        A hard link where the file systems allow it, otherwise a copy.
        """
        folder = self.media_root.resolve() / "output" / f"user_{user_id}"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / name
        incoming = folder / f".{name}.incoming"
        incoming.unlink(missing_ok=True)
        try:
            os.link(video, incoming)
        except OSError:
            shutil.copyfile(video, incoming)
        incoming.replace(target)
        return target

    def unlink(self, *, user_id: int, name: str) -> None:
        """Take a video away there; safe twice."""
        folder = self.media_root.resolve() / "output" / f"user_{user_id}"
        (folder / name).unlink(missing_ok=True)
