"""Every operation, tried by its owner, another dancer, an instructor and nobody."""

from __future__ import annotations

import io
import json
import struct
import urllib.request
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import Person, Served

pytestmark = pytest.mark.xdist_group("contract")

DOCUMENT = json.loads((Path(__file__).resolve().parents[2] / "openapi.json").read_text())
METHODS = ("get", "post", "put", "patch", "delete")
OPEN = {
    *("getHealth", "getReadiness", "getMedia", "headMedia"),
    *("register", "logIn", "refreshSession", "logOut"),
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    for path, methods in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


CLOSED = [(m, p, o) for m, p, o in operations() if o["security"]]
OWNED = [
    (m, p, o)
    for m, p, o in CLOSED
    if any(f"{{{name}}}" in p for name in ("task_id", "item_id", "song_id"))
]


def names(cases: list[tuple[str, str, dict[str, Any]]]) -> list[str]:
    """Names of test cases."""
    return [f"{o['operationId']} {p}" for _, p, o in cases]


def example(operation: dict[str, Any]) -> Any:
    """The example of the operation's JSON body, or None."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    name = content["schema"]["$ref"].rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name]["examples"][0]


@pytest.fixture(scope="module")
def anas(served: Served) -> dict[str, str]:
    """What belongs to Ana, by the name of its path parameter."""
    ana = served.people["ana"]
    _, tasks = served.call("GET", "/api/choreography/tasks", by=ana)
    _, items = served.call("GET", "/api/collections", by=ana)
    song = upload(served, ana)
    return {
        "task_id": tasks["results"][0]["task_id"],
        "item_id": items["results"][0]["id"],
        "song_id": song["id"],
    }


def upload(served: Served, person: Person) -> dict[str, Any]:
    """Put a song of the person's own into the library."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<8000h", *range(8000)) * 2)
    boundary = "frontier"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nMine\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    ).encode() + sound.getvalue()
    request = urllib.request.Request(  # noqa: S310
        f"{served.address}/api/songs",
        body + f"\r\n--{boundary}--\r\n".encode(),
        {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Authorization": f"Bearer {person.access}",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        made: dict[str, Any] = json.loads(answer.read())
    return made


def at(path: str, things: dict[str, str]) -> str:
    """Fill the path in; what belongs to nobody in particular gets a name that exists nowhere."""
    filled = path
    for name, value in things.items():
        filled = filled.replace(f"{{{name}}}", value)
    return filled.replace("{clip_id}", "no_such_clip")


@pytest.mark.parametrize(("method", "path", "operation"), CLOSED, ids=names(CLOSED))
def test_nobody_gets_in(
    served: Served, anas: dict[str, str], method: str, path: str, operation: dict[str, Any]
) -> None:
    status, problem = served.call(method, at(path, anas), example(operation))
    assert (status, problem["code"]) == (401, "not_authenticated")
    odd = {"Authorization": "Bearer a.b.c"}
    status, _ = served.call(method, at(path, anas), example(operation), **odd)
    assert status == 401


@pytest.mark.parametrize("who", ["ben", "ines"])
@pytest.mark.parametrize(("method", "path", "operation"), OWNED, ids=names(OWNED))
def test_other_peoples_things_are_not_there(
    served: Served,
    anas: dict[str, str],
    method: str,
    path: str,
    operation: dict[str, Any],
    who: str,
) -> None:
    status, problem = served.call(method, at(path, anas), example(operation), by=served.people[who])
    assert status == 404, problem


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [case for case in OWNED if case[0] == "GET"],
    ids=names([case for case in OWNED if case[0] == "GET"]),
)
def test_the_owner_gets_in(
    served: Served, anas: dict[str, str], method: str, path: str, operation: dict[str, Any]
) -> None:
    status, answer = served.call(method, at(path, anas), by=served.people["ana"])
    assert status == 200, answer


def test_lists_hold_ones_own_things_only(served: Served, anas: dict[str, str]) -> None:
    def ids(path: str, who: str, key: str) -> set[str]:
        status, page = served.call("GET", path, by=served.people[who])
        assert status == 200, page
        return {entry[key] for entry in page["results"]}

    for who in ("ben", "ines"):
        assert anas["task_id"] not in ids("/api/choreography/tasks", who, "task_id")
        assert anas["item_id"] not in ids("/api/collections", who, "id")
        assert anas["song_id"] not in ids("/api/songs?page_size=100", who, "id")
    assert anas["song_id"] in ids("/api/songs?page_size=100", "ana", "id")


def test_only_what_is_meant_to_be_open_is_open() -> None:
    opened = {o["operationId"] for _, _, o in operations() if not o["security"]}
    assert opened == OPEN - {"headMedia"}


def test_metrics_are_for_operators(served: Served) -> None:
    status, _ = served.call("GET", "/api/metrics", by=served.people["ines"])
    assert status == 401
    headers = {"Authorization": "Bearer for-operators"}
    request = urllib.request.Request(f"{served.address}/api/metrics", headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        assert b"http_request_duration_seconds" in answer.read()
