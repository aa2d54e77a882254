"""``manage.py serve`` as its operator starts, hurts and stops it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.world import World, until

# One process drives the one installation.
pytestmark = pytest.mark.xdist_group("world")

SERVED_WITHIN_S = 5.0
STOPPED_WITHIN_S = 20
TOKEN = "for-the-operator"
LONG = b"x" * 70_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@dataclass
class Site:
    """A served installation."""

    port: int
    process: subprocess.Popen[str]

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Ask, and give status and body."""
        address = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(address, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=SERVED_WITHIN_S) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def answers(self) -> bool:
        """Tell whether it serves."""
        assert self.process.poll() is None, self.process.communicate()[1]
        try:
            return self.get("/api/health")[0] == 200
        except OSError:
            return False

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=SERVED_WITHIN_S)

    def children(self) -> list[int]:
        """Workers and dispatcher, by what they were asked to be."""
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [
            pid
            for pid in pids
            if parent_of(pid) == self.process.pid
            and b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]


@contextmanager
def serving(world: World, *options: str, **more: str) -> Iterator[Site]:
    port = free_port()
    with world.managing("serve", "--port", str(port), *options, **more) as process:
        site = Site(port, process)
        until(site.answers)
        yield site


@pytest.fixture(scope="module")
def schema(world: World) -> World:
    """The installation with its schema, and nothing else."""
    done = world.manage("migrate")
    assert done.returncode == 0, done.stderr
    return world


def test_serving_is_said_when_it_is_true(schema: World) -> None:
    port = free_port()
    with schema.managing(
        "serve", "--port", str(port), "--workers", "1", "--no-dispatch"
    ) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if "Serving" in line)
        assert said == f"Serving http://localhost:{port}; stop with Ctrl-C\n"
        assert Site(port, process).get("/api/health")[0] == 200


def test_slow_clients_hold_up_nobody(schema: World) -> None:
    head = b"POST /api/nothing HTTP/1.1\r\nHost: localhost\r\n"
    with (
        serving(schema, "--workers", "1", "--threads", "2", "--no-dispatch") as site,
        ExitStack() as stack,
    ):
        slow = [stack.enter_context(site.connect()) for _ in range(40)]
        for i, client in enumerate(slow):
            whole = head + (b"Content-Length: 1000\r\n\r\n" if i % 2 else b"X-Slow: ")
            client.sendall(whole)
        for _ in range(20):
            for client in slow:
                client.sendall(b"a")  # far more than 1 B/s, so that nothing waits for a clock
            asked = time.monotonic()
            assert site.get("/api/health")[0] == 200
            assert time.monotonic() - asked < SERVED_WITHIN_S


def test_readers_who_stop_reading_hold_up_nobody(schema: World) -> None:
    ask = b"GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        serving(schema, "--workers", "1", "--threads", "2", "--no-dispatch") as site,
        ExitStack() as stack,
    ):
        for _ in range(10):
            reader = stack.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect(("127.0.0.1", site.port))
            reader.sendall(ask * 50)
        for _ in range(10):
            assert site.get("/api/health")[0] == 200


def raw(site: Site, request: bytes) -> bytes:
    """Send bytes and read until the server hangs up, or has answered once."""
    with site.connect() as client:
        client.sendall(request)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
            if b"\r\n\r\n" in answer:
                break
        return answer


@pytest.fixture(scope="module")
def site(schema: World) -> Iterator[Site]:
    with serving(
        schema, "--workers", "2", "--no-dispatch", LOG_FORMAT="json", METRICS_TOKEN=TOKEN
    ) as found:
        yield found


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-Long: %b\r\n\r\n" % LONG, 431),
        (b"GET /%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % LONG, 414),
        (b"GET /%b HTTP/1.1\r\nHost: localhost\r\n\r\n" % LONG[:40_000], 431),
        (b"nonsense\r\n\r\n", 400),
        (
            b"POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n0\r\n\r\n",
            411,
        ),
        (b"POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: no\r\n\r\n", 400),
        (
            b"POST /api/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n",
            413,
        ),
        (
            b"POST /api/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/docs HTTP/1.1\r\n\r\n",
            411,
        ),
    ],
    ids=[
        "long head",
        "endless address",
        "long address",
        "no HTTP",
        "chunks",
        "no length",
        "too long",
        "two lengths",
    ],
)
def test_odd_requests_are_answered_as_what_they_are(
    site: Site, request_: bytes, status: int
) -> None:
    assert int(raw(site, request_).split()[1]) == status
    assert site.get("/api/health")[0] == 200


