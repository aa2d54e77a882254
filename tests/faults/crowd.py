"""A crowd that announces bodies and does not send them, and what others notice of it.

    uv run python -m tests.faults.crowd [--silent 500] [--trickling 500] [--visits 40]

Sets up an installation of its own in a temporary folder, serves it, logs in and asks for
choreographies alone and then beside the crowd, and prints how long that took.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import struct
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

PASSWORD = "correct horse battery"
ANSWER_WITHIN_S = 20.0
TRICKLE_EVERY_S = 1.0
UNLIMITED = {
    "LOG_LEVEL": "ERROR",  # nobody reads the lines, and a full pipe would stop the server
    "USER_REQUESTS_PER_MINUTE": "1000000",
    "AUTH_REQUESTS_PER_MINUTE": "1000000",
}
BACK_AT_ONCE = 20
ANNOUNCED_BYTES = (16 << 20, 1 << 20, 60_000, 100)


def announced(number: int) -> int:
    """Return what a member announces: the first ones more than two workers may hold, to a byte."""
    return ANNOUNCED_BYTES[0 if number < 64 else number % len(ANNOUNCED_BYTES)]


def a_head(length: int) -> bytes:
    """Return the head of an upload, or of a login where an upload would be larger."""
    path, kind = (
        ("/api/songs", "multipart/form-data; boundary=x")
        if length > 64 << 10
        else ("/api/auth/login", "application/json")
    )
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
    )
    return "\r\n".join((*lines, "", "")).encode()


@contextmanager
def crowd(port: int, *, silent: int, trickling: int) -> Iterator[None]:
    """Keep so many connections that announce a body: some send none, some a byte a second.

    Of those that the server ends, twenty come back every second.
    """
    leaving = threading.Event()
    members = [_Member(port, head=a_head(announced(i))) for i in range(silent)]
    slow = [_Member(port, head=a_head(announced(i))) for i in range(trickling)]
    everybody = members + slow
    for member in everybody:
        member.come()

    def keep_on() -> None:
        while not leaving.wait(TRICKLE_EVERY_S):
            gone = [member for member in everybody if member.has_gone()]
            for member in gone[:BACK_AT_ONCE]:
                member.come()
            for member in slow:
                member.trickle()

    thread = threading.Thread(target=keep_on)
    thread.start()
    try:
        yield
    finally:
        leaving.set()
        thread.join()
        for member in everybody:
            member.leave()


@dataclass(slots=True)
class _Member:
    """One connection of the crowd."""

    port: int
    head: bytes
    connection: socket.socket | None = None

    def come(self) -> None:
        """Connect and announce a body."""
        self.leave()
        try:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            self.connection.sendall(self.head)
            self.connection.setblocking(False)
        except OSError:
            self.leave()

    def trickle(self) -> None:
        """Send one byte."""
        try:
            if self.connection is not None:
                self.connection.send(b"a")
        except OSError:
            self.leave()

    def leave(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def has_gone(self) -> bool:
        """Tell whether the server ended it."""
        if self.connection is None:
            return True
        try:
            return self.connection.recv(65536) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


@dataclass(slots=True)
class Visits:
    """What a visitor was answered, and after how many seconds."""

    statuses: dict[str, list[int]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, status: int, took_s: float) -> None:
        """Keep one answer."""
        self.statuses.setdefault(name, []).append(status)
        self.seconds.setdefault(name, []).append(took_s)

    def p95_ms(self, name: str) -> float:
        """Return how long all but one of twenty took."""
        return statistics.quantiles(self.seconds[name], n=20)[-1] * 1000


class Visitor:
    """Somebody who logs in and asks for choreographies, each over a connection of its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._name = f"visitor-{uuid4().hex[:8]}"
        self._token, self._song = "", ""

    def arrive(self) -> None:
        """Register, and bring a song."""
        mail = f"{self._name}@example.org"
        person = {"username": self._name, "email": mail, "password": PASSWORD}
        status, answer = self._send("POST", "/api/auth/register", person)
        assert status == 201, answer
        self._token = answer["access"]
        status, answer = self._upload()
        assert status in (200, 201), answer
        self._song = answer["id"]

    def visit(self, *, times: int) -> Visits:
        """Log in, ask for a choreography, take it back; so many times."""
        visits = Visits()
        for _ in range(times):
            who = {"username": self._name, "password": PASSWORD}
            self._noted(visits, "login", "/api/auth/login", who)
            wishes = {"audio_input": f"song:{self._song}", "difficulty": "beginner"}
            asked = self._noted(visits, "generate", "/api/choreography/generate", wishes)
            if "task_id" in asked:
                self._send("DELETE", f"/api/choreography/tasks/{asked['task_id']}", None)
        return visits

    def _noted(self, visits: Visits, name: str, path: str, body: Any) -> Any:
        start = time.perf_counter()
        status, answer = self._send("POST", path, body)
        visits.note(name, status, time.perf_counter() - start)
        return answer

    def _send(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        return self._ask(method, path, data, {"Content-Type": "application/json"})

    def _upload(self) -> tuple[int, Any]:
        parts = (
            b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nA tone\r\n'
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="tone.wav"\r\n'
            b"Content-Type: audio/wav\r\n\r\n" + a_tone() + b"\r\n--b--\r\n"
        )
        return self._ask(
            "POST", "/api/songs", parts, {"Content-Type": "multipart/form-data; boundary=b"}
        )

    def _ask(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any]:
        known = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        connection = HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_WITHIN_S)
        try:
            connection.request(method, path, data, headers | known)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()


def a_tone(*, seconds: int = 4, rate_hz: int = 22050) -> bytes:
    """Return a WAV file with a tone."""
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        cycle = [6000 if i < 25 else -6000 for i in range(50)]
        file.writeframes(struct.pack("<50h", *cycle) * (seconds * rate_hz // 50))
    return buffer.getvalue()


def main() -> None:
    """Print the figures."""
    from tests.conftest import an_installation
    from tests.end_to_end.test_serve import serving

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--silent", type=int, default=500)
    parser.add_argument("--trickling", type=int, default=500)
    parser.add_argument("--visits", type=int, default=40)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = stack.enter_context(an_installation(folder))
        assert world.manage("migrate").returncode == 0
        site = stack.enter_context(serving(world, "--workers", "2", "--no-dispatch", **UNLIMITED))
        visitor = Visitor(site.port)
        visitor.arrive()
        visitor.visit(times=5)
        print_visits("alone", visitor.visit(times=given.visits))
        stack.enter_context(crowd(site.port, silent=given.silent, trickling=given.trickling))
        print_visits("beside the crowd", visitor.visit(times=given.visits))


def print_visits(where: str, visits: Visits) -> None:
    """Print what was answered, and the 95th percentile."""
    for name, statuses in visits.statuses.items():
        told = {status: statuses.count(status) for status in sorted(set(statuses))}
        print(f"{where}: {name} {told}, p95 {visits.p95_ms(name):.0f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
