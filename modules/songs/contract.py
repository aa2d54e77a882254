"""The door of the song library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.errors import DomainError, TransientError
from modules.eventstore.contract import OutboxMessage

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

ADDRESS_SCHEME = "song:"
MAX_TITLE_LENGTH = 200
ANALYSE = "song.analyse"
"""The outbox kind of orders to find a song's tempo and length."""


class SongNotFound(DomainError):
    """The library has no such song."""

    code = "song_not_found"


class SongRefused(DomainError):
    """The file cannot become a song of the library: absent, empty, unreadable or too large."""

    code = "song_refused"


class SongsFolderUnusable(DomainError):
    """The folder holds nothing to import: missing, empty, or with an unreadable list of songs."""

    code = "songs_folder_unusable"


class NotAudio(DomainError):
    """The file is of no kind that a song may be, whatever it is called."""

    code = "not_audio"


class SongIncomplete(DomainError):
    """The file is empty, or begins like a song and breaks off within its header."""

    code = "song_incomplete"


class DownloadFailed(DomainError):
    """The address gives no single song of bearable length and size, or cannot be reached."""

    code = "download_failed"


class DownloadInterrupted(TransientError):
    """The process that fetched a song was killed; trying again may help."""

    code = "download_interrupted"


class SongTooLarge(DomainError):
    """The upload is over the limit."""

    code = "song_too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSong:
    """A file that was not imported, by name and reason."""

    file: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SongsImported:
    """What an import of songs did: titles added and known already, files refused."""

    added: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    refused: tuple[RefusedSong, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedSong:
    """A song that was fetched, and what it is called where it came from."""

    path: Path
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A song of the library.

    ``content_hash`` is the SHA-256 of the file in hexadecimal; equal files of one owner are one
    song. ``owner_user_id`` is None in the catalogue that everybody shares; another song is seen by
    its owner alone. ``tempo_bpm`` and ``duration_s`` are None until a job has analysed this song.
    """

    id: UUID
    title: str
    artist: str
    content_hash: str
    media_key: str
    size_bytes: int
    owner_user_id: int | None = None
    tempo_bpm: float | None = None
    duration_s: float | None = None
    added_at: datetime | None = None

    @property
    def address(self) -> str:
        """What a generation request names as its ``audio_input``."""
        return f"{ADDRESS_SCHEME}{self.id}"


def analyse_message(song_id: UUID) -> OutboxMessage:
    """Order a song to be analysed; the second time nothing is ordered."""
    return OutboxMessage(kind=ANALYSE, key=f"analyse:{song_id}", payload={"song_id": str(song_id)})
