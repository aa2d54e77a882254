"""Find the task behind the address of one of our videos."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import UUID

from modules.collections.contract import UnknownVideo

if TYPE_CHECKING:
    from modules.choreography.contract import FinishedTask

MAX_ADDRESS = 2000
"""Characters of an address; a signed link has some 200."""

# A later claim of a task adds its number to the name.
_NAME = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(-[0-9]{1,9})?\.mp4", re.ASCII
)


def task_behind(address: str) -> UUID:
    """Give the task whose video the address may be; whether it is, the task's result says.

    Nothing is fetched, and no signature is looked at: the task must be the asker's own, and the
    address its video's.

    Raises
    ------
    UnknownVideo
        If no video of ours is named like this.
    """
    named = _NAME.fullmatch(_path(address).rpartition("/")[2])
    if named is None:
        raise _unknown()
    return UUID(named[1])


def must_be_video_of(task: FinishedTask, address: str) -> None:
    """Raise ``UnknownVideo`` unless the address is a link to, or the path of, the task's video."""
    path = _path(address)
    key = task.result.get("video_key") or task.result.get("video_path")
    linked = isinstance(key, str) and f"/{path}".endswith(f"/{key.lstrip('/')}")
    if not linked and path != task.result.get("video_path"):
        raise _unknown()


def _path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path) if len(address) <= MAX_ADDRESS else ""
    except ValueError:
        return ""


def _unknown() -> UnknownVideo:
    return UnknownVideo("This is not the address of one of your videos.")
