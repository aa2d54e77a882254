"""Routes of the song library."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import ConfigDict, Field

from modules.songs.application import MAX_TITLE_LENGTH
from modules.songs.queries import SongOrdering, SongSearch, get_song, list_songs
from modules.web.contract import Authenticators
from modules.web.errors import UnknownParameter
from modules.web.field_types import Id, QueryFloat, SingleLine
from modules.web.pagination import Page, Paging, page_of
from modules.web.request_context import caller_of
from modules.web.schemas import Answer, Body, problems

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from modules.media.contract import SignedLinks
    from modules.songs.application import SongLibrary
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
_KINDS = "audio/mpeg, audio/mp4, audio/aac, audio/ogg, audio/flac, audio/wav"
_UPLOAD_EXTRA: dict[str, Any] = {
    "requestBody": {
        "content": {"multipart/form-data": {"encoding": {"file": {"contentType": _KINDS}}}}
    }
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
        """Give what to look for."""
        return SongSearch(
            text=self.search, bpm_min=self.bpm_min, bpm_max=self.bpm_max, ordering=self.ordering
        )


class SongForm(Body):
    """What an upload says about its file."""

    title: Annotated[str, SingleLine(min_length=1, max_length=MAX_TITLE_LENGTH)]
    artist: Annotated[str, SingleLine(max_length=MAX_TITLE_LENGTH)] = ""


class SongOut(Answer):
    """A song; tempo and length are null until a choreography was made to it."""

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


def build_router(*, library: SongLibrary, links: SignedLinks, auth: Authenticators) -> Router:
    """Routes of the songs module."""
    router = Router(tags=["songs"])
    _add_reads(router, links, auth)

    @router.post(
        "",
        response={200: SongOut, 201: SongOut},
        auth=auth.user,
        operation_id="uploadSong",
        summary="Upload a song",
        openapi_extra=_UPLOAD_EXTRA,
    )
    def upload_song(
        request: HttpRequest,
        response: HttpResponse,
        form: Form[SongForm],
        file: File[UploadedFile],
    ) -> Any:
        """Add an MP3, M4A, AAC, Ogg, FLAC or WAV file of at most 30 MB, for the caller alone.

        The kind of file is told by its bytes, not by its name (415), and one that is empty or
        breaks off in its header is refused (422). It is decoded later, by the first choreography
        made to it. The same file again gives the song that is there (200).
        """
        _refuse_more(request)
        user_id = caller_of(request).user_id
        # FILE_UPLOAD_HANDLERS makes every upload a file.
        path = Path(cast("TemporaryUploadedFile", file).temporary_file_path())
        song, is_new = library.upload(path, user_id=user_id, title=form.title, artist=form.artist)
        response["Location"] = f"/api/songs/{song.id}"
        return Status(201 if is_new else 200, _shown(song, user_id))

    return router


def _add_reads(router: Router, links: SignedLinks, auth: Authenticators) -> None:
    @router.get(
        "",
        response=Page[SongOut],
        auth=auth.user,
        operation_id="listSongs",
        summary="List songs",
    )
    def browse(request: HttpRequest, query: Query[SongQuery]) -> Page[SongOut]:
        """List the songs everybody shares and the caller's own, a page at a time."""
        user_id = caller_of(request).user_id
        songs, count = list_songs(
            query.to_search(), user_id=user_id, limit=query.limit, offset=query.offset
        )
        shown = [_shown(song, user_id) for song in songs]
        return page_of(request, query, count=count, results=shown, of=SongOut)

    @router.get(
        "/{song_id}",
        response={200: SongOut, **problems(404)},
        auth=auth.user,
        operation_id="getSong",
        summary="Show a song",
    )
    def read(request: HttpRequest, song_id: Id) -> SongOut:
        """Show one song; another user's upload is not found."""
        user_id = caller_of(request).user_id
        return _shown(get_song(song_id, user_id=user_id), user_id)

    @router.get(
        "/{song_id}/audio",
        response={200: SongAudio, **problems(404)},
        auth=auth.user,
        operation_id="getSongAudio",
        summary="Hear a song",
    )
    def hear(request: HttpRequest, song_id: Id) -> SongAudio:
        """Give a signed address of the song's file, which players open without a token.

        An answer instead of a redirect: what fetches with a token would follow a redirect and
        load the whole file.
        """
        song = get_song(song_id, user_id=caller_of(request).user_id)
        lent = links.lend(song.media_key, filename=_filename(song))
        return SongAudio(url=lent.address, expires_at=lent.expires_at)


def _refuse_more(request: HttpRequest) -> None:
    """Refuse fields and files the form does not have, or has twice."""
    for given, known in ((request.POST, SongForm.model_fields.keys()), (request.FILES, {"file"})):
        for name, values in given.lists():
            if name not in known:
                raise UnknownParameter("This form has no such field.", name=name[:100])
            if len(values) > 1:
                raise UnknownParameter("This field stands in the form twice.", name=name)


def _shown(song: Song, user_id: int) -> SongOut:
    if song.added_at is None:
        raise ValueError(f"{song.address} was not read from the library")
    return SongOut(
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


def _filename(song: Song) -> str:
    words = " - ".join(text for text in (song.artist, song.title) if text)[:120]
    return f"{words}{PurePosixPath(song.media_key).suffix}"
