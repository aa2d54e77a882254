"""From ASGI to WSGI: who sends or reads slowly holds no thread.

The server (granian) parses HTTP outside of Python and calls the bridge in an event loop. The bridge
receives the whole body there, has one of a few threads answer, each with its own database
connection, and gives the answer back in the event loop, as fast as the client takes it.

A small body is received from anybody. A larger one, which only a form with a file can be, is
received from who shows a good token; what else is announced is not read, and the application
answers on seeing its length.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from config.problems import STATUS_OF_CODE
from config.serving.bodies import (
    PATIENCE_S,
    Intake,
    IntakeLimits,
    RequestRefused,
    declared_length,
)
from config.serving.sockets import READER_PATIENCE_S
from config.serving.worker_threads import WorkerThreads
from modules.web.middleware import API_POLICY, REFUSAL
from modules.web.problems import PROBLEM
from modules.web.schemas import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

    type Scope = dict[str, Any]
    type Receive = Callable[[], Awaitable[dict[str, Any]]]
    type Send = Callable[[dict[str, Any]], Awaitable[None]]
    type FindUploader = Callable[[str], str | None]
    """Return who shows an ``Authorization`` header; None if it is nobody."""
    type FindSender = Callable[[str, str], str]
    """Return whom a connection's address and ``X-Forwarded-For`` stand for."""

log = logging.getLogger(__name__)

MAX_WAITING = 512
"""Requests of one worker waiting for a thread; more are refused at once."""
SMALL_BODIES = IntakeLimits(held_bytes=64 << 20, bodies=2048, bodies_per_sender=64)
UPLOADS = IntakeLimits(held_bytes=256 << 20, bodies=256, bodies_per_sender=8)
FORM = "multipart/form-data"
LINGER_S = 3.0
"""How long what nobody reads may still arrive: a client that only sends sees no answer."""
BUSY = RequestRefused("try_again", "We cannot answer this moment; please try again.")
MAX_HEAD_BYTES = 32 << 10
HEAD_TOO_LARGE = RequestRefused("head_too_large", "The address and the headers are too long.")
NOT_ONE_HOST = RequestRefused("malformed_request", "Please say which host is meant, once.")
OUR_FAULT = RequestRefused("internal_error", "Something went wrong on our side; it was noted.")


