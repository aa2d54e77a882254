"""Who asks for what: dancers who act, clients who wait, and somebody who asks too often."""

from __future__ import annotations

import http.client
import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.api.generator import Call, Client, Pool, Reply, request
from benchmarks.api.site import HOST

READS = (
    "/api/choreography/tasks",
    "/api/songs",
    "/api/songs/{song}",
    "/api/choreography/tasks/{task}",
    "/api/moves/search?q=turn&limit=10",
    "/api/collections",
    "/api/collections/stats",
    "/api/auth/me",
)
GENERATE_SHARE = 0.05
CRUD_SHARE = 0.25


class Dancer:
    """Acts like a person: mostly looks, sometimes keeps, renames and drops, now and then asks.

    What is kept goes round: save, revise, remove.
    """

    def __init__(self, made: dict[str, Any], *, song: str, seed: int) -> None:
        self._made, self._song = made, song
        self._random = random.Random(seed)  # noqa: S311
        self._turn = self._round()
        self._is_changing = False

    def next_call(self) -> Call:
        """Give what this dancer does now."""
        drawn = self._random.random()
        if drawn < GENERATE_SHARE:
            return self._generate()
        if drawn < GENERATE_SHARE + CRUD_SHARE and not self._is_changing:
            self._is_changing = True  # a person waits for the answer before the next change
            return next(self._turn)
        path = self._random.choice(READS).format(song=self._song, task=self._made["task"])
        return Call("reads and CRUD", self._request("GET", path))

    def _request(self, method: str, path: str, body: Any = None) -> bytes:
        return request(method, path, host=HOST, token=self._made["token"], body=body)

    def _generate(self) -> Call:
        wishes = {"audio_input": f"song:{self._song}", "difficulty": "beginner"}
        asked = self._request("POST", "/api/choreography/generate", wishes)
        return Call("generate", asked, frozenset({202}))

    def _round(self) -> Iterator[Call]:
        saving = {"task_id": self._made["task"], "title": "For Saturday"}
        while True:
            # 200: it is kept already, by itself or since the last run.
            yield self._change(self._request("POST", "/api/collections", saving), 200, 201)
            item = f"/api/collections/{self._made['item']}"
            yield self._change(self._request("PUT", item, {"notes": "Mind the dip."}), 200)
            yield self._change(self._request("DELETE", item), 204)

    def _change(self, asked: bytes, *right: int) -> Call:
        def changed(reply: Reply) -> None:
            self._is_changing = False
            if asked.startswith(b"POST") and reply.status in right:
                self._made["item"] = reply.json()["id"]

        return Call("reads and CRUD", asked, frozenset(right), changed)


def acting(made: dict[str, Any], *, port: int, every_s: float) -> list[Client]:
    """Give every dancer, acting at this pace."""
    return [
        Client(Dancer(one, song=made["song"], seed=i).next_call, every_s, Pool(HOST, port))
        for i, one in enumerate(made["dancers"])
    ]


def waiting(made: dict[str, Any], *, port: int, every_s: float) -> list[Client]:
    """Give a client for each waiting choreography, which asks whether it has changed."""
    return [
        Client(_poller(dancer["token"], task), every_s, Pool(HOST, port))
        for task, dancer in sorted(
            (task, dancer) for dancer in made["dancers"] for task in dancer["waiting"]
        )
    ]


def _poller(token: str, task: str) -> Callable[[], Call]:
    path, tags = f"/api/choreography/tasks/{task}", [""]

    def remember(reply: Reply) -> None:
        tags[0] = reply.header("etag") or tags[0]

    def next_call() -> Call:
        headers = {"If-None-Match": tags[0]} if tags[0] else {}
        asked = request("GET", path, host=HOST, token=token, headers=headers)
        return Call("poll", asked, frozenset({200, 304}), remember)

    return next_call


def hammer(port: int, token: str, *, processes: int, each: int) -> Counter[int]:
    """Ask from so many processes at once; gives how often each status was answered."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        found: Sequence[Counter[int]] = pool.starmap(_ask, [(port, token, each)] * processes)
    return sum(found, Counter())


def _ask(port: int, token: str, n: int) -> Counter[int]:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    statuses: Counter[int] = Counter()
    for _ in range(n):
        connection.request("GET", "/api/songs", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] += 1
    connection.close()
    return statuses
