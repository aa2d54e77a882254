"""The built pages as browsers get them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from config.pages import serving
from config.pages.building import compress

# The end of a request looks after the connections that other tests opened.
pytestmark = pytest.mark.django_db

SCRIPT = "/assets/index-amZBZKn0.js"


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A small build, compressed as a real one is."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Bachata Buddy</title>" + " " * 500)
    (tmp_path / SCRIPT[1:]).write_text("console.log(1); " * 200)
    (tmp_path / "icon.svg").write_text("<svg/>")
    compress(tmp_path)
    settings.PAGES_DIR = tmp_path
    serving._files.cache_clear()
    yield tmp_path
    serving._files.cache_clear()


def get(client: Client, path: str, **headers: str) -> tuple[HttpResponse, bytes]:
    """Ask for a file and read it to its end, as a server does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = client.get(path, headers=named)
    content = b"".join(response) if response.streaming else response.content
    response.close()
    return response, content


@pytest.mark.parametrize("path", ["/", "/generate", "/tasks/7f", "/collections/1/", "/niñas"])
def test_every_page_is_the_application_and_never_cached(
    client: Client, built: Path, path: str
) -> None:
    response, content = get(client, path)
    assert response.status_code == 200
    assert content.startswith(b"<!doctype html>")
    assert response["Cache-Control"] == "no-cache"
    assert response["Content-Type"].startswith("text/html")


def test_hashed_files_are_kept_for_a_year_others_are_not(client: Client, built: Path) -> None:
    kept = get(client, SCRIPT)[0]["Cache-Control"]
    assert "immutable" in kept
    assert f"max-age={365 * 24 * 3600}" in kept
    assert "immutable" not in get(client, "/icon.svg")[0]["Cache-Control"]


def test_the_policy_allows_our_own_scripts_and_no_inline_ones(client: Client, built: Path) -> None:
    policy = get(client, "/generate")[0]["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_who_takes_brotli_gets_it(client: Client, built: Path) -> None:
    response, content = get(client, SCRIPT, Accept_Encoding="gzip, br")
    assert response["Content-Encoding"] == "br"
    assert brotli.decompress(content) == (built / SCRIPT[1:]).read_bytes()
    assert "Accept-Encoding" in response["Vary"]


def test_a_page_that_did_not_change_is_not_sent_again(client: Client, built: Path) -> None:
    etag = get(client, "/")[0]["ETag"]
    unchanged = get(client, "/login", If_None_Match=etag)[0]
    assert unchanged.status_code == 304
    # A browser would put these in the place of the stored page's own.
    assert not {"Content-Security-Policy", "Cross-Origin-Resource-Policy"} & set(unchanged.headers)


@pytest.mark.parametrize(
    "path", ["/assets/index-00000000.js", "/../settings.py", "/%2e%2e/manage.py", "/.sources.br"]
)
def test_a_file_that_is_not_there_is_no_page(client: Client, built: Path, path: str) -> None:
    assert get(client, path)[0].status_code == 404


def test_the_api_keeps_its_own_errors(client: Client, built: Path) -> None:
    for path in ("/api/nothing", "/api"):
        response = client.get(path)
        assert response.status_code == 404
    assert client.get("/api/nothing")["Content-Type"] == "application/problem+json"
    assert client.post("/generate").status_code == 405


def test_without_a_build_it_says_what_to_do(
    client: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.PAGES_DIR = tmp_path / "none"
    serving._files.cache_clear()
    response = client.get("/")
    assert response.status_code == 503
    assert b"npm run build" in response.content
    serving._files.cache_clear()
