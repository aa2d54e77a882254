"""An open-model load generator on raw streams.

Arrivals follow a timetable, whatever the answers do: a request whose predecessor is still
unanswered goes out on another connection, and its latency counts from the time it was meant to
leave, so that a generator or a server that is late shows in the figures (no coordinated omission).
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import resource
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

HEAD_END = b"\r\n\r\n"
NO_BODY = frozenset({204, 304})
OPEN_AT_MOST = 4096


@dataclass(slots=True)
class Reply:
    """An answer: status, raw head in lower case, body."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Give a header's value, or nothing."""
        at = self.head.find(b"\r\n" + name.encode() + b": ")
        if at < 0:
            return ""
        start = at + len(name) + 4
        return self.head[start : self.head.index(b"\r\n", start)].decode("latin-1")

    @property
    def code(self) -> str:
        """Give a problem's code, or nothing."""
        found = re.search(rb'"code":"(\w+)"', self.body)
        return found[1].decode() if found else ""

    def json(self) -> Any:
        """Give the body's content."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as bytes, what it counts as, and which answers are right."""

    kind: str
    request: bytes
    right: frozenset[int] = frozenset({200})
    then: Callable[[Reply], None] | None = None


class Connection(asyncio.Protocol):
    """One keep-alive connection; one request at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._buffer = bytearray()
        self._reply: asyncio.Future[Reply] | None = None
        self._head = b""
        self._status = 0
        self._need = -1
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Keep the way out."""
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits."""
        self.transport = None
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(error or ConnectionError("closed before the answer"))

    def send(self, request: bytes) -> asyncio.Future[Reply]:
        """Send one request."""
        self._reply = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._reply

    def data_received(self, data: bytes) -> None:
        """Collect an answer; only what our server sends is understood."""
        self._buffer += data
        if self._need < 0 and not self._read_head():
            return
        if len(self._buffer) >= self._need:
            body = bytes(self._buffer[: self._need])
            self._buffer.clear()
            self._need = -1
            reply, self._reply = self._reply, None
            if reply is not None and not reply.done():
                reply.set_result(Reply(self._status, self._head, body))

    def _read_head(self) -> bool:
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return False
        self._head = bytes(self._buffer[: end + 2]).lower()
        self._status = int(self._head[9:12])
        del self._buffer[: end + 4]
        at = self._head.find(b"\r\ncontent-length:")
        self._need = 0
        if at >= 0 and self._status not in NO_BODY:
            self._need = int(self._head[at + 17 : self._head.index(b"\r\n", at + 2)])
        return True


class Pool:
    """The connections of one client."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._idle: list[Connection] = []

    async def ask(self, request: bytes) -> Reply:
        """Send a request on a free connection, or a new one."""
        connection = await self._free()
        reply = await connection.send(request)
        self._idle.append(connection)
        return reply

    async def _free(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.transport is not None:
                return connection
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self), *self._address)
        return connection

    def close(self) -> None:
        """Hang up."""
        for connection in self._idle:
            if connection.transport is not None:
                connection.transport.close()


@dataclass
class Client:
    """Somebody who acts at a steady pace; ``next_call`` says what comes next."""

    next_call: Callable[[], Call]
    every_s: float
    pool: Pool


@dataclass
class Tally:
    """What came of a run; latencies in ms."""

    seconds: float = 0.0
    latencies_ms: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    cpu_s: float = 0.0
    late_ms: list[float] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Answers, of all kinds."""
        return sum(self.statuses.values())

    def p(self, kind: str, share: float) -> float:
        """Give a percentile in ms."""
        return percentile(self.latencies_ms.get(kind, []), share)

    @property
    def cpu_share(self) -> float:
        """Of one core, what the generator itself took."""
        return self.cpu_s / self.seconds if self.seconds else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that ``share`` of all do not exceed."""
    if not values:
        return float("nan")
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, int(share * len(ranked) + 0.999999) - 1))]


class Run:
    """One stretch of load: every client by its timetable, phases spread evenly."""

    def __init__(self, clients: Sequence[Client], *, seconds: float, warm_up_s: float) -> None:
        self._clients = clients
        self._seconds = seconds
        self._warm_up_s = warm_up_s
        self._tally = Tally(seconds=seconds)
        self._under_way: set[asyncio.Task[None]] = set()

    async def go(self) -> Tally:
        """Generate the load; give what was measured after the warm-up."""
        loop = asyncio.get_running_loop()
        start = loop.time() + 0.2
        self._counts_from, self._ends = (
            start + self._warm_up_s,
            start + self._warm_up_s + self._seconds,
        )
        for i, client in enumerate(self._clients):
            first = start + client.every_s * i / len(self._clients)
            loop.call_at(first, self._depart, client, first)
        gc.freeze()
        gc.disable()
        await asyncio.sleep(self._counts_from - loop.time())
        before = resource.getrusage(resource.RUSAGE_SELF)
        await asyncio.sleep(self._ends - loop.time())
        after = resource.getrusage(resource.RUSAGE_SELF)
        gc.enable()
        self._tally.cpu_s = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=30)
        for task in self._under_way:
            self._tally.wrong["no answer within 30 s"] += 1
            task.cancel()
        return self._tally

    def _depart(self, client: Client, due: float) -> None:
        loop = asyncio.get_running_loop()
        if due >= self._ends:
            return
        task = loop.create_task(self._act(client, due))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        loop.call_at(due + client.every_s, self._depart, client, due + client.every_s)

    async def _act(self, client: Client, due: float) -> None:
        call = client.next_call()
        counts = due >= self._counts_from
        clock = asyncio.get_running_loop().time
        left = clock()
        try:
            reply = await client.pool.ask(call.request)
        except (OSError, ValueError) as error:
            if counts:
                self._tally.wrong[f"{call.kind}: {type(error).__name__}"] += 1
            return
        took_ms = (clock() - due) * 1000
        if call.then is not None:
            call.then(reply)
        if not counts:
            return
        self._tally.late_ms.append((left - due) * 1000)
        self._tally.statuses[reply.status] += 1
        self._tally.latencies_ms.setdefault(call.kind, []).append(took_ms)
        if reply.status not in call.right:
            self._tally.wrong[f"{call.kind}: {reply.status} {reply.code}"] += 1


def request(
    method: str,
    path: str,
    *,
    host: str,
    token: str = "",
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """Write an HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    content = b""
    if body is not None:
        content = json.dumps(body).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(lines).encode() + HEAD_END + content


async def until_up(ask: Callable[[], Awaitable[Reply]], *, deadline_s: float) -> None:
    """Wait for a server that is starting."""
    end = time.monotonic() + deadline_s
    while True:
        try:
            if (await ask()).status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise SystemExit("the server does not answer")
        await asyncio.sleep(0.1)
