"""Receive request bodies without a thread, within a size and a time."""

from __future__ import annotations

import asyncio
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    type Receive = Callable[[], Awaitable[dict[str, Any]]]

IN_MEMORY_BYTES = 256 << 10
PATIENCE_S = 20.0
SLOWEST_BYTES_PER_S = 32 << 10


class RequestRefused(Exception):
    """A request that ends before it reaches Django, with what its problem says."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


NO_LENGTH = RequestRefused("length_required", "Please say how long the body is, in Content-Length.")
TOO_SLOW = RequestRefused("too_slow", "The request took too long to arrive.")
CUT_SHORT = RequestRefused("malformed_request", "The request's body ended early.")


def declared_length(headers: Mapping[bytes, str]) -> int:
    """Return the bytes announced; 0 without a body.

    Raises
    ------
    RequestRefused
        For a body in chunks: no client of ours sends one, and a cut one must not pass for whole.
    """
    if b"transfer-encoding" in headers:
        raise NO_LENGTH
    return int(headers.get(b"content-length") or 0)


async def read_body(receive: Receive, *, length: int, patience_s: float) -> IO[bytes]:
    """Return a body of this length, from its beginning.

    ``patience_s`` is what a client has for its first bytes; every ``SLOWEST_BYTES_PER_S`` it sends
    give it a second more.

    Raises
    ------
    RequestRefused
        If it is too slow, or goes away; nothing is kept.
    """
    body: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
    try:
        async with asyncio.timeout(patience_s) as deadline:
            received = await _fill(body, receive, deadline)
        if received != length:
            raise CUT_SHORT
    except BaseException as error:
        body.close()
        if isinstance(error, TimeoutError):
            raise TOO_SLOW from error
        raise
    body.seek(0)
    return body


async def _fill(body: IO[bytes], receive: Receive, deadline: asyncio.Timeout) -> int:
    ends_at, received = deadline.when() or 0.0, 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise CUT_SHORT
        received += body.write(message.get("body", b""))
        if not message.get("more_body", False):
            return received
        deadline.reschedule(ends_at + received / SLOWEST_BYTES_PER_S)
