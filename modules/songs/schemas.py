"""What the routes of songs take and give."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from modules.songs.contract import MAX_TITLE_LENGTH
from modules.songs.queries import SongOrdering, SongSearch
from modules.web.field_types import QueryFloat, SingleLine
from modules.web.pagination import Paging
from modules.web.schemas import Answer, Body

if TYPE_CHECKING:
    from modules.songs.contract import Song

_EXAMPLE: dict[str, Any] = {
    "id": "0b6f3c3e-6a55-4f0c-9d8a-1f1f6f1c2d3e",
    "title": "Luna de plata",
    "artist": "Los del patio",
    "tempo_bpm": 126.5,
    "duration_s": 214.2,
    "size_bytes": 5140232,
    "is_own": False,
    "audio_input": "song:0b6f3c3e-6a55-4f0c-9d8a-1f1f6f1c2d3e",
    "added_at": "2026-11-20T21:04:11Z",
}
Bpm = Annotated[QueryFloat, Field(ge=1, le=400)]


class SongQuery(Paging):
    """Which songs, and in which order."""

    search: Annotated[str, SingleLine(max_length=100)] = Field(
        default="", description="Stands anywhere in title or artist, in any case"
    )
    bpm_min: Bpm | None = Field(default=None, description="Slowest, in beats per minute")
    bpm_max: Bpm | None = Field(default=None, description="Fastest, in beats per minute")
    ordering: SongOrdering = Field(
        default="title", description="By which column; `-` for descending; unknown values last"
    )

    def to_search(self) -> SongSearch:
        """Return what to look for."""
        return SongSearch(
            text=self.search, bpm_min=self.bpm_min, bpm_max=self.bpm_max, ordering=self.ordering
        )


class SongForm(Body):
    """What an upload says about its file."""

    title: Annotated[str, SingleLine(min_length=1, max_length=MAX_TITLE_LENGTH)]
    artist: Annotated[str, SingleLine(max_length=MAX_TITLE_LENGTH)] = ""


class SongOut(Answer):
    """A song; tempo and length are null until a job has found them, seconds after an upload."""

    id: UUID
    title: str
    artist: str
    tempo_bpm: float | None = Field(description="Beats per minute")
    duration_s: float | None = Field(description="Seconds")
    size_bytes: int
    is_own: bool = Field(description="Uploaded by the caller, and seen by nobody else")
    audio_input: str = Field(description="What a choreography is asked for with")
    added_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    @classmethod
    def of(cls, song: Song, user_id: int) -> Self:
        """Return a song as its owner, or anybody else, sees it."""
        if song.added_at is None:
            raise ValueError(f"{song.address} was not read from the library")
        return cls(
            id=song.id,
            title=song.title,
            artist=song.artist,
            tempo_bpm=song.tempo_bpm,
            duration_s=song.duration_s,
            size_bytes=song.size_bytes,
            is_own=song.owner_user_id == user_id,
            audio_input=song.address,
            added_at=song.added_at,
        )


class SongAudio(Answer):
    """Where a song can be heard: an address for `<audio src>`, which needs no token."""

    url: str
    expires_at: datetime = Field(description="Until when the address works; then ask again")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "/api/media/songs/5f2b/song.mp3?expires=1795200000&signature=2jmj7l5r",
                    "expires_at": "2026-11-20T22:00:00Z",
                }
            ]
        }
    )
