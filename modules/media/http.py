"""The route that shows media: whole, in parts, or only its headers."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date
from ninja import Query, Router

from modules.media.ranges import ByteRange, is_still, wanted_range
from modules.media.schemas import ANY_BYTES, CONTENT_TYPES, GET_EXTRA, HEAD_EXTRA, Key, Ticket
from modules.web.contract import Authenticators
from modules.web.errors import PreconditionFailed
from modules.web.schemas import problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modules.media.contract import MediaStorage, StoredObject
    from modules.media.links import HmacLinks

PARTIAL_CONTENT = 206


def build_router(*, storage: MediaStorage, links: HmacLinks, auth: Authenticators) -> Router:
    """Routes of the media module."""
    router = Router(tags=["media"])

    def shown(request: HttpRequest, key: str, ticket: Ticket) -> Any:
        left_s = links.check(
            key, expires=ticket.expires, signature=ticket.signature, filename=ticket.filename
        )
        opened = storage.open(key)
        try:
            headers = _headers(opened, key, name=ticket.filename, max_age_s=left_s)
            response = _answer(request, opened, headers)
        except BaseException:
            opened.close()
            raise
        return response

    @router.get(
        "/{path:key}",
        auth=auth.open,
        operation_id="getMedia",
        summary="Show a video, a picture or a sound",
        response={200: None, 206: None, 304: None, **problems(403, 404, 412, 416)},
        openapi_extra=GET_EXTRA,
    )
    def get_media(request: HttpRequest, key: Key, ticket: Query[Ticket]) -> Any:
        """Answer a signed link, as other answers give them; no token is needed.

        One `Range` of bytes is answered with that part (206), several with the whole. `If-Range`
        by ETag or date, `If-None-Match` and `If-Modified-Since` are understood. A link lives for
        30 to 60 minutes; afterwards, ask again for whatever held it.
        """
        return shown(request, key, ticket)

    @router.api_operation(
        ["HEAD"],
        "/{path:key}",
        auth=auth.open,
        operation_id="headMedia",
        summary="Describe a video, a picture or a sound",
        response={200: None, 304: None, **problems(403, 404, 412)},
        openapi_extra=HEAD_EXTRA,
    )
    def head_media(request: HttpRequest, key: Key, ticket: Query[Ticket]) -> Any:
        """Answer the headers of the whole object, and nothing of it."""
        return shown(request, key, ticket)

    return router


def _headers(opened: StoredObject, key: str, *, name: str, max_age_s: int) -> dict[str, str]:
    """Return what every answer about an object says."""
    own_name = PurePosixPath(key)
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={max_age_s}",
        "Content-Disposition": content_disposition_header(False, name or own_name.name) or "inline",
        # Signed, and played by pages of other sites: the configured origins', the old app's.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Type": CONTENT_TYPES.get(own_name.suffix.lower(), ANY_BYTES),
        "ETag": f'"{opened.version}"',
        "Last-Modified": http_date(opened.modified_s),
        "X-Content-Type-Options": "nosniff",
    }


def _answer(
    request: HttpRequest, opened: StoredObject, headers: dict[str, str]
) -> HttpResponseBase:
    """Answer with what the request's headers ask for of an open object."""
    early = _early(request, HttpResponse(headers=headers), opened)
    if early is not None:
        opened.close()
        return early
    if request.method == "HEAD":
        size_bytes = opened.size_bytes
        opened.close()
        return HttpResponse(headers=headers | {"Content-Length": str(size_bytes)})
    part = None
    if is_still(
        request.headers.get("If-Range"), etag=headers["ETag"], modified_s=opened.modified_s
    ):
        part = wanted_range(request.headers.get("Range"), size_bytes=opened.size_bytes)
    return _bytes(opened, part, headers)


def _early(
    request: HttpRequest, bare: HttpResponse, opened: StoredObject
) -> HttpResponseBase | None:
    """Return the 304 if the client has it, raise ``PreconditionFailed`` if it wants another."""
    answer = get_conditional_response(
        request, etag=bare["ETag"], last_modified=opened.modified_s, response=bare
    )
    if answer is None or answer is bare:
        return None
    if answer.status_code != 304:
        raise PreconditionFailed("This is not the version you asked for.")
    return answer


def _bytes(
    opened: StoredObject, part: ByteRange | None, headers: dict[str, str]
) -> HttpResponseBase:
    whole = ByteRange(0, opened.size_bytes - 1)
    sent = part or whole
    headers = headers | {"Content-Length": str(sent.size_bytes)}
    if part is not None:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{opened.size_bytes}"
    status = 200 if part is None else PARTIAL_CONTENT
    return StreamingHttpResponse(_Pieces(opened, sent), status=status, headers=headers)


class _Pieces:
    """What a server sends piece by piece, and closes, however the connection ends."""

    def __init__(self, opened: StoredObject, sent: ByteRange) -> None:
        self._opened = opened
        self._sent = sent

    def __iter__(self) -> Iterator[bytes]:
        return self._opened.read(self._sent.first, self._sent.last)

    def close(self) -> None:
        """Let go of the object; Django calls this with the response."""
        self._opened.close()
