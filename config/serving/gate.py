"""Between the network and Django: who sends or reads slowly holds no thread.

The server (granian) parses HTTP outside of Python and calls the gate in an event loop. The gate
receives the whole body there, has one of a few threads answer, each with its own database
connection, and gives the answer back in the event loop, as fast as the client takes it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from config.serving.bodies import PATIENCE_S, Refused, declared_length, read_body
from config.serving.crew import Crew
from modules.web.schemas import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    type Scope = dict[str, Any]
    type Receive = Callable[[], Awaitable[dict[str, Any]]]
    type Send = Callable[[dict[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)

MAX_WAITING = 512
"""Requests of one worker waiting for a thread; more are refused at once."""
MAX_RECEIVING_BYTES = 256 << 20
"""Announced bytes of the bodies one worker receives at the same time."""
BUSY = Refused(503, "try_again", "We cannot answer this moment; please try again.")
OUR_FAULT = Refused(500, "internal_error", "Something went wrong on our side; it was noted.")


@dataclass(slots=True)
class Answer:
    """What Django answers; ``rest`` is there when it streams."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    rest: Iterator[bytes] | None = None
    close: Callable[[], None] | None = None


class Gate:
    """An ASGI application around a WSGI one.

    Parameters
    ----------
    application : callable
        The WSGI application.
    threads : int
        How many requests are worked on at once; as many database connections are kept.
    max_body_bytes : int
        A longer body is not read; the application sees its length and refuses it.
    patience_s : float
        What a client has for its body, see `config.serving.bodies.read_body`.
    """

    def __init__(
        self,
        application: Callable[..., Any],
        *,
        threads: int,
        max_body_bytes: int,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._application = application
        self._max_body_bytes = max_body_bytes
        self._patience_s = patience_s
        self._crew = Crew(threads)
        self._receiving_bytes = 0

    def dismiss(self) -> None:
        """Let what is being answered come to its end."""
        self._crew.dismiss()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        try:
            body, length = await self._receive(headers, receive)
        except Refused as refusal:
            await _refuse(send, refusal)
            return
        try:
            answer = await self._crew.do(self._answer, _environ(scope, headers, body, length))
        except Exception:  # a bug outside of Django's own handling: its outermost frame
            log.exception("A request was not answered")
            await _refuse(send, OUR_FAULT)
            return
        await self._give(receive, send, answer)

    async def _receive(self, headers: dict[bytes, str], receive: Receive) -> tuple[IO[bytes], int]:
        if self._crew.waiting >= MAX_WAITING:
            raise BUSY
        length = declared_length(headers)
        if length == 0 or length > self._max_body_bytes:
            return BytesIO(), length
        if self._receiving_bytes + length > MAX_RECEIVING_BYTES:
            raise BUSY
        self._receiving_bytes += length
        try:
            body = await read_body(receive, length=length, patience_s=self._patience_s)
        finally:
            self._receiving_bytes -= length
        return body, length

    def _answer(self, environ: dict[str, Any]) -> Answer:
        """Have the application answer; runs in a thread."""
        answer = Answer(500, [])

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            answer.status = int(status[:3])
            answer.headers = [(name.lower(), value) for name, value in headers]

        with environ["wsgi.input"]:
            response = self._application(environ, start_response)
        if getattr(response, "streaming", False):
            answer.rest, answer.close = iter(response), response.close
            return answer
        answer.body = b"".join(response)
        response.close()
        return answer

    async def _give(self, receive: Receive, send: Send, answer: Answer) -> None:
        head = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": head})
        if answer.rest is None:
            await send({"type": "http.response.body", "body": answer.body})
            return
        # granian 2.8 takes what is sent to a client that is gone without a word.
        gone = asyncio.ensure_future(_client_to_go(receive))
        try:
            while (chunk := await self._crew.do(next, answer.rest, None)) is not None:
                if gone.done():
                    return
                # Waits until the client has taken enough of what was sent before.
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            if answer.close is not None:
                await self._crew.do(answer.close)


async def _client_to_go(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _environ(
    scope: Scope, headers: dict[bytes, str], body: IO[bytes], length: int
) -> dict[str, Any]:
    """Describe the request as PEP 3333 does."""
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


async def _refuse(send: Send, refusal: Refused) -> None:
    """Give a problem that Django never hears of."""
    request_id = uuid4().hex
    problem = Problem(
        title=HTTPStatus(refusal.status).phrase,
        status=refusal.status,
        detail=refusal.message,
        code=refusal.code,
        message=refusal.message,
        request_id=request_id,
        errors=[],
    )
    body = problem.model_dump_json().encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode()),
        (b"connection", b"close"),
    ]
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"2"))
    log.info("refused with %d before it was a request", refusal.status)
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