@dataclass(slots=True)
class WsgiResponse:
    """What Django answers; ``rest`` is there when it streams."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    rest: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None


class WsgiBridge:
    """An ASGI application around a WSGI one.

    Parameters
    ----------
    application : callable
        The WSGI application.
    threads : int
        How many requests are worked on at once; as many database connections are kept.
    max_body_bytes, max_small_bytes : int
        A longer body is not read; the application sees its length and refuses it.
    find_uploader : callable
        Who may send a body of more than ``max_small_bytes``; runs in a thread.
    find_sender : callable
        Among whom small bodies are shared out.
    patience_s : float
        What a client has for its body, see `config.serving.bodies.Intake.read`.
    reader_patience_s : float
        What a client has to take the next piece of a stream.
    """

    def __init__(
        self,
        application: Callable[..., Any],
        *,
        threads: int,
        max_body_bytes: int,
        max_small_bytes: int,
        find_uploader: FindUploader,
        find_sender: FindSender,
        patience_s: float = PATIENCE_S,
        reader_patience_s: float = READER_PATIENCE_S,
    ) -> None:
        self._application = application
        self._max_body_bytes = max_body_bytes
        self._max_small_bytes = max_small_bytes
        self._find_uploader, self._find_sender = find_uploader, find_sender
        self._patience_s, self._reader_patience_s = patience_s, reader_patience_s
        self._workers, self._refusing = WorkerThreads(threads), WorkerThreads(1)
        self._small_bodies, self._uploads = Intake(SMALL_BODIES), Intake(UPLOADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = _joined(scope["headers"])
        try:
            _check_head(scope)
            body, length = await self._receive(scope, headers, receive)
        except RequestRefused as refusal:
            await self._refuse(scope, headers, send, refusal)
            return
        try:
            environ = _environ(scope, headers, body or BytesIO(), length)
            response = await self._workers.run(self._call_application, environ)
        except Exception:  # a bug outside of Django's own handling: its outermost frame
            log.exception("A request was not answered")
            await _send_bare(send, OUR_FAULT)
            return
        if body is None and length:
            await _send_to_a_sender(receive, send, response)
        else:
            await self._send_response(receive, send, response)

    async def _refuse(
        self, scope: Scope, headers: dict[bytes, str], send: Send, refusal: RequestRefused
    ) -> None:
        """Have the application say no: it knows the form and the headers of every answer.

        A thread of its own does that, so that refusing waits for nobody; it needs no database.
        """
        if self._refusing.queued >= MAX_WAITING:
            await _send_bare(send, refusal)
            return
        try:
            environ = _environ(scope, headers, BytesIO(), 0) | {REFUSAL: refusal.problem}
            response = await self._refusing.run(self._call_application, environ)
        except Exception:
            log.exception("A request was not refused")
            await _send_bare(send, refusal)
            return
        head = [*_encoded(response.headers, but="connection"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": response.status, "headers": head})
        await send({"type": "http.response.body", "body": response.body})

    async def _receive(
        self, scope: Scope, headers: dict[bytes, str], receive: Receive
    ) -> tuple[IO[bytes] | None, int]:
        """Return the body and its length; None for one that is not read."""
        if self._workers.queued >= MAX_WAITING:
            raise BUSY
        length = declared_length(headers)
        if length == 0 or length > self._max_body_bytes:
            return None, length
        if length <= self._max_small_bytes:
            direct = (scope.get("client") or ("",))[0]
            forwarded = headers.get(b"x-forwarded-for", "")
            intake, sender = self._small_bodies, self._find_sender(direct, forwarded)
        elif uploader := await self._uploader(headers):
            intake, sender = self._uploads, uploader
        else:
            return None, length
        return await intake.read(
            receive, length=length, sender=sender, patience_s=self._patience_s
        ), length

    async def _uploader(self, headers: dict[bytes, str]) -> str | None:
        """Return who may send a large body; only forms with files are large."""
        if not headers.get(b"content-type", "").lower().startswith(FORM):
            return None
        try:
            return await self._workers.run(self._find_uploader, headers.get(b"authorization", ""))
        except Exception as error:
            log.warning("An upload's token was not looked at: %s", error)
            raise BUSY from error

    def _call_application(self, environ: dict[str, Any]) -> WsgiResponse:
        """Return what the application answers; runs in a thread."""
        response = WsgiResponse(500, [])

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            response.status = int(status[:3])
            response.headers = [(name.lower(), value) for name, value in headers]

        with environ["wsgi.input"]:
            chunks = self._application(environ, start_response)
        if getattr(chunks, "streaming", False):
            response.rest, response.close = iter(chunks), chunks.close
            return response
        response.body = b"".join(chunks)
        chunks.close()
        return response

    async def _send_response(self, receive: Receive, send: Send, response: WsgiResponse) -> None:
        head = _encoded(response.headers)
        await send({"type": "http.response.start", "status": response.status, "headers": head})
        if response.rest is None:
            await send({"type": "http.response.body", "body": response.body})
            return
        # granian 2.8 takes what is sent to a client that is gone without a word.
        gone = asyncio.ensure_future(_client_to_go(receive))
        try:
            while (chunk := await self._workers.run(next, response.rest, None)) is not None:
                if gone.done():
                    return
                # Waits until the client has taken enough of what was sent before.
                async with asyncio.timeout(self._reader_patience_s):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.info("cut off a reader who took nothing")  # what is not ended is hung up on
        finally:
            gone.cancel()
            if response.close is not None:
                await self._workers.run(response.close)


async def _send_to_a_sender(receive: Receive, send: Send, response: WsgiResponse) -> None:
    """Answer somebody whose body is not read: what they still send for a moment is dropped.

    Were the connection closed at once, a client in the middle of sending would see no answer.
    """
    body = response.body if response.rest is None else b"".join(response.rest)
    if response.close is not None:
        response.close()
    length = (b"content-length", str(len(body)).encode())
    head = [*_encoded(response.headers, but="content-length"), length, (b"connection", b"close")]
    await send({"type": "http.response.start", "status": response.status, "headers": head})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while (message := await receive())["type"] == "http.request":
                if not message.get("more_body", False):
                    break
    await send({"type": "http.response.body", "body": b""})


async def _client_to_go(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """Return headers by name; what stands in several lines is one list (RFC 9110, 5.3)."""
    joined: dict[bytes, str] = {}
    for name, value in headers:
        text = value.decode("latin-1")
        joined[name] = f"{joined[name]}, {text}" if name in joined else text
    return joined


def _check_head(scope: Scope) -> None:
    """Refuse a head that is too long, or does not say once which site is meant."""
    size = len(scope["path"]) + len(scope["query_string"])
    size += sum(len(name) + len(value) for name, value in scope["headers"])
    if size > MAX_HEAD_BYTES:
        raise HEAD_TOO_LARGE
    if sum(name == b"host" for name, _ in scope["headers"]) != 1:
        raise NOT_ONE_HOST


def _encoded(headers: list[tuple[str, str]], *, but: str = "") -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers if name != but
    ]


def _environ(
    scope: Scope, headers: dict[bytes, str], body: IO[bytes], length: int
) -> dict[str, Any]:
    """Return the request as PEP 3333 describes it."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        if b"_" not in name:  # `X_Request_ID` would pass for `X-Request-ID`
            environ["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(length)
    return environ


async def _send_bare(send: Send, refusal: RequestRefused) -> None:
    """Send a problem that the application has no part in: it is broken, or has no time."""
    status = STATUS_OF_CODE[refusal.code]
    request_id = uuid4().hex
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=refusal.message,
        code=refusal.code,
        message=refusal.message,
        request_id=request_id,
        errors=[],
    )
    headers = {
        "content-type": PROBLEM,
        "cache-control": "no-store",
        "content-security-policy": API_POLICY,
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-request-id": request_id,
        "retry-after": "2",
        "connection": "close",
    }
    log.info("refused with %d before it was a request", status)
    head = _encoded(list(headers.items()))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": problem.model_dump_json().encode()})
