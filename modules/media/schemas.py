"""What the media routes take, and how their answers are described."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path
from pydantic import Field

from modules.web.schemas import Filters

CONTENT_TYPES = {
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".png": "image/png",
    ".wav": "audio/wav",
    ".webm": "video/webm",
}
"""What browsers may take objects for; anything else is bytes to be saved."""

ANY_BYTES = "application/octet-stream"


class Ticket(Filters):
    """The rest of a signed link; its parts are copied, never made up."""

    expires: Annotated[str, Field(max_length=20)]
    signature: Annotated[str, Field(max_length=100)]
    filename: Annotated[str, Field(max_length=200)] = ""


Key = Annotated[
    str, Path(max_length=500, description="As the link names it, like moves/dips_1/5f2b.mp4")
]

_TEXT = {"schema": {"type": "string"}}
_HEADERS = {
    "Accept-Ranges": {"description": "`bytes`", **_TEXT},
    "Content-Length": {"description": "Bytes that follow", "schema": {"type": "integer"}},
    "ETag": {"description": "The object's version", **_TEXT},
    "Last-Modified": {"description": "When it was stored", **_TEXT},
}
_CONTENT = {
    kind: {"schema": {"type": "string", "contentMediaType": kind}}
    for kind in sorted({*CONTENT_TYPES.values(), ANY_BYTES} - {"application/json"})
} | {"application/json": {"schema": {"type": "object", "examples": [{"version": 1}]}}}
_RANGE_HEADERS = {
    "Content-Range": {"description": "Which bytes, of how many", **_TEXT},
}
GET_EXTRA: dict[str, Any] = {
    "responses": {
        200: {"headers": _HEADERS, "content": _CONTENT},
        206: {"headers": _HEADERS | _RANGE_HEADERS, "content": _CONTENT},
        416: {"headers": {"Content-Range": {"description": "`bytes */<size>`", **_TEXT}}},
    },
}
HEAD_EXTRA: dict[str, Any] = {"responses": {200: {"headers": _HEADERS}}}
