"""What can be done with songs: add one by its file, find it, read it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from modules.songs.contract import ADDRESS_SCHEME, Song, SongNotFound, SongRefused
from modules.songs.models import SongRow

if TYPE_CHECKING:
    from modules.media.contract import MediaStorage

MAX_SONG_BYTES = 1 << 30
MAX_TITLE_LENGTH = 200


class SongLibrary:
    """The songs, their files and what was derived from them.

    Files lie in the media storage under ``songs/<content hash>/``: the song itself and, beside
    it, what it costs time to make from it (the analysis, the AAC track).
    """

    def __init__(self, storage: MediaStorage) -> None:
        self.storage = storage

    def add_file(self, path: Path, *, title: str | None = None, artist: str = "") -> Song:
        """Add a file; the same content twice gives the song that is there.

        The file is not decoded here: only the job does that, within its limits.

        Raises
        ------
        SongRefused
            If there is no such readable file, it is empty, or larger than 1 GiB.
        """
        size_bytes = _checked_size(path)
        content_hash = _content_hash(path)
        known = SongRow.objects.filter(content_hash=content_hash).first()
        key = known.media_key if known else _media_key(content_hash, "song", path.suffix)
        if not self.storage.exists(key):
            self.storage.put(key, path)
        row, _ = SongRow.objects.get_or_create(
            content_hash=content_hash,
            defaults={
                "title": _printable(title or path.stem.replace("_", " "))[:MAX_TITLE_LENGTH],
                "artist": _printable(artist)[:MAX_TITLE_LENGTH] if artist else "",
                "media_key": key,
                "size_bytes": size_bytes,
            },
        )
        return _song(row)

    def get_song(self, address: str) -> Song:
        """Give the song of an address like ``song:<id>``, or raise ``SongNotFound``."""
        try:
            song_id = UUID(address.removeprefix(ADDRESS_SCHEME))
        except ValueError:
            raise SongNotFound(f"{address[:80]!r} names no song.") from None
        row = SongRow.objects.filter(id=song_id).first()
        if row is None:
            raise SongNotFound("This song is not in the library any more.")
        return _song(row)

    def fetch(self, song: Song, folder: Path) -> Path:
        """Give the song's file to read; it is copied into ``folder`` where the storage is away."""
        return self._readable(song.media_key, folder / Path(song.media_key).name)

    def find_derived(self, content_hash: str, name: str, folder: Path) -> Path | None:
        """Give what was kept beside the song under that name, or None."""
        key = _media_key(content_hash, name)
        return self._readable(key, folder / name) if self.storage.exists(key) else None

    def keep_derived(self, content_hash: str, name: str, source: Path) -> None:
        """Keep something made from the song beside it; safe twice."""
        self.storage.put(_media_key(content_hash, name), source)

    def _readable(self, key: str, target: Path) -> Path:
        in_place = self.storage.local_path(key)
        if in_place is not None:
            return in_place
        self.storage.fetch(key, target)
        return target


def _checked_size(path: Path) -> int:
    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise SongRefused(f"The song {path} {what}.")
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise SongRefused(f"The song {path} is empty.")
    if size_bytes > MAX_SONG_BYTES:
        raise SongRefused(f"The song {path} is larger than {MAX_SONG_BYTES >> 20} MiB.")
    return size_bytes


def _content_hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SongRefused(f"The song {path} cannot be read: {error.strerror}.") from error


def _media_key(content_hash: str, name: str, suffix: str = "") -> str:
    harmless = suffix.lower() if suffix[1:].isalnum() and suffix.isascii() else ""
    return f"songs/{content_hash}/{name}{harmless}"


def _printable(text: str) -> str:
    """Keep what PostgreSQL and a page can hold: no NUL, no lone surrogates, no control signs."""
    return "".join(sign for sign in text if sign.isprintable()).strip() or "Untitled"


def _song(row: SongRow) -> Song:
    return Song(
        id=row.id,
        title=row.title,
        artist=row.artist,
        content_hash=row.content_hash,
        media_key=row.media_key,
        size_bytes=row.size_bytes,
    )
