"""Media in a folder of this machine."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modules.media.contract import MediaNotFound, StorageFull, StorageUnavailable, checked_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class FolderStorage:
    """A ``MediaStorage`` on a file system: the key is the path below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, source: Path) -> None:
        """Copy beside the final name, then rename: readers see the old object or the new one."""
        target = self._path(key)
        with _translated(key):
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy_whole(source, target)

    def fetch(self, key: str, target: Path) -> None:
        """Copy the object to ``target``."""
        source = self._path(key)
        if not source.is_file():
            raise MediaNotFound(f"There is no {key} in the media storage.")
        with _translated(key):
            _copy_whole(source, target)

    def local_path(self, key: str) -> Path | None:
        """Give the file itself; it must not be written to."""
        path = self._path(key)
        return path if path.is_file() else None

    def exists(self, key: str) -> bool:
        """Tell whether the file is there."""
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """Remove the file."""
        with _translated(key):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """Turn the file system's errors into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull(f"There is no room left to store {key}.") from error
        raise StorageUnavailable(f"{key} could not be stored: {error.strerror}.") from error


def _copy_whole(source: Path, target: Path) -> None:
    """Copy so that ``target`` never holds half a file, not even after a power cut."""
    incoming = target.with_name(f".{uuid.uuid4().hex}.incoming")
    try:
        shutil.copyfile(source, incoming)
        with incoming.open("rb+") as copy:
            os.fsync(copy.fileno())
        incoming.replace(target)
    finally:
        incoming.unlink(missing_ok=True)
