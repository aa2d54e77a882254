"""Media in a folder of this machine."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modules.media.contract import GONE, MediaNotFound, StorageFull, StorageUnavailable
from modules.media.keys import checked_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE_BYTES = 1 << 17
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class OpenFile:
    """A ``StoredObject`` that is a file; sizes and times are of the very file that was opened."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._status = os.fstat(self._file.fileno())

    @property
    def size_bytes(self) -> int:
        """The file's length."""
        return self._status.st_size

    @property
    def modified_s(self) -> int:
        """The file's time."""
        return int(self._status.st_mtime)

    @property
    def version(self) -> str:
        """Time in nanoseconds and length: every object is a file written anew."""
        return f"{self._status.st_mtime_ns:x}-{self._status.st_size:x}"

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Return the part in pieces of 128 KiB at most, fewer if the file was cut meanwhile."""
        at = first
        while at <= last:
            with _translated("The object"):
                piece = os.pread(self._file.fileno(), min(PIECE_BYTES, last - at + 1), at)
            if not piece:
                return
            yield piece
            at += len(piece)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class FolderStorage:
    """A ``MediaStorage`` on a file system: the key is the path below ``root``.

    A link in the folder that leads out of it names no object.
    """

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
        source = self._existing(key)
        with _translated(key):
            _copy_whole(source, target)

    def local_path(self, key: str) -> Path | None:
        """Return the file itself; it must not be written to."""
        path = self._path(key)
        return path if path.is_file() and self._is_inside(path) else None

    def open(self, key: str) -> OpenFile:
        """Open the file."""
        source = self._existing(key)
        try:
            with _translated(key):
                return OpenFile(source)
        except StorageUnavailable as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise MediaNotFound(GONE) from error
            raise

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self.local_path(key) is not None

    def delete(self, key: str) -> None:
        """Remove the file."""
        with _translated(key):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)

    def _existing(self, key: str) -> Path:
        path = self.local_path(key)
        if path is None:
            raise MediaNotFound(GONE)
        return path

    def _is_inside(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.root.resolve())


@contextmanager
def _translated(key: str) -> Iterator[None]:
    """Turn the file system's errors into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull(f"There is no room left to store {key}.") from error
        raise StorageUnavailable(f"{key} cannot be reached: {error.strerror}.") from error


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
