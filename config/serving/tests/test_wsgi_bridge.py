"""The bridge, between a made-up network and a made-up application."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import IO, Any, Literal

import pytest

from config.serving.bodies import Intake, IntakeLimits, RequestRefused
from config.serving.wsgi_bridge import WsgiBridge
from modules.web.middleware import REFUSAL

DEADLINE_S = 10
UPLOADER = {"authorization": "Bearer ana", "content-type": "multipart/form-data; boundary=x"}


def a_scope(**given: Any) -> dict[str, Any]:
    """A request's head as ASGI gives it."""
    given_headers = {"host": "localhost"} | given.pop("headers", {})
    headers = [(name.encode(), value.encode()) for name, value in given_headers.items()]
    return {
        "type": "http",
        "method": "GET",
        "path": "/api/health",
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("10.0.0.7", 4242),
        "headers": headers,
    } | given


class MemoryNetwork:
    """Gives a body piece by piece and keeps the answer.

    ``ends`` is what comes after the pieces: the rest, nothing, or the news that the client went.
    ``pace`` is awaited before each piece of a stream is taken.
    """

    def __init__(
        self,
        *pieces: bytes,
        ends: Literal["whole", "never", "gone"] = "whole",
        pace: Callable[[], Any] | None = None,
    ) -> None:
        self._pieces, self._ends, self._pace = list(pieces), ends, pace
        self.status, self.sent = 0, list[bytes]()
        self.headers: dict[str, str] = {}

    async def receive(self) -> dict[str, Any]:
        """Return the next piece."""
        if self._pieces:
            piece = self._pieces.pop(0)
            more = bool(self._pieces) or self._ends != "whole"
            return {"type": "http.request", "body": piece, "more_body": more}
        if self._ends == "never":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        if self._pace is not None:
            await self._pace()
        if message["body"]:
            self.sent.append(message["body"])

    @property
    def pieces_left(self) -> int:
        """How much of the body was not taken."""
        return len(self._pieces)

    @property
    def body(self) -> bytes:
        """What was answered."""
        return b"".join(self.sent)


class Plain(list[bytes]):
    """A response that is there at once."""

    def close(self) -> None:
        """Nothing is open."""


