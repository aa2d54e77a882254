"""Media in memory, for tests of what uses a storage."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.media.contract import GONE, MediaNotFound
from modules.media.keys import checked_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class MemoryObject:
    """A ``StoredObject`` of bytes."""

    content: bytes
    modified_s: int

    @property
    def size_bytes(self) -> int:
        """How many."""
        return len(self.content)

    @property
    def version(self) -> str:
        """Their hash."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Return the part at once."""
        yield self.content[first : last + 1]

    def close(self) -> None:
        """There is nothing to let go of."""


class MemoryStorage:
    """A ``MediaStorage`` without files."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.stored_s: dict[str, int] = {}

    def put(self, key: str, source: Path) -> None:
        """Keep the bytes."""
        self.objects[checked_key(key)] = source.read_bytes()
        self.stored_s[key] = int(time.time())

    def fetch(self, key: str, target: Path) -> None:
        """Write the bytes to a file."""
        if checked_key(key) not in self.objects:
            raise MediaNotFound(GONE)
        target.write_bytes(self.objects[key])

    def local_path(self, key: str) -> Path | None:
        """Return nothing: memory has no files."""
        checked_key(key)
        return None

    def open(self, key: str) -> MemoryObject:
        """Open the bytes."""
        if checked_key(key) not in self.objects:
            raise MediaNotFound(GONE)
        return MemoryObject(self.objects[key], self.stored_s[key])

    def exists(self, key: str) -> bool:
        """Whether the bytes are there."""
        return checked_key(key) in self.objects

    def delete(self, key: str) -> None:
        """Forget the bytes."""
        self.objects.pop(checked_key(key), None)
