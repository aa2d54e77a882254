"""What can be done with songs: add one by its file, find it, read it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from modules.songs.contract import (
    MAX_TITLE_LENGTH,
    NotAudio,
    Song,
    SongIncomplete,
    SongNotFound,
    SongRefused,
    SongTooLarge,
)
from modules.songs.models import SongRow
from modules.songs.queries import as_song, song_id_of
from modules.songs.sniffing import sniff

if TYPE_CHECKING:
    from modules.media.contract import MediaStorage

MAX_SONG_BYTES = 1 << 30
MAX_UPLOAD_BYTES = 30 << 20


class SongLibrary:
    """The songs, their files and the artefacts cached beside them.

    Files lie in the media storage under ``songs/<content hash>/``: the song itself and, beside
    it, the cached artefacts: what it costs time to make from it (the analysis, the AAC track).
    """

    def __init__(self, storage: MediaStorage) -> None:
        self.storage = storage

    def add_file(self, path: Path, *, title: str | None = None, artist: str = "") -> Song:
        """Add a file of this machine to the catalogue that everybody shares.

        The same content twice gives the song that is there. The file is not decoded here: only
        the job does that, within its limits.

        Raises
        ------
        SongRefused
            If there is no such readable file, it is empty, or larger than 1 GiB.
        """
        _check_size(path)
        words = title or path.stem.replace("_", " ")
        suffix = _suffix_by_content(path) or path.suffix
        return self._add(path, suffix=suffix, title=words, artist=artist, owner_user_id=None)[0]

    def add_shared(self, path: Path, *, title: str, artist: str = "") -> tuple[Song, bool]:
        """Add a file of this machine to the shared catalogue; also tell whether it is new.

        Raises
        ------
        SongRefused
            As ``add_file``.
        NotAudio, SongIncomplete
            By the file's own bytes; nothing was stored then.
        """
        _check_size(path)
        with path.open("rb") as file:
            kind = sniff(file)
        return self._add(path, suffix=kind, title=title, artist=artist, owner_user_id=None)

    def upload(self, path: Path, *, user_id: int, title: str, artist: str) -> tuple[Song, bool]:
        """Add what a user sent, for this user alone; also tell whether it is new.

        The same user's same content again gives the song that is there, titled as it is; another
        user's gives a song of their own, over the same file. The file is stored before the row,
        whole or not at all.

        Raises
        ------
        NotAudio, SongIncomplete, SongTooLarge
            By the file's own bytes, whatever it is called; nothing was stored then.
        StorageUnavailable
            If the file cannot be stored; there is no row then.
        """
        if path.stat().st_size > MAX_UPLOAD_BYTES:
            limit = f"{MAX_UPLOAD_BYTES >> 20} MB"
            raise SongTooLarge(f"This file is larger than {limit}.")
        with path.open("rb") as file:
            kind = sniff(file)
        return self._add(path, suffix=kind, title=title, artist=artist, owner_user_id=user_id)

    def _add(
        self, path: Path, *, suffix: str, title: str, artist: str, owner_user_id: int | None
    ) -> tuple[Song, bool]:
        content_hash = content_hash_of(path)
        known = SongRow.objects.filter(content_hash=content_hash).order_by("added_at").first()
        key = known.media_key if known else _media_key(content_hash, "song", suffix)
        if not self.storage.exists(key):
            self.storage.put(key, path)
        row, is_new = SongRow.objects.get_or_create(
            content_hash=content_hash,
            owner_user_id=owner_user_id,
            defaults={
                "title": _printable(title)[:MAX_TITLE_LENGTH],
                "artist": _printable(artist)[:MAX_TITLE_LENGTH] if artist else "",
                "media_key": key,
                "size_bytes": path.stat().st_size,
                "tempo_bpm": known.tempo_bpm if known else None,
                "duration_s": known.duration_s if known else None,
            },
        )
        return as_song(row), is_new

    def record_analysis(self, content_hash: str, *, tempo_bpm: float, duration_s: float) -> None:
        """Record tempo and length in every song of this content; safe twice."""
        SongRow.objects.filter(content_hash=content_hash).update(
            tempo_bpm=round(tempo_bpm, 2), duration_s=round(duration_s, 3)
        )

    def is_analysed(self, content_hash: str) -> bool:
        """Whether every song of this content has its tempo and length."""
        unanalysed = SongRow.objects.filter(content_hash=content_hash, tempo_bpm=None)
        return not unanalysed.exists()

    def get_song(self, address: str) -> Song:
        """Return the song of an address like ``song:<id>``, whoever's it is: for jobs.

        Raises
        ------
        SongNotFound
            If there is none.
        """
        song_id = song_id_of(address)
        if song_id is None:
            raise SongNotFound(f"{address[:80]!r} names no song.")
        row = SongRow.objects.filter(id=song_id).first()
        if row is None:
            raise SongNotFound("This song is not in the library any more.")
        return as_song(row)

    def fetch(self, song: Song, folder: Path) -> Path:
        """Return the song's file; it is copied into ``folder`` where the storage is away."""
        return self._readable(song.media_key, folder / Path(song.media_key).name)

    def find_cached(self, content_hash: str, name: str, folder: Path) -> Path | None:
        """Return the cached artefact of that name, or None."""
        key = _media_key(content_hash, name)
        return self._readable(key, folder / name) if self.storage.exists(key) else None

    def keep_cached(self, content_hash: str, name: str, source: Path) -> None:
        """Keep an artefact made from the song beside it; safe twice."""
        self.storage.put(_media_key(content_hash, name), source)

    def _readable(self, key: str, target: Path) -> Path:
        in_place = self.storage.local_path(key)
        if in_place is not None:
            return in_place
        self.storage.fetch(key, target)
        return target


def _check_size(path: Path) -> None:
    if not path.is_file():
        what = "is not a file" if path.exists() else "does not exist"
        raise SongRefused(f"The song {path} {what}.")
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise SongRefused(f"The song {path} is empty.")
    if size_bytes > MAX_SONG_BYTES:
        raise SongRefused(f"The song {path} is larger than {MAX_SONG_BYTES >> 20} MiB.")


def _suffix_by_content(path: Path) -> str | None:
    """Return the suffix of the file's kind, if it is one that uploads may have."""
    try:
        with path.open("rb") as file:
            return sniff(file)
    except (NotAudio, SongIncomplete, OSError):
        return None


def content_hash_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal.

    Raises
    ------
    SongRefused
        If it cannot be read.
    """
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
