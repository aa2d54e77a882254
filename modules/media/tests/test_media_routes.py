"""Players get what they ask for, by a signed link and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils.http import http_date
from pytest_django import Settings

from modules.media.adapters.folder import FolderStorage
from modules.media.adapters.memory import MemoryStorage
from modules.media.contract import MediaStorage
from modules.media.http import build_router
from modules.media.links import PERIOD_S, HmacLinks
from modules.media.tests.test_links import NOON_S, Clock
from modules.web.tests.site import as_user, authenticators_for_tests, site_of

KEY = "choreographies/2026/11/dance.mp4"
VIDEO = bytes(range(256)) * 2000
SIZE = len(VIDEO)


@pytest.fixture
def clock() -> Clock:
    """The links' clock."""
    return Clock()


@pytest.fixture
def links(clock: Clock) -> HmacLinks:
    """Who signs."""
    return HmacLinks(clock=clock)


@pytest.fixture(params=["folder", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStorage:
    """Storages with and without local files, one video in each."""
    video = tmp_path / "video"
    video.write_bytes(VIDEO)
    made: MediaStorage = FolderStorage(tmp_path / "media")
    if request.param == "memory":
        made = MemoryStorage()
    made.put(KEY, video)
    return made


@pytest.fixture
def client(storage: MediaStorage, links: HmacLinks, settings: Settings) -> Client:
    """A player of the site; no database is needed, none may be asked."""
    router = build_router(storage=storage, links=links, auth=authenticators_for_tests())
    settings.ROOT_URLCONF = site_of({"/media": router})
    return Client()


def body(response: Any) -> bytes:
    """All that was sent, with what the headers promised."""
    content = response.getvalue()
    assert int(response["Content-Length"]) == len(content)
    return content


def test_a_link_shows_the_whole_object(client: Client, links: HmacLinks) -> None:
    response = client.get(links.link(KEY))
    assert response.status_code == 200
    assert body(response) == VIDEO
    assert response["Content-Type"] == "video/mp4"
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'inline; filename="dance.mp4"'
    assert response["Cache-Control"] == "private, max-age=3600"
    assert response["ETag"].startswith('"')
    assert response["Last-Modified"].endswith("GMT")


def test_the_name_to_save_it_by_is_the_link_s(client: Client, links: HmacLinks) -> None:
    response = client.get(links.link(KEY, filename="Mía.mp4"))
    assert response["Content-Disposition"] == "inline; filename*=utf-8''M%C3%ADa.mp4"
    body(response)


def test_a_name_changes_nothing_about_the_type(client: Client, links: HmacLinks) -> None:
    response = client.get(links.link(KEY, filename="page.html"))
    assert response["Content-Type"] == "video/mp4"
    body(response)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-1", 0, 1),
        ("bytes=1000-200000", 1000, 200_000),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        ("bytes=-1000", SIZE - 1000, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes=500-{SIZE * 2}", 500, SIZE - 1),
    ],
)
def test_a_range_shows_that_part(client, links, asked: str, first: int, last: int) -> None:
    response = client.get(links.link(KEY), headers={"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Type"] == "video/mp4"
    assert body(response) == VIDEO[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=5-1", "lines=0-1", "bytes=x", ""])
def test_what_is_no_single_range_is_answered_whole(client, links, asked: str) -> None:
    response = client.get(links.link(KEY), headers={"Range": asked})
    assert response.status_code == 200
    assert not response.has_header("Content-Range")
    assert body(response) == VIDEO


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_a_range_behind_the_end_is_refused_with_the_size(client, links, asked: str) -> None:
    response = client.get(links.link(KEY), headers={"Range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "range_unsatisfiable"


def test_a_part_is_given_only_of_what_the_client_began_with(client, links) -> None:
    first = client.get(links.link(KEY))
    body(first)
    past = http_date(1)
    for if_range, status in (
        (first["ETag"], 206),
        (first["Last-Modified"], 206),
        ('"other"', 200),
        ("W/" + first["ETag"], 200),
        (past, 200),
        ("nonsense", 200),
    ):
        headers = {"Range": "bytes=10-19", "If-Range": if_range}
        response = client.get(links.link(KEY), headers=headers)
        assert response.status_code == status, if_range
        assert body(response) == (VIDEO[10:20] if status == 206 else VIDEO)


def test_a_range_of_what_has_changed_is_not_refused(client, links) -> None:
    headers = {"Range": f"bytes={SIZE}-", "If-Range": '"longer, earlier"'}
    response = client.get(links.link(KEY), headers=headers)
    assert response.status_code == 200
    body(response)


def test_what_the_client_has_is_not_sent_again(client: Client, links: HmacLinks) -> None:
    first = client.get(links.link(KEY))
    body(first)
    for headers in (
        {"If-None-Match": first["ETag"]},
        {"If-None-Match": f'"x", W/{first["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first["Last-Modified"]},
        {"If-None-Match": first["ETag"], "Range": "bytes=0-1"},
    ):
        for ask in (client.get, client.head):
            response = ask(links.link(KEY), headers=headers)
            assert response.status_code == 304, headers
            assert response.content == b""
            assert response["ETag"] == first["ETag"]
            assert response["Cache-Control"] == "private, max-age=3600"


def test_another_version_is_sent(client: Client, links: HmacLinks) -> None:
    response = client.get(links.link(KEY), headers={"If-None-Match": '"other"'})
    assert response.status_code == 200
    body(response)


@pytest.mark.parametrize("headers", [{"If-Match": '"x"'}, {"If-Unmodified-Since": http_date(1)}])
def test_a_version_that_is_gone_fails_its_precondition(client, links, headers) -> None:
    response = client.get(links.link(KEY), headers=headers)
    assert response.status_code == 412
    assert response.json()["code"] == "precondition_failed"


def test_head_has_the_headers_of_get_and_no_bytes(client: Client, links: HmacLinks) -> None:
    shown = client.get(links.link(KEY))
    body(shown)
    asked = client.head(links.link(KEY), headers={"Range": "bytes=0-1"})
    assert asked.status_code == 200
    assert asked.content == b""
    own = {"X-Request-ID"}
    assert {k: v for k, v in asked.items() if k not in own} == {
        k: v for k, v in shown.items() if k not in own
    }


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_link_only_shows(client: Client, links: HmacLinks, storage, method: str) -> None:
    response = getattr(client, method)(links.link(KEY))
    assert response.status_code == 405
    assert storage.exists(KEY)


def test_a_link_opens_for_whoever_has_it(client: Client, links: HmacLinks) -> None:
    for headers in ({}, as_user(1), as_user(2), as_user(3, is_instructor=True)):
        response = client.get(links.link(KEY), headers=headers)
        assert response.status_code == 200
        body(response)


def test_without_a_link_nobody_is_shown_anything(client: Client) -> None:
    for headers in ({}, as_user(1), as_user(3, is_instructor=True)):
        assert client.get(f"/api/media/{KEY}", headers=headers).status_code == 422
        unsigned = urlencode({"expires": NOON_S + PERIOD_S, "signature": "A" * 43})
        response = client.get(f"/api/media/{KEY}?{unsigned}", headers=headers)
        assert response.status_code == 403
        assert response.json()["code"] == "link_refused"


def test_an_expired_link_shows_nothing(client: Client, links: HmacLinks, clock: Clock) -> None:
    address = links.link(KEY)
    clock.now_s = NOON_S + 2 * PERIOD_S
    response = client.get(address)
    assert response.status_code == 403
    assert response.json()["code"] == "link_expired"


def test_an_absent_object_is_told_to_those_with_a_link_only(client, links) -> None:
    assert client.get(links.link("songs/none.mp3")).status_code == 404
    other = links.link("songs/none.mp3").replace("none", "other")
    assert client.get(other).status_code == 403


SECRETS = [
    "../secret.txt",
    "a/../../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "%2e%2e%2fsecret.txt",
    "..\\secret.txt",
    "//secret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "choreographies/2026/11/dance.mp4%00.jpg",
    "choreographies/2026/11/dance.mp4/../dance.mp4",
    "./choreographies/2026/11/dance.mp4",
    "choreographies//2026/11/dance.mp4",
    ".hidden",
    "%ff%fe",
    "choreographies",
    "x" * 3000,
]


@pytest.mark.parametrize("path", SECRETS)
def test_no_path_leaves_the_storage(client: Client, links, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    query = links.link(KEY).partition("?")[2]
    response = client.get(f"/api/media/{path}?{query}")
    assert response.status_code in {403, 404, 422}
    assert b"secret" not in response.content.replace(b"secret.txt", b"")


@pytest.mark.parametrize(
    "key", ["../secret.txt", "/etc/passwd", "a\0", ".hidden", "choreographies"]
)
def test_not_even_a_signature_leads_out_of_the_storage(client, tmp_path, key: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    expires = NOON_S + PERIOD_S
    signature = Signer(salt="modules.media.links").signature(f"{expires}\n{key}\n")
    query = urlencode({"expires": expires, "signature": signature})
    response = client.get(f"/api/media/{quote(key)}?{query}")
    assert response.status_code in {403, 404}


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_a_link_in_the_folder_that_leads_out_of_it_shows_nothing(client, links, tmp_path) -> None:
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (tmp_path / "media" / "way_out.mp4").symlink_to(tmp_path / "secret.mp4")
    assert client.get(links.link("way_out.mp4")).status_code == 404


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_a_player_that_goes_away_leaves_nothing_open(client: Client, links: HmacLinks) -> None:
    def n_open() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = n_open()
    for _ in range(5):
        response = client.get(links.link(KEY))
        next(iter(response))
        response.close()
        client.get(links.link(KEY)).close()
        client.head(links.link(KEY))
        client.get(links.link(KEY), headers={"Range": "bytes=9999999-"})
    assert n_open() == before


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.JPG", "image/jpeg"),
        ("a.m4a", "audio/mp4"),
        ("a.mp3", "audio/mpeg"),
        ("a.json", "application/json"),
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_the_type_is_by_a_fixed_table(client, links, storage, tmp_path, key, kind) -> None:
    storage.put(key, tmp_path / "video")
    response = client.get(links.link(key))
    assert response["Content-Type"] == kind
    body(response)


def test_an_empty_object_is_shown_and_has_no_parts(client, links, storage, tmp_path) -> None:
    (tmp_path / "nothing").touch()
    storage.put("nothing.mp4", tmp_path / "nothing")
    assert body(client.get(links.link("nothing.mp4"))) == b""
    response = client.get(links.link("nothing.mp4"), headers={"Range": "bytes=0-"})
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */0"
