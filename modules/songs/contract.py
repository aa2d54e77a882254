"""The door of the song library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.errors import DomainError

if TYPE_CHECKING:
    from uuid import UUID

ADDRESS_SCHEME = "song:"


class SongNotFound(DomainError):
    """The library has no such song."""

    code = "song_not_found"


class SongRefused(DomainError):
    """The file cannot become a song of the library: absent, empty, unreadable or too large."""

    code = "song_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A song of the library.

    ``content_hash`` is the SHA-256 of the file in hexadecimal; equal files are one song.
    """

    id: UUID
    title: str
    artist: str
    content_hash: str
    media_key: str
    size_bytes: int

    @property
    def address(self) -> str:
        """What a generation request names as its ``audio_input``."""
        return f"{ADDRESS_SCHEME}{self.id}"
