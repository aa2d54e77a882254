"""Receive request bodies without a thread, within a size, a time and what all may hold together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from config.problems import STATUS_OF_CODE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    type Receive = Callable[[], Awaitable[dict[str, Any]]]

IN_MEMORY_BYTES = 256 << 10
PATIENCE_S = 20.0
SLOWEST_BYTES_PER_S = 32 << 10


class RequestRefused(Exception):
    """A request that ends before it reaches a route, with what its problem says."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message

    @property
    def problem(self) -> tuple[int, str, str]:
        """Status, code and message."""
        return STATUS_OF_CODE[self.code], self.code, self.message


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


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """What one worker holds of bodies that have not arrived whole.

    What a client announces costs nothing; what it has sent does.

    Attributes
    ----------
    held_bytes : int
        Of all together.
    bodies : int
        How many.
    bodies_per_sender : int
        How many of one sender.
    """

    held_bytes: int
    bodies: int
    bodies_per_sender: int


@dataclass(slots=True, eq=False)
class IncomingBody:
    """A body on its way."""

    sender: str
    deadline: asyncio.Timeout
    received: int = 0
    is_cut: bool = False

    def cut(self) -> None:
        """End its time now."""
        self.is_cut = True
        self.deadline.reschedule(asyncio.get_running_loop().time())


@dataclass(slots=True)
class Intake:
    """Bodies being received; where there is no room, the greediest sender's oldest one is cut off.

    Whoever sends a body at once is not in the way of others, and others are not in theirs: who
    announces bodies and sends none has their own cut off first.
    """

    limits: IntakeLimits
    held_bytes: int = 0
    bodies: int = 0
    _incoming: dict[str, list[IncomingBody]] = field(default_factory=dict)

    async def read(
        self, receive: Receive, *, length: int, sender: str, patience_s: float
    ) -> IO[bytes]:
        """Return a body of this length, from its beginning.

        ``patience_s`` is what a client has for its first bytes; every ``SLOWEST_BYTES_PER_S`` it
        sends give it a second more.

        Raises
        ------
        RequestRefused
            If it is too slow, goes away, or is cut off for others; nothing is kept.
        """
        body: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        try:
            async with asyncio.timeout(patience_s) as deadline:
                with self._registered(IncomingBody(sender, deadline)) as incoming:
                    await self._fill(body, receive, incoming)
            if incoming.received != length:
                raise CUT_SHORT
        except BaseException as error:
            body.close()
            if isinstance(error, TimeoutError):
                raise TOO_SLOW from error
            raise
        body.seek(0)
        return body

    async def _fill(self, body: IO[bytes], receive: Receive, incoming: IncomingBody) -> None:
        ends_at = incoming.deadline.when() or 0.0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise CUT_SHORT
            piece = message.get("body", b"")
            body.write(piece)
            self._charge(incoming, len(piece))
            if not message.get("more_body", False):
                return
            if not incoming.is_cut:
                incoming.deadline.reschedule(ends_at + incoming.received / SLOWEST_BYTES_PER_S)

    @contextmanager
    def _registered(self, incoming: IncomingBody) -> Iterator[IncomingBody]:
        siblings = self._incoming.setdefault(incoming.sender, [])
        siblings.append(incoming)
        self.bodies += 1
        if len(siblings) > self.limits.bodies_per_sender:
            self._cut(siblings[0])
        elif self.bodies > self.limits.bodies:
            self._cut(max(self._incoming.values(), key=len)[0])
        try:
            yield incoming
        finally:
            self._forget(incoming)

    def _charge(self, incoming: IncomingBody, received: int) -> None:
        incoming.received += received
        if incoming.is_cut:
            return
        self.held_bytes += received
        if self.held_bytes > self.limits.held_bytes:
            self._cut(max(self._incoming.values(), key=_held_by)[0])

    def _cut(self, incoming: IncomingBody) -> None:
        self._forget(incoming)
        incoming.cut()

    def _forget(self, incoming: IncomingBody) -> None:
        if incoming.is_cut:
            return
        self.held_bytes -= incoming.received
        self.bodies -= 1
        siblings = self._incoming[incoming.sender]
        siblings.remove(incoming)
        if not siblings:
            del self._incoming[incoming.sender]


def _held_by(bodies: list[IncomingBody]) -> int:
    return sum(body.received for body in bodies)
