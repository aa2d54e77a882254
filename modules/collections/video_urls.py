"""Find the task whose video a URL names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import UUID

from modules.collections.contract import UnknownVideo

if TYPE_CHECKING:
    from modules.choreography.contract import FinishedTask

MAX_URL = 2000
"""Characters of a URL; a signed link has some 200."""

# A later claim of a task adds its number to the name.
_NAME = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(-[0-9]{1,9})?\.mp4", re.ASCII
)


def task_of_video_url(url: str) -> UUID:
    """Return the task whose video the URL may be; whether it is, the task's result says.

    Nothing is fetched, and no signature is looked at: the task must be the asker's own, and the
    URL its video's.

    Raises
    ------
    UnknownVideo
        If no video of ours is named like this.
    """
    named = _NAME.fullmatch(_path(url).rpartition("/")[2])
    if named is None:
        raise _unknown()
    return UUID(named[1])


def must_be_video_of(task: FinishedTask, url: str) -> None:
    """Raise ``UnknownVideo`` unless the URL is a link to, or the path of, the task's video."""
    path = _path(url)
    key = task.result.get("video_key") or task.result.get("video_path")
    linked = isinstance(key, str) and f"/{path}".endswith(f"/{key.lstrip('/')}")
    if not linked and path != task.result.get("video_path"):
        raise _unknown()


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path) if len(url) <= MAX_URL else ""
    except ValueError:
        return ""


def _unknown() -> UnknownVideo:
    return UnknownVideo("This is not the address of one of your videos.")