class Echo:
    """Answers with the request's body; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Plain:
        """Answer."""
        if REFUSAL in environ:
            status, code, _ = environ[REFUSAL]
            start_response(f"{status} No", [("X-Code", code)])
            return Plain([])
        self.asked.append(environ)
        start_response("200 OK", [("X-Length", environ["CONTENT_LENGTH"])])
        return Plain([environ["wsgi.input"].read()])


@pytest.fixture
def echo() -> Echo:
    return Echo()


def a_bridge(
    application: Any, *, patience_s: float = 5.0, reader_patience_s: float = 5.0
) -> WsgiBridge:
    """A bridge that takes a hundred bytes from anybody, and a thousand from Ana."""
    return WsgiBridge(
        application,
        threads=1,
        max_body_bytes=1000,
        max_small_bytes=100,
        find_uploader=lambda told: "user:1" if told == "Bearer ana" else None,
        find_sender=lambda direct, forwarded: forwarded or direct,
        patience_s=patience_s,
        reader_patience_s=reader_patience_s,
    )


def served(
    application: Any, network: MemoryNetwork, patience_s: float = 5.0, **head: Any
) -> MemoryNetwork:
    """Have one request served to its end."""
    bridge = a_bridge(application, patience_s=patience_s)

    async def serve() -> None:
        await asyncio.wait_for(bridge(a_scope(**head), network.receive, network.send), DEADLINE_S)

    asyncio.run(serve())
    return network


def test_a_declared_body_arrives_whole(echo: Echo) -> None:
    answer = served(
        echo, MemoryNetwork(b"ab", b"c"), method="POST", headers={"content-length": "3"}
    )
    assert (answer.status, answer.body, answer.headers["x-length"]) == (200, b"abc", "3")


def test_a_body_of_unknown_length_is_refused_unread(echo: Echo) -> None:
    endless = MemoryNetwork(b"a", ends="never")
    answer = served(echo, endless, method="POST", headers={"transfer-encoding": "chunked"})
    assert answer.status == 411
    assert echo.asked == []


def test_a_declared_length_over_the_limit_is_told_and_not_read(echo: Echo) -> None:
    unread = MemoryNetwork(b"x" * 1001)
    answer = served(echo, unread, method="POST", headers=UPLOADER | {"content-length": "1001"})
    assert (answer.body, answer.headers["x-length"]) == (b"", "1001")


def test_a_body_that_does_not_come_is_refused_unseen(echo: Echo) -> None:
    slow = MemoryNetwork(b"x", ends="never")
    answer = served(echo, slow, 0.05, method="POST", headers={"content-length": "10"})
    assert answer.status == 408
    assert (answer.headers["x-code"], answer.headers["connection"]) == ("too_slow", "close")
    assert echo.asked == []


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ({"headers": [(b"host", b"localhost"), (b"host", b"localhost")]}, 400),
        ({"headers": []}, 400),
        ({"headers": [(b"host", b"localhost"), (b"x-long", b"x" * (33 << 10))]}, 431),
        ({"path": "/" + "x" * (33 << 10)}, 431),
    ],
    ids=["two hosts", "no host", "long header", "long address"],
)
def test_a_head_that_cannot_be_meant_is_refused_unseen(
    echo: Echo, head: dict[str, Any], status: int
) -> None:
    network, scope = MemoryNetwork(), a_scope() | head
    asyncio.run(asyncio.wait_for(a_bridge(echo)(scope, network.receive, network.send), DEADLINE_S))
    assert network.status == status
    assert echo.asked == []


def test_headers_of_several_lines_are_one_list(echo: Echo) -> None:
    lines = [(b"host", b"a"), (b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"2.2.2.2")]
    network, scope = MemoryNetwork(), a_scope() | {"headers": lines}
    asyncio.run(asyncio.wait_for(a_bridge(echo)(scope, network.receive, network.send), DEADLINE_S))
    assert echo.asked[0]["HTTP_X_FORWARDED_FOR"] == "1.1.1.1, 2.2.2.2"


@pytest.mark.parametrize("ends", ["whole", "gone"])
def test_a_body_shorter_than_declared_is_refused_unseen(
    echo: Echo, ends: Literal["whole", "gone"]
) -> None:
    cut = MemoryNetwork(b"x", ends=ends)
    answer = served(echo, cut, method="POST", headers={"content-length": "10"})
    assert answer.status == 400
    assert echo.asked == []


def pieces(piece: bytes, *, n: int, every_s: float) -> Callable[[], Any]:
    """A client that sends ``n`` pieces at a steady pace."""
    left = n

    async def receive() -> dict[str, Any]:
        nonlocal left
        await asyncio.sleep(every_s)
        left -= 1
        return {"type": "http.request", "body": piece, "more_body": left > 0}

    return receive


async def received(sending: Callable[[], Any], *, length: int) -> IO[bytes]:
    """Receive a body with little patience."""
    intake = Intake(IntakeLimits(held_bytes=1 << 20, bodies=1, bodies_per_sender=1))
    return await intake.read(sending, length=length, sender="a", patience_s=0.08)


def test_who_sends_at_a_decent_pace_is_given_time() -> None:
    sending = pieces(b"x" * (32 << 10), n=4, every_s=0.03)
    with asyncio.run(received(sending, length=128 << 10)) as body:
        assert len(body.read()) == 128 << 10


def test_who_sends_a_byte_at_a_time_is_not() -> None:
    sending = pieces(b"x", n=1000, every_s=0.01)
    with pytest.raises(RequestRefused) as refused:
        asyncio.run(received(sending, length=1000))
    assert refused.value.code == "too_slow"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": UPLOADER["content-type"]},
        UPLOADER | {"authorization": "Bearer forged"},
        UPLOADER | {"content-type": "application/json"},
    ],
    ids=["no token", "forged token", "no form"],
)
def test_a_large_body_is_received_only_as_a_form_of_who_is_known(
    echo: Echo, headers: dict[str, str]
) -> None:
    unread = MemoryNetwork(b"x" * 101)
    answer = served(echo, unread, method="POST", headers=headers | {"content-length": "101"})
    assert (answer.body, answer.headers["x-length"]) == (b"", "101")
    known = MemoryNetwork(b"x" * 101)
    answer = served(echo, known, method="POST", headers=UPLOADER | {"content-length": "101"})
    assert answer.body == b"x" * 101


def test_who_sends_what_is_not_read_still_gets_the_answer(echo: Echo) -> None:
    sending = MemoryNetwork(*[b"x" * 100] * 9)
    answer = served(echo, sending, method="POST", headers={"content-length": "900"})
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert sending.pieces_left == 0


class Sender:
    """Somebody who has announced a body to an intake and sends it when told."""

    def __init__(self, intake: Intake, name: str, *, length: int = 10) -> None:
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue()
        self.sent, self.length = 0, length
        self.task = asyncio.ensure_future(
            intake.read(self._receive, length=length, sender=name, patience_s=DEADLINE_S)
        )

    async def _receive(self) -> dict[str, Any]:
        piece = await self.pieces.get()
        self.sent += len(piece)
        return {"type": "http.request", "body": piece, "more_body": self.sent < self.length}

    async def whole(self) -> bytes:
        """Return the body as it was received."""
        with await asyncio.wait_for(self.task, DEADLINE_S) as body:
            return body.read()

    async def refused(self) -> str:
        """Return the code it was refused with."""
        with pytest.raises(RequestRefused) as refusal:
            await asyncio.wait_for(self.task, DEADLINE_S)
        return refusal.value.code


async def settled() -> None:
    """Let every task go on until it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_what_is_announced_and_not_sent_is_in_nobodys_way() -> None:
    async def scene() -> None:
        intake = Intake(IntakeLimits(held_bytes=20, bodies=100, bodies_per_sender=100))
        silent = [Sender(intake, "crowd", length=1000) for _ in range(50)]
        await settled()
        other = Sender(intake, "other")
        other.pieces.put_nowait(b"0123456789")
        assert await other.whole() == b"0123456789"
        assert not any(sender.task.done() for sender in silent)
        for sender in silent:
            sender.task.cancel()

    asyncio.run(scene())


