"""What can be done with songs: add one by its file, find it, read it."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction

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
    from collections.abc import Callable

    from modules.media.contract import MediaStorage

MAX_SONG_BYTES = 1 << 30
MAX_UPLOAD_BYTES = 30 << 20


class SongLibrary:
    """The songs, their files and the artefacts cached beside them.

    Every song has a folder of its own in the media storage, with the file itself and the cached
    artefacts: what it costs time to make from it (the analysis, the AAC track). Equal uploads of
    two users share nothing, so that neither learns of the other.

    Parameters
    ----------
    order_analysis : callable
        Has a new upload analysed, from within the transaction that stores it.
    """

    def __init__(
        self, storage: MediaStorage, *, order_analysis: Callable[[UUID], None] = lambda _: None
    ) -> None:
        self.storage = storage
        self._order_analysis = order_analysis

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
        return self._store_shared(path, suffix=suffix, title=words, artist=artist)[0]

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
        return self._store_shared(path, suffix=kind, title=title, artist=artist)

    def upload(self, path: Path, *, user_id: int, title: str, artist: str) -> tuple[Song, bool]:
        """Add what a user sent, for this user alone; also tell whether it is new.

        The same user's same content again gives the song that is there, titled as it is; another
        user's gives a song of their own, with a file of its own. A new one is analysed by a job.
        The file is stored before the row, whole or not at all.

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
        content_hash = content_hash_of(path)
        known = _find_row(content_hash, owner_user_id=user_id)
        if known is not None:
            if not self.storage.exists(known.media_key):
                self.storage.put(known.media_key, path)
            return as_song(known), False
        return self._store_upload(
            path, kind=kind, content_hash=content_hash, user_id=user_id, title=title, artist=artist
        )

    def _store_shared(
        self, path: Path, *, suffix: str, title: str, artist: str
    ) -> tuple[Song, bool]:
        content_hash = content_hash_of(path)
        known = _find_row(content_hash, owner_user_id=None)
        key = known.media_key if known else _media_key(content_hash, "song", suffix)
        if not self.storage.exists(key):
            self.storage.put(key, path)
        row, is_new = SongRow.objects.get_or_create(
            content_hash=content_hash,
            owner_user_id=None,
            defaults=_facts(path, key=key, title=title, artist=artist),
        )
        return as_song(row), is_new

    def _store_upload(
        self, path: Path, *, kind: str, content_hash: str, user_id: int, title: str, artist: str
    ) -> tuple[Song, bool]:
        song_id = uuid4()
        key = _media_key(str(song_id), "song", kind)
        self.storage.put(key, path)
        is_kept = False
        try:
            with transaction.atomic():
                row, is_new = SongRow.objects.get_or_create(
                    content_hash=content_hash,
                    owner_user_id=user_id,
                    defaults={"id": song_id} | _facts(path, key=key, title=title, artist=artist),
                )
                if is_new:
                    self._order_analysis(song_id)
            is_kept = is_new
        finally:
            if not is_kept:  # the same upload came twice at once, or the database refused
                self.storage.delete(key)
        return as_song(row), is_new

    def record_analysis(self, media_key: str, *, tempo_bpm: float, duration_s: float) -> None:
        """Record tempo and length of the song whose file this is; safe twice."""
        SongRow.objects.filter(media_key=media_key).update(
            tempo_bpm=round(tempo_bpm, 2), duration_s=round(duration_s, 3)
        )

    def is_analysed(self, media_key: str) -> bool:
        """Whether the song whose file this is has its tempo and length."""
        return not SongRow.objects.filter(media_key=media_key, tempo_bpm=None).exists()

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

    def find_cached(self, media_key: str, name: str, folder: Path) -> Path | None:
        """Return the cached artefact of that name of the song whose file this is, or None."""
        key = _beside(media_key, name)
        return self._readable(key, folder / name) if self.storage.exists(key) else None

    def keep_cached(self, media_key: str, name: str, source: Path) -> None:
        """Keep an artefact made from the song beside its file; safe twice."""
        self.storage.put(_beside(media_key, name), source)

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


def media_key_of_content(content_hash: str) -> str:
    """Return where a file would lie that everybody shares; what is made of it lies beside it."""
    return _media_key(content_hash, "song", "")


def _find_row(content_hash: str, *, owner_user_id: int | None) -> SongRow | None:
    return SongRow.objects.filter(content_hash=content_hash, owner_user_id=owner_user_id).first()


def _facts(path: Path, *, key: str, title: str, artist: str) -> dict[str, Any]:
    return {
        "title": _printable(title)[:MAX_TITLE_LENGTH],
        "artist": _printable(artist)[:MAX_TITLE_LENGTH] if artist else "",
        "media_key": key,
        "size_bytes": path.stat().st_size,
    }


def _media_key(folder: str, name: str, suffix: str) -> str:
    harmless = suffix.lower() if suffix[1:].isalnum() and suffix.isascii() else ""
    return f"songs/{folder}/{name}{harmless}"


def _beside(media_key: str, name: str) -> str:
    return str(PurePosixPath(media_key).with_name(name))


def _printable(text: str) -> str:
    """Keep what PostgreSQL and a page can hold: no NUL, no lone surrogates, no control signs."""
    return "".join(sign for sign in text if sign.isprintable()).strip() or "Untitled"
