"""A served installation with two dancers, an instructor and things of theirs."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.conftest import an_installation
from tests.world import World, until

UNLIMITED = {
    "USER_REQUESTS_PER_MINUTE": "100000000",
    "POLLING_REQUESTS_PER_MINUTE": "100000000",
    "LIVE_TASKS_PER_USER": "100000000",
    "AUTH_REQUESTS_PER_MINUTE": "100000000",
    "LOGIN_FAILURES_PER_ACCOUNT": "100000000",
    "METRICS_TOKEN": "for-operators",
}
PASSWORD = "bachata-on-the-beach"


@dataclass
class Person:
    """Somebody with an account."""

    name: str
    id: int
    access: str


@dataclass
class Served:
    """An installation that answers at ``address``."""

    world: World
    address: str
    people: dict[str, Person] = field(default_factory=dict)
    song: str = ""
    """What to ask for a choreography to the shared song with."""

    def call(
        self, method: str, path: str, body: Any = None, *, by: Person | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Make one request; gives status and parsed answer (None if there is none)."""
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        if by is not None:
            headers["Authorization"] = f"Bearer {by.access}"
        request = urllib.request.Request(  # noqa: S310
            self.address + path, data, headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, _parsed(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _parsed(error.read())

    def register(self, name: str) -> Person:
        """Give a new person."""
        wanted = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        status, answer = self.call("POST", "/api/auth/register", wanted)
        assert status == 201, answer
        self.people[name] = Person(name=name, id=answer["user"]["id"], access=answer["access"])
        return self.people[name]


def _parsed(raw: bytes) -> Any:
    return json.loads(raw) if raw else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An installation of its own, served; two dancers with finished and saved choreographies."""
    with an_installation(tmp_path_factory.mktemp("contract")) as world:
        world.demo("--seed", "1")
        yield from _serve(world)


def _serve(world: World) -> Iterator[Served]:
    port = _free_port()
    command = ["serve", "--port", str(port), "--workers", "2", "--no-dispatch"]
    with world.managing(*command, **UNLIMITED) as server:
        site = Served(world, f"http://127.0.0.1:{port}")

        def answers() -> bool:
            assert server.poll() is None, server.communicate()[1]
            try:
                return site.call("GET", "/api/health")[0] == 200
            except OSError:
                return False

        until(answers)
        for name in ("ana", "ben", "ines"):
            site.register(name)
        world.query(
            "UPDATE public.auth_user SET is_instructor = true WHERE username = 'ines' RETURNING 1"
        )
        _, songs = site.call("GET", "/api/songs", by=site.people["ana"])
        site.song = songs["results"][0]["audio_input"]
        # Only now: what is made up later shall keep no job busy.
        with world.managing("dispatch"):
            for name in ("ana", "ben"):
                make_choreography(site, site.people[name])
        yield site


def make_choreography(site: Served, person: Person) -> dict[str, Any]:
    """Have one choreography made, really; auto-saving puts it into the collection."""
    wishes = {"audio_input": site.song, "difficulty": "beginner"}
    status, accepted = site.call("POST", "/api/choreography/generate", wishes, by=person)
    assert status == 202, accepted

    def ended() -> dict[str, Any] | None:
        task: dict[str, Any]
        _, task = site.call("GET", f"/api/choreography/tasks/{accepted['task_id']}", by=person)
        return task if task["status"] in ("completed", "failed") else None

    task = until(ended)
    assert task["status"] == "completed", task
    return task