def test_a_senders_new_body_cuts_off_its_own_oldest() -> None:
    async def scene() -> None:
        intake = Intake(IntakeLimits(held_bytes=100, bodies=100, bodies_per_sender=2))
        first, second = Sender(intake, "crowd"), Sender(intake, "crowd")
        other = Sender(intake, "other")
        await settled()
        third = Sender(intake, "crowd")
        assert await first.refused() == "too_slow"
        for sender in (second, third, other):
            sender.pieces.put_nowait(b"0123456789")
            assert await sender.whole() == b"0123456789"

    asyncio.run(scene())


def test_too_many_bodies_cut_off_the_most_frequent_senders_oldest() -> None:
    async def scene() -> None:
        intake = Intake(IntakeLimits(held_bytes=100, bodies=3, bodies_per_sender=100))
        early = Sender(intake, "early")
        greedy = [Sender(intake, "greedy") for _ in range(2)]
        await settled()
        late = Sender(intake, "late")
        assert await greedy[0].refused() == "too_slow"
        for sender in (early, greedy[1], late):
            sender.pieces.put_nowait(b"0123456789")
            assert await sender.whole() == b"0123456789"

    asyncio.run(scene())


def test_too_many_bytes_cut_off_who_holds_the_most() -> None:
    async def scene() -> None:
        intake = Intake(IntakeLimits(held_bytes=20, bodies=100, bodies_per_sender=100))
        greedy = [Sender(intake, "greedy", length=30) for _ in range(2)]
        small = Sender(intake, "small")
        for sender in (*greedy, small):
            sender.pieces.put_nowait(b"12345678")
        assert await greedy[0].refused() == "too_slow"
        small.pieces.put_nowait(b"90")
        assert await small.whole() == b"1234567890"
        assert not greedy[1].task.done()
        assert (intake.held_bytes, intake.bodies) == (8, 1)
        greedy[1].task.cancel()

    asyncio.run(scene())