def test_two_sites_cannot_have_one_port(schema: World, site: Site) -> None:
    done = schema.manage("serve", "--port", str(site.port))
    assert done.returncode == 1
    assert f"Port {site.port} on localhost is in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_more_connections_than_the_database_grants_are_refused(schema: World) -> None:
    done = schema.manage("serve", "--port", str(free_port()), "--workers", "60", "--threads", "9")
    assert done.returncode == 1
    assert "552 database connections" in done.stderr


def test_a_schema_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = World(tmp_path).manage("serve", "--port", str(free_port()))
    assert done.returncode == 1
    assert "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_metrics_of_all_workers_add_up(site: Site) -> None:
    def count() -> float:
        _, text = site.get("/api/metrics", Authorization=f"Bearer {TOKEN}")
        wanted = b'http_request_duration_seconds_count{method="GET",route="/api/docs",status="200"}'
        found = [line for line in text.splitlines() if line.startswith(wanted)]
        return float(found[0].split()[-1]) if found else 0.0

    before = count()
    for _ in range(20):  # connections of their own: both workers are met
        assert site.get("/api/docs")[0] == 200
    assert count() == before + 20


def test_readiness_tells_every_part(site: Site) -> None:
    status, body = site.get("/api/health/ready")
    parts = {part["name"]: part["state"] for part in json.loads(body)["parts"]}
    assert status == 200
    assert parts == {
        "database": "ok",
        "storage": "ok",
        "dispatcher": "degraded",
        "outbox": parts["outbox"],
    }


def test_one_json_line_is_written_per_request(schema: World) -> None:
    with serving(schema, "--workers", "1", "--no-dispatch", LOG_FORMAT="json") as site:
        site.get("/api/nothing?signature=hidden", **{"X-Request-ID": "mine"})
        site.process.send_signal(signal.SIGTERM)
        _, words = site.process.communicate(timeout=STOPPED_WITHIN_S)
    lines = [json.loads(line) for line in words.splitlines() if line.startswith("{")]
    said: dict[str, Any] = next(line for line in lines if line["request_id"] == "mine")
    assert said["severity"] == "INFO"
    assert {said["method"], said["route"], said["status"]} == {"GET", "unrouted", 404}
    assert said["bytes"] > 0
    assert said["duration_ms"] > 0
    assert "hidden" not in words


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_everything_it_started(schema: World, number: signal.Signals) -> None:
    with serving(schema, "--workers", "2") as site:
        children = until(lambda: (found := site.children()) and len(found) == 3 and found)
        site.process.send_signal(number)
        _, words = site.process.communicate(timeout=STOPPED_WITHIN_S)
    assert site.process.returncode == 0, words
    assert "Stopped." in words
    assert "nexpected" not in words
    assert not any(is_alive(pid) for pid in children)


def test_a_killed_parent_takes_its_children_along(schema: World) -> None:
    with serving(schema, "--workers", "2") as site:
        children = until(lambda: (found := site.children()) and len(found) == 3 and found)
        site.process.kill()
        until(lambda: not any(is_alive(pid) for pid in children), deadline_s=30)


def test_a_killed_worker_is_replaced_and_leaves_a_line(schema: World) -> None:
    with serving(schema, "--workers", "1", "--no-dispatch", LOG_FORMAT="json") as site:
        (worker,) = site.children()
        os.kill(worker, signal.SIGKILL)
        until(lambda: (now := site.children()) and now != [worker])
        until(site.answers)
        site.process.send_signal(signal.SIGTERM)
        _, words = site.process.communicate(timeout=STOPPED_WITHIN_S)
    lines = [json.loads(line) for line in words.splitlines() if line.startswith("{")]
    told = [line for line in lines if "worker-1" in line["message"]]
    assert [line["severity"] for line in told] == ["ERROR"]


def test_a_killed_dispatcher_is_replaced(schema: World) -> None:
    def dispatchers() -> int:
        return int(
            schema.query(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%bachata_outbox%%'"
            )[0][0]
        )

    with serving(schema, "--workers", "1") as site:
        until(lambda: dispatchers() == 1)
        before = site.children()
        # The worker was started after the dispatcher: hooks run before workers are spawned.
        os.kill(min(before), signal.SIGKILL)
        until(lambda: set(site.children()) - set(before) and dispatchers() == 1)
