"""What every answer says to browsers, and which hosts are answered at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

ORIGIN = "https://bachata.example"
ADDRESSES = ["/api/health", "/api/nothing", "/api", "/api/auth/me", "/", "/nothing.js", "/api/docs"]


pytestmark = pytest.mark.django_db  # closing an answer looks at the connection


@pytest.fixture
def client(settings: Any, tmp_path: Path) -> Client:
    settings.PAGES_DIR = tmp_path  # not built here: no file stays open
    return Client(raise_request_exception=False)


def wanted_form(path: str) -> str:
    return "application/problem+json" if f"{path}/".startswith("/api/") else "text/plain"


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("host", ["testserver", "evil.example"])
def test_every_answer_tells_browsers_what_it_may_be_used_for(
    client: Client, path: str, host: str
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.has_header("Strict-Transport-Security")
    over_tls = client.get(path, headers={"Host": host}, secure=True)
    assert over_tls["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(
    ("host", "status"), [("evil.example", 421), ("evil.example:8000", 421), ("a b", 400), ("", 400)]
)
def test_another_host_is_refused_in_the_form_of_its_address(
    client: Client, path: str, host: str, status: int
) -> None:
    answer = client.get(path, HTTP_HOST=host)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith(wanted_form(path))
    assert b"<" not in answer.content


@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/nothing.js"])
def test_what_is_not_there_is_told_in_the_form_of_its_address(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 503)
    assert answer["Content-Type"].startswith(wanted_form(path))


def test_another_origin_can_read_its_refusal(client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    refused = client.get("/api/health", headers={"Host": "evil.example", "Origin": ORIGIN})
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (421, ORIGIN)


@pytest.mark.parametrize("path", ["/api/songs", "/somewhere"])
def test_what_the_server_refuses_leaves_like_everything_else(
    client: Client, settings: Any, path: str
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    refusal = {"bachata.refusal": (408, "too_slow", "The request took too long to arrive.")}
    answer = client.get(path, headers={"Origin": ORIGIN}, **refusal)  # type: ignore[arg-type]
    assert answer.status_code == 408
    assert answer["Content-Type"].startswith(wanted_form(path))
    assert b"took too long" in answer.content
    assert answer["X-Request-ID"]
    if path.startswith("/api/"):
        assert answer["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.json()["code"] == "too_slow"


def test_the_docs_load_only_what_is_here(client: Client) -> None:
    page = client.get("/api/docs")
    text = page.content.decode()
    loaded = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(loaded) >= 3
    assert all(address.startswith("/api/docs/assets/ninja/") for address in loaded)
    for address in loaded:
        asset = client.get(address)
        assert asset.status_code == 200, address
        assert b"".join(asset.streaming_content)  # type: ignore[attr-defined]
        asset.close()
    inline = re.findall(r"<script(?![^>]*src)([^>]*)>", text)
    assert all("application/json" in attributes for attributes in inline)  # data, nothing runs
    assert "script-src 'self';" in page["Content-Security-Policy"]
    shown = re.search(r'id="swagger-settings">(.*?)</script>', text, re.DOTALL)
    assert shown is not None
    assert json.loads(shown[1])["url"] == "/api/openapi.json"
    assert client.get("/api/docs/assets/ninja/../../settings.py").status_code == 404


def test_the_document_speaks_of_where_it_is_served(client: Client) -> None:
    assert [server["url"] for server in client.get("/api/openapi.json").json()["servers"]] == ["/"]