def test_the_environment_is_that_of_pep_3333(echo: Echo) -> None:
    served(
        echo,
        MemoryNetwork(),
        path="/api/canción",
        query_string=b"q=1",
        headers={"x-request-id": "a", "x_request_id": "forged", "content-type": "text/x"},
        client=("::1", 99),
    )
    asked = echo.asked[0]
    assert asked["PATH_INFO"].encode("latin-1").decode() == "/api/canción"
    assert asked["QUERY_STRING"] == "q=1"
    assert asked["HTTP_X_REQUEST_ID"] == "a"
    assert asked["CONTENT_TYPE"] == "text/x"
    assert asked["REMOTE_ADDR"] == "::1"


class Stream:
    """A response in pieces, as Django's streaming ones."""

    streaming = True

    def __init__(self, n: int) -> None:
        self.left, self.closed = n, threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            self.left -= 1
            yield b"piece"

    def close(self) -> None:
        """Be closed, as whoever serves a response must do."""
        self.closed.set()


def streaming(stream: Stream) -> Any:
    def application(environ: dict[str, Any], start_response: Any) -> Stream:
        start_response("206 Partial Content", [])
        return stream

    return application


def test_a_stream_is_given_piece_by_piece_and_closed() -> None:
    stream = Stream(3)
    answer = served(streaming(stream), MemoryNetwork(ends="never"))
    assert answer.status == 206
    assert answer.sent == [b"piece"] * 3
    assert stream.closed.is_set()


def test_a_reader_who_stops_reading_holds_no_thread(echo: Echo) -> None:
    stream = Stream(100)
    stuck, other = MemoryNetwork(pace=asyncio.Event().wait), MemoryNetwork()

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        chosen = streaming(stream) if environ["PATH_INFO"] == "/video" else echo
        return chosen(environ, start_response)

    bridge = a_bridge(application)

    async def serve() -> None:
        video = bridge(a_scope(path="/video"), stuck.receive, stuck.send)
        watching = asyncio.create_task(video)  # type: ignore[arg-type]
        while stream.left == 100:
            await asyncio.sleep(0)
        await asyncio.wait_for(bridge(a_scope(), other.receive, other.send), DEADLINE_S)
        watching.cancel()
        await asyncio.wait([watching])

    asyncio.run(serve())
    assert other.status == 200
    assert stream.left == 99  # nothing was read ahead


def test_a_reader_who_takes_nothing_is_cut_off() -> None:
    stream = Stream(1000)
    bridge = a_bridge(streaming(stream), reader_patience_s=0.05)
    stuck = MemoryNetwork(ends="never", pace=asyncio.Event().wait)
    asyncio.run(asyncio.wait_for(bridge(a_scope(), stuck.receive, stuck.send), DEADLINE_S))
    assert stream.closed.is_set()
    assert stuck.sent == []


def test_to_a_reader_who_went_away_nothing_more_is_read() -> None:
    stream = Stream(1000)

    async def scheduled() -> None:
        await asyncio.sleep(0)

    served(streaming(stream), MemoryNetwork(ends="gone", pace=scheduled))
    assert stream.closed.is_set()
    assert stream.left > 990


def test_a_bug_outside_of_django_is_a_problem_too(caplog: pytest.LogCaptureFixture) -> None:
    def broken(environ: dict[str, Any], start_response: Any) -> Any:
        raise RuntimeError("secret detail")

    answer = served(broken, MemoryNetwork())
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert "A request was not answered" in caplog.text
