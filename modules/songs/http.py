"""Routes of the song library."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from ninja.responses import Status

from modules.songs.queries import get_song, list_songs
from modules.songs.schemas import SongAudio, SongForm, SongOut, SongQuery
from modules.web.contract import Authenticators
from modules.web.errors import UnknownParameter
from modules.web.field_types import Id
from modules.web.pagination import Page, page_of
from modules.web.request_context import caller_of
from modules.web.schemas import problems

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from modules.media.contract import SignedLinks
    from modules.songs.application import SongLibrary
    from modules.songs.contract import Song

_KINDS = "audio/mpeg, audio/mp4, audio/aac, audio/ogg, audio/flac, audio/wav"
_UPLOAD_EXTRA: dict[str, Any] = {
    "requestBody": {
        "content": {"multipart/form-data": {"encoding": {"file": {"contentType": _KINDS}}}}
    }
}


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
        breaks off in its header is refused (422). Its tempo and length are found right away, by a
        job, and are there some seconds later. The same file again gives the song that is there
        (200).
        """
        _refuse_more(request)
        user_id = caller_of(request).user_id
        # FILE_UPLOAD_HANDLERS makes every upload a file.
        path = Path(cast("TemporaryUploadedFile", file).temporary_file_path())
        song, is_new = library.upload(path, user_id=user_id, title=form.title, artist=form.artist)
        response["Location"] = f"/api/songs/{song.id}"
        return Status(201 if is_new else 200, SongOut.of(song, user_id))

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
        shown = [SongOut.of(song, user_id) for song in songs]
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
        return SongOut.of(get_song(song_id, user_id=user_id), user_id)

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


def _filename(song: Song) -> str:
    words = " - ".join(text for text in (song.artist, song.title) if text)[:120]
    return f"{words}{PurePosixPath(song.media_key).suffix}"
