"""Answers that a client has already, and changes to what it has not seen (RFC 9110, 13.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from django.http import HttpResponse
from ninja import Header

from modules.web.errors import PreconditionFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
PRIVATE = "private, no-cache"

IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=1000,
        description="ETag of what the client has; if it is still that, the answer is 304.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="ETag of what the client has read; if it was changed since, the answer is 412.",
    ),
]


def conditional(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse | None:
    """Name the answer's version, and give the 304 to return if the client has that one.

    ``etag`` is complete, quotes included: ``"3"`` or ``W/"3"``.
    """
    response["ETag"] = etag
    response["Cache-Control"] = PRIVATE
    wanted = request.headers.get("If-None-Match")
    if wanted is None or not _is_listed(wanted, etag):
        return None
    unchanged = HttpResponse(status=304)
    unchanged["ETag"] = etag
    unchanged["Cache-Control"] = PRIVATE
    del unchanged["Content-Type"]
    return unchanged


def must_match(
    request: HttpRequest, etag: str, *, same: Callable[[str, str], bool] = str.__eq__
) -> None:
    """Raise ``PreconditionFailed`` unless ``If-Match`` is absent, ``*``, or names the version.

    ``same`` compares the opaque parts, without quotes; weak tags never match.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    own = _opaque(etag)
    listed = [tag for weak, tag in _TAG.findall(wanted) if not weak]
    if not any(same(tag, own) for tag in listed):
        raise PreconditionFailed("This was changed since you read it; please read it again.")


def _is_listed(header: str, etag: str) -> bool:
    """Whether an ``If-None-Match`` names the version, weakly compared."""
    if header.strip() == "*":
        return True
    return _opaque(etag) in [tag for _, tag in _TAG.findall(header)]


def _opaque(etag: str) -> str:
    found = _TAG.fullmatch(etag)
    if found is None:
        raise ValueError(f"{etag!r} is no entity tag")
    return found[2]
