"""Media in memory, for tests of what uses a storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.media.contract import MediaNotFound, checked_key

if TYPE_CHECKING:
    from pathlib import Path


class MemoryStorage:
    """A ``MediaStorage`` without files."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, source: Path) -> None:
        """Keep the bytes."""
        self.objects[checked_key(key)] = source.read_bytes()

    def fetch(self, key: str, target: Path) -> None:
        """Write the bytes to a file."""
        if checked_key(key) not in self.objects:
            raise MediaNotFound(f"There is no {key} in the media storage.")
        target.write_bytes(self.objects[key])

    def local_path(self, key: str) -> Path | None:
        """Give nothing: memory has no files."""
        checked_key(key)
        return None

    def exists(self, key: str) -> bool:
        """Tell whether the bytes are there."""
        return checked_key(key) in self.objects

    def delete(self, key: str) -> None:
        """Forget the bytes."""
        self.objects.pop(checked_key(key), None)
