"""Reading songs: those that everybody shares, and one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import F, OrderBy, Q, QuerySet
from django.db.models.functions import Lower

from modules.songs.contract import ADDRESS_SCHEME, Song, SongNotFound
from modules.songs.models import SongRow

SongOrdering = Literal[
    "title",
    "-title",
    "artist",
    "-artist",
    "tempo_bpm",
    "-tempo_bpm",
    "duration_s",
    "-duration_s",
    "added_at",
    "-added_at",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SongSearch:
    """What to look for; None does not matter.

    ``text`` stands anywhere in title or artist, in any case. Tempos are bounds, both included: a
    song whose tempo is not known yet is within none.
    """

    text: str = ""
    bpm_min: float | None = None
    bpm_max: float | None = None
    ordering: SongOrdering = "title"


def list_songs(
    wanted: SongSearch, *, user_id: int, limit: int, offset: int
) -> tuple[list[Song], int]:
    """Return one page of the songs a user may see, and how many there are in all.

    What is not known comes last in either direction; songs alike are in a fixed order.
    """
    found = _visible(user_id)
    if wanted.text:
        found = found.filter(Q(title__icontains=wanted.text) | Q(artist__icontains=wanted.text))
    if wanted.bpm_min is not None:
        found = found.filter(tempo_bpm__gte=wanted.bpm_min)
    if wanted.bpm_max is not None:
        found = found.filter(tempo_bpm__lte=wanted.bpm_max)
    rows = found.order_by(_order(wanted.ordering), Lower("title"), "id")[offset : offset + limit]
    return [as_song(row) for row in rows], found.count()


def get_song(song_id: UUID, *, user_id: int) -> Song:
    """Return one song that a user may see.

    Raises
    ------
    SongNotFound
        If there is none, or it is another user's.
    """
    row = _visible(user_id).filter(id=song_id).first()
    if row is None:
        raise SongNotFound("There is no such song.")
    return as_song(row)


def find_song(address: str, *, user_id: int) -> Song | None:
    """Return the song of an address like ``song:<id>``, if this user may see it."""
    song_id = song_id_of(address)
    row = None if song_id is None else _visible(user_id).filter(id=song_id).first()
    return None if row is None else as_song(row)


def is_waiting_for_analysis(song_id: UUID) -> bool:
    """Whether this song is there, and its tempo is not known yet."""
    return SongRow.objects.filter(id=song_id, tempo_bpm=None).exists()


def song_id_of(address: str) -> UUID | None:
    """Return the id in an address like ``song:<id>``, or None where there is none."""
    if not address.startswith(ADDRESS_SCHEME):
        return None
    try:
        return UUID(address.removeprefix(ADDRESS_SCHEME))
    except ValueError:
        return None


def as_song(row: SongRow) -> Song:
    """Return the row as a value."""
    return Song(
        id=row.id,
        title=row.title,
        artist=row.artist,
        content_hash=row.content_hash,
        media_key=row.media_key,
        size_bytes=row.size_bytes,
        owner_user_id=row.owner_user_id,
        tempo_bpm=row.tempo_bpm,
        duration_s=row.duration_s,
        added_at=row.added_at,
    )


def _order(ordering: SongOrdering) -> OrderBy:
    column = ordering.removeprefix("-")
    value = Lower(column) if column in ("title", "artist") else F(column)
    return OrderBy(value, descending=ordering.startswith("-"), nulls_last=True)


def _visible(user_id: int) -> QuerySet[SongRow]:
    return SongRow.objects.filter(Q(owner_user_id=None) | Q(owner_user_id=user_id))
