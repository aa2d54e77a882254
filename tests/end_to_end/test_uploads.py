"""An upload, on a served installation: what is found in it is there before anybody dances."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from engine.audio.tests.sounds import piece, write_wav
from tests.end_to_end.test_serve import Site, serving
from tests.world import World, until

# One process drives the one installation.
pytestmark = pytest.mark.xdist_group("world")

BOUNDARY = "a-line-that-no-song-holds"


def ask(site: Site, path: str, body: bytes | None = None, **headers: str) -> Any:
    """Ask the API, and give its JSON."""
    address = f"http://127.0.0.1:{site.port}/api{path}"
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    request = urllib.request.Request(address, body, names)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def form(song: Path) -> bytes:
    """Write the form a browser sends."""
    line = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    return b"".join(
        [
            f'{line}"title"\r\n\r\nLuna\r\n'.encode(),
            f'{line}"file"; filename="luna.wav"\r\n\r\n'.encode(),
            song.read_bytes(),
            f"\r\n--{BOUNDARY}--\r\n".encode(),
        ]
    )


def test_an_upload_is_analysed_by_itself(world: World, tmp_path: Path) -> None:
    song = write_wav(tmp_path / "luna.wav", piece(("verse", 4), ("chorus", 4)))
    done = world.manage("migrate")
    assert done.returncode == 0, done.stderr
    with serving(world, "--workers", "1", USER_REQUESTS_PER_MINUTE="100000") as site:
        person = {"username": "luz", "email": "luz@example.org", "password": "una noche de luna"}
        json_type = {"Content_Type": "application/json"}
        login = ask(site, "/auth/register", json.dumps(person).encode(), **json_type)
        who = {"Authorization": f"Bearer {login['access']}"}
        kind = {"Content_Type": f"multipart/form-data; boundary={BOUNDARY}"}
        sent = ask(site, "/songs", form(song), **who, **kind)
        assert sent["tempo_bpm"] is None

        def found() -> Any:
            seen = ask(site, f"/songs/{sent['id']}", **who)
            return seen if seen["tempo_bpm"] else None

        seen = until(found, deadline_s=120)
    assert 60 < seen["tempo_bpm"] < 220
    assert seen["duration_s"] > 10
    until(lambda: not world.leftovers())
