"""The pages behind a real nginx, with ``frontend/nginx.conf``, in front of the real API."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import FRONTEND
from tests.end_to_end.test_serve import free_port, serving
from tests.world import World, until

pytestmark = pytest.mark.xdist_group("world")

WHOLE = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 64; }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Front:
    """A running nginx."""

    port: int

    def ask(self, path: str, *, data: bytes | None = None, **headers: str) -> Answer:
        """Ask it; underscores in the names of headers are hyphens."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=data,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def answers(self) -> bool:
        """Whether it listens."""
        try:
            return self.ask("/").status == 200
        except OSError:
            return False


@contextmanager
def nginx(folder: Path, *, api_port: int, pages: Path) -> Iterator[Front]:
    """Start nginx as the image does, but on a free port and with the pages where they are."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/bin")
    if program is None:
        pytest.skip("nginx is needed (Debian's package nginx-light)")
    port = free_port()
    template = (FRONTEND / "nginx.conf").read_text()
    assert template.count("8080") >= 2
    site = (
        template.replace("${API_ADDRESS}", f"127.0.0.1:{api_port}")
        .replace("listen 8080;", f"listen 127.0.0.1:{port};")
        .replace("    listen [::]:8080;\n", "")
        .replace("/usr/share/nginx/html", str(pages))
    )
    folder.chmod(0o755)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder))
    process = subprocess.Popen(
        [program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "user root;"],
        stderr=subprocess.PIPE,
        text=True,
    )
    front = Front(port)
    try:
        until(lambda: process.poll() is not None or front.answers())
        assert process.poll() is None, process.communicate()[1]
        yield front
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def front(
    ready_world: World, built_pages: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    """Nginx in front of a site that counts it as a proxy."""
    with (
        serving(ready_world, "--workers", "1", TRUSTED_PROXIES="1") as site,
        nginx(tmp_path_factory.mktemp("nginx"), api_port=site.port, pages=built_pages) as running,
    ):
        yield running


def a_token(front: Front) -> str:
    name = f"n{uuid.uuid4().hex[:12]}"
    body = {"username": name, "email": f"{name}@example.org", "password": "bailando-con-la-luna"}
    answer = front.ask(
        "/api/auth/register", data=json.dumps(body).encode(), Content_Type="application/json"
    )
    assert answer.status == 201, answer.body
    token: str = answer.json["access"]
    return token


@pytest.mark.parametrize("path", ["/", "/generate", "/tasks/7f"])
def test_every_page_is_the_application_and_never_cached(front: Front, path: str) -> None:
    answer = front.ask(path)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert b'<div id="root">' in answer.body
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_hashed_files_are_kept_for_a_year_and_a_lost_one_is_no_page(
    front: Front, built_pages: Path
) -> None:
    name = next(path.name for path in (built_pages / "assets").glob("index-*.js"))
    answer = front.ask(f"/assets/{name}", Accept_Encoding="gzip")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert front.ask("/assets/index-00000000.js").status == 404


def test_the_api_keeps_its_own_headers(front: Front) -> None:
    answer = front.ask("/api/songs")
    assert (answer.status, answer.json["code"]) == (401, "not_authenticated")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_video_is_read_in_parts(front: Front, ready_world: World) -> None:
    token = {"Authorization": f"Bearer {a_token(front)}"}
    song = front.ask("/api/songs?search=noche", **token).json["results"][0]
    link = front.ask(f"/api/songs/{song['id']}/audio", **token).json["url"]
    part = front.ask(link, Range="bytes=1000-1999")
    assert (part.status, len(part.body)) == (206, 1000)
    assert part.headers["Content-Range"].startswith("bytes 1000-1999/")


def test_thirty_megabytes_go_through_and_more_are_refused(front: Front) -> None:
    token = {"Authorization": f"Bearer {a_token(front)}"}
    form = {"Content_Type": "multipart/form-data; boundary=x"} | token

    def upload(n_bytes: int) -> Answer:
        head = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nBig\r\n--x\r\n'
        head += b'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        wave = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0"
        body = wave + b"data\xff\xff\xff\x7f" + bytes(n_bytes - len(wave) - 8)
        return front.ask("/api/songs", data=head + body + b"\r\n--x--\r\n", **form)

    taken = upload(30 << 20)
    assert taken.status == 201, taken.body
    assert upload(32 << 20).status == 413


def test_the_api_counts_the_address_that_nginx_saw(front: Front) -> None:
    """Who writes an X-Forwarded-For of their own is counted as who they are."""
    left = [
        int(
            front.ask(
                "/api/auth/login",
                data=b'{"username": "nobody", "password": "not-a-password"}',
                Content_Type="application/json",
                X_Forwarded_For=f"198.51.100.{i}",
            )
            .headers["RateLimit"]
            .split("r=")[1]
            .split(";")[0]
        )
        for i in range(3)
    ]
    assert left == [left[0], left[0] - 1, left[0] - 2]
