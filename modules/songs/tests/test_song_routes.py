"""Songs over HTTP: shared ones for everybody, uploads for their owner."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from modules.media.adapters.folder import FolderStorage
from modules.media.http import build_router as build_media_router
from modules.media.links import HmacLinks
from modules.songs.application import MAX_UPLOAD_BYTES, SongLibrary
from modules.songs.http import build_router
from modules.songs.models import SongRow
from modules.songs.tests.recordings import AUDIO, BROKEN_OFF, NOT_AUDIO, playlists
from modules.web.tests.site import as_user, authenticators_for_tests, site_of

pytestmark = pytest.mark.django_db

OWNER, OTHER, INSTRUCTOR = as_user(7), as_user(8), as_user(9, is_instructor=True)
NOBODY: dict[str, str] = {}
SONGS = "/api/songs"


@pytest.fixture
def library(tmp_path: Path) -> SongLibrary:
    """A library on a folder."""
    return SongLibrary(FolderStorage(tmp_path / "media"))


@pytest.fixture
def client(library: SongLibrary, settings: Settings, tmp_path: Path) -> Client:
    """The site; uploads arrive in a folder of their own."""
    auth, links = authenticators_for_tests(), HmacLinks()
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "arriving"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    settings.ROOT_URLCONF = site_of(
        {
            "/songs": build_router(library=library, links=links, auth=auth),
            "/media": build_media_router(storage=library.storage, links=links, auth=auth),
        }
    )
    return Client()


def upload(
    client: Client,
    content: bytes = AUDIO[".mp3"],
    *,
    name: str = "song.mp3",
    who: dict[str, str] = OWNER,
    **form: Any,
) -> Any:
    """Send a file as a browser does."""
    fields = {"title": "Luna", "artist": "Los del patio"} | form
    file = SimpleUploadedFile(name, content, content_type="audio/mpeg")
    return client.post(SONGS, {"file": file} | fields, headers=who)


def stored(tmp_path: Path) -> list[Path]:
    """Every file of the library, and every upload that was left lying."""
    folders = (tmp_path / "media", tmp_path / "arriving")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_an_upload_is_a_song_of_its_owner(client: Client, tmp_path: Path) -> None:
    response = upload(client)
    assert response.status_code == 201
    song = response.json()
    assert response["Location"] == f"{SONGS}/{song['id']}"
    assert song == {
        "id": song["id"],
        "title": "Luna",
        "artist": "Los del patio",
        "tempo_bpm": None,
        "duration_s": None,
        "size_bytes": len(AUDIO[".mp3"]),
        "is_own": True,
        "audio_input": f"song:{song['id']}",
        "added_at": song["added_at"],
    }
    assert client.get(response["Location"], headers=OWNER).json() == song
    assert [path.read_bytes() for path in stored(tmp_path)] == [AUDIO[".mp3"]]


@pytest.mark.parametrize(("name", "content"), AUDIO.items(), ids=AUDIO)
def test_every_kind_is_stored_by_its_bytes_and_not_by_its_name(client, name, content) -> None:
    for chosen in ("../../etc/passwd", "song.html", "x" * 300 + ".mp3", "\u202egnp.exe"):
        assert upload(client, content, name=chosen).status_code in {200, 201}
    row = SongRow.objects.get()
    assert row.media_key == f"songs/{row.id}/song{name.split()[0]}"


def test_the_same_file_again_is_the_same_song(client: Client, tmp_path: Path) -> None:
    first = upload(client)
    again = upload(client, title="Another title")
    assert again.status_code == 200
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert SongRow.objects.count() == 1


def test_another_user_s_same_file_is_another_song(client: Client, tmp_path: Path) -> None:
    first, second = upload(client), upload(client, who=OTHER, title="Mine")
    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]
    assert second.json()["title"] == "Mine"
    assert len(stored(tmp_path)) == 2


def test_the_file_of_an_equal_upload_has_a_version_and_a_time_of_its_own(
    client: Client, tmp_path: Path
) -> None:
    first = upload(client)
    for path in stored(tmp_path):
        os.utime(path, (1e9, 1e9))  # long ago
    second = upload(client, who=OTHER)

    def head(song: Any, who: dict[str, str]) -> tuple[str, str]:
        lent = client.get(f"{song['Location']}/audio", headers=who).json()["url"]
        answer = client.get(lent, headers={"Range": "bytes=0-1"})
        assert answer.getvalue() == AUDIO[".mp3"][:2]
        return answer["ETag"], answer["Last-Modified"]

    told = zip(head(first, OWNER), head(second, OTHER), strict=True)
    assert [one == other for one, other in told] == [False, False]


def test_an_upload_is_seen_by_its_owner_alone(client: Client) -> None:
    address = upload(client)["Location"]
    for path in (address, f"{address}/audio"):
        statuses = [
            client.get(path, headers=who).status_code for who in (OWNER, OTHER, INSTRUCTOR, NOBODY)
        ]
        assert statuses == [200, 404, 404, 401], path
    listed = [client.get(SONGS, headers=who).json()["count"] for who in (OWNER, OTHER, INSTRUCTOR)]
    assert listed == [1, 0, 0]
    assert client.get(SONGS).status_code == 401


def test_the_catalogue_is_everybody_s(client, library: SongLibrary, tmp_path: Path) -> None:
    (tmp_path / "shared.flac").write_bytes(AUDIO[".flac"])
    song = library.add_file(tmp_path / "shared.flac", title="Shared")
    for who in (OWNER, OTHER, INSTRUCTOR):
        shown = client.get(f"{SONGS}/{song.id}", headers=who).json()
        assert (shown["title"], shown["is_own"]) == ("Shared", False)
        assert client.get(f"{SONGS}/{song.id}/audio", headers=who).status_code == 200
    assert client.get(f"{SONGS}/{song.id}").status_code == 401


def test_a_song_is_heard_by_a_link_without_a_token(client: Client) -> None:
    address = upload(client)["Location"]
    lent = client.get(f"{address}/audio", headers=OWNER).json()
    assert lent.keys() == {"url", "expires_at"}
    sound = client.get(lent["url"], headers={"Range": "bytes=0-99"})
    assert sound.status_code == 206
    assert sound.getvalue() == AUDIO[".mp3"][:100]
    assert sound["Content-Type"] == "audio/mpeg"
    assert sound["Content-Disposition"] == 'inline; filename="Los del patio - Luna.mp3"'


def test_nobody_uploads(client: Client, tmp_path: Path) -> None:
    assert upload(client, who=NOBODY).status_code == 401
    assert not SongRow.objects.exists()
    assert stored(tmp_path) == []


REFUSED = [(content, 415, "not_audio") for content in NOT_AUDIO.values()] + [
    (content, 422, "song_incomplete") for content in BROKEN_OFF.values() if content
]


@pytest.mark.parametrize(
    ("content", "status", "code"), REFUSED, ids=[*NOT_AUDIO, *list(BROKEN_OFF)[1:]]
)
def test_what_is_no_song_is_refused_and_leaves_nothing(
    client, tmp_path, content, status, code
) -> None:
    response = upload(client, content)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert not SongRow.objects.exists()
    assert stored(tmp_path) == []


def test_an_empty_file_is_refused(client: Client, tmp_path: Path) -> None:
    assert upload(client, b"").status_code == 422
    assert stored(tmp_path) == []


def test_a_byte_over_thirty_megabytes_is_refused(client: Client, tmp_path: Path) -> None:
    whole = AUDIO[".mp3"].ljust(MAX_UPLOAD_BYTES + 1, b"\0")
    response = upload(client, whole)
    assert (response.status_code, response.json()["code"]) == (413, "song_too_large")
    assert not SongRow.objects.exists()
    assert stored(tmp_path) == []
    assert upload(client, whole[:-1]).status_code == 201


def test_a_body_far_over_the_limit_is_not_even_read(client: Client, tmp_path: Path) -> None:
    class Untouchable(io.BytesIO):
        """A body that may not be read."""

        def read(self, size: int | None = -1, /) -> bytes:
            """Fail the test."""
            raise AssertionError("the body was read")

    response = client.generic(
        "POST",
        SONGS,
        headers=OWNER,
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Untouchable(), "CONTENT_LENGTH": str(1 << 32)},
    )
    assert response.status_code == 413
    assert stored(tmp_path) == []


BAD_FORMS: list[dict[str, Any]] = [
    {"title": ""},
    {"title": "   "},
    {"title": "a\0b"},
    {"title": "a\nb"},
    {"title": "x" * 201},
    {"artist": "x" * 201},
    {"artist": "\x1b[31m"},
    {"title": ["one", "two"]},
    {"owner_user_id": "8"},
    {"id": str(UUID(int=1))},
    {"more": SimpleUploadedFile("b.mp3", AUDIO[".mp3"])},
    {"file": [SimpleUploadedFile(n, AUDIO[".mp3"]) for n in ("a.mp3", "b.mp3")]},
    {"file": "text"},
]


@pytest.mark.parametrize("form", BAD_FORMS)
def test_a_bad_form_is_refused_and_leaves_nothing(client, tmp_path, form) -> None:
    for value in form.values():
        for file in value if isinstance(value, list) else [value]:
            if isinstance(file, SimpleUploadedFile):
                file.seek(0)
    response = upload(client, **form)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert not SongRow.objects.exists()
    assert stored(tmp_path) == []


@pytest.mark.parametrize("missing", ["file", "title"])
def test_a_form_without_its_parts_is_refused(client: Client, missing: str) -> None:
    fields = {"file": SimpleUploadedFile("a.mp3", AUDIO[".mp3"]), "title": "t"}
    del fields[missing]
    assert client.post(SONGS, fields, headers=OWNER).status_code == 422
    assert not SongRow.objects.exists()


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b'{"title": "x"}', 415),
        ("audio/mpeg", AUDIO[".mp3"], 415),
        ("multipart/form-data", b"no boundary", 400),
        ("multipart/form-data; boundary=x", b"not multipart", 422),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; na", 422),
        ("application/x-www-form-urlencoded", b"title=x&file=y", 415),
    ],
)
def test_a_body_of_another_form_is_refused(client, tmp_path, kind, body, status) -> None:
    response = client.generic("POST", SONGS, body, content_type=kind, headers=OWNER)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert not SongRow.objects.exists()
    assert stored(tmp_path) == []


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """An HTTP server that must not be asked for anything, and what it was asked for."""
    asked: list[str] = []

    class Canary(BaseHTTPRequestHandler):
        """Notes every request."""

        def do_GET(self) -> None:  # the base class's name
            """Note and refuse."""
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Canary)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("kind", playlists(""))
def test_a_playlist_named_mp3_is_refused_and_nothing_is_fetched(
    client: Client, canary: tuple[str, list[str]], tmp_path: Path, kind: str
) -> None:
    address, asked = canary
    for name in ("song.mp3", "song.m3u8"):
        response = upload(client, playlists(address)[kind], name=name)
        assert (response.status_code, response.json()["code"]) == (415, "not_audio")
    assert asked == []
    assert not SongRow.objects.exists()
    assert stored(tmp_path) == []


@pytest.mark.django_db(transaction=True)
def test_one_file_uploaded_at_once_is_made_once(client: Client, tmp_path: Path) -> None:
    together = threading.Barrier(6)

    def send(number: int) -> tuple[int, str]:
        together.wait()
        try:
            response = upload(Client(), who=as_user(number % 2 + 1))
            return response.status_code, response.json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert sorted(status for status, _ in answers) == [200] * 4 + [201] * 2
    assert len({song_id for _, song_id in answers}) == 2
    assert [path.read_bytes() for path in stored(tmp_path)] == [AUDIO[".mp3"]] * 2


def test_a_storage_that_fails_is_told_and_leaves_no_row(client: Client, tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    response = upload(client)
    assert (response.status_code, response.json()["code"]) == (503, "storage_unavailable")
    assert not SongRow.objects.exists()


def some_songs(n_songs: int = 25) -> None:
    """Songs of everybody, ever faster."""
    for number in range(n_songs):
        SongRow.objects.create(
            title=f"Song {number:02}",
            content_hash=str(number),
            media_key="songs/x/song.mp3",
            size_bytes=1,
            tempo_bpm=100 + number,
        )


def test_songs_come_in_pages(client: Client) -> None:
    some_songs()
    first = client.get(SONGS, {"page_size": 10}, headers=OWNER).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (25, 10, None)
    last = client.get(SONGS, {"page_size": 10, "page": 3}, headers=OWNER).json()
    assert [song["title"] for song in last["results"]] == [f"Song {n}" for n in range(20, 25)]
    assert last["next"] is None
    assert client.get(first["next"], headers=OWNER).json()["page"] == 2


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"search": "song 03"}, ["Song 03"]),
        ({"bpm_min": "123", "ordering": "-tempo_bpm"}, ["Song 24", "Song 23"]),
        ({"bpm_max": "101.5"}, ["Song 00", "Song 01"]),
        ({"bpm_min": "103", "bpm_max": "103"}, ["Song 03"]),
        ({"bpm_min": "200", "bpm_max": "100"}, []),
        ({"search": "'; DROP TABLE songs; --"}, []),
    ],
)
def test_songs_are_searched(client: Client, query: dict[str, str], titles: list[str]) -> None:
    some_songs()
    answer = client.get(SONGS, query, headers=OWNER).json()
    assert [song["title"] for song in answer["results"]] == titles
    assert answer["count"] == len(titles)


@pytest.mark.parametrize(
    "query",
    [
        "ordering=owner_user_id",
        "ordering=--title",
        "ordering=",
        "bpm_min=fast",
        "bpm_min=nan",
        "bpm_min=0",
        "bpm_max=1e3",
        "bpm_max=401",
        "search=a%00b",
        "search=" + "x" * 101,
        "page=0",
        "page_size=101",
        "owner=8",
        "search=a&search=b",
    ],
)
def test_a_bad_search_is_refused(client: Client, query: str) -> None:
    response = client.get(f"{SONGS}?{query}", headers=OWNER)
    assert response.status_code == 422
    assert response.json()["code"]


@pytest.mark.parametrize("path", ["x", str(UUID(int=9)), "1", "%00", "..%2f", "0" * 3000])
def test_what_is_no_song_is_not_found(client: Client, path: str) -> None:
    for end in ("", "/audio"):
        response = client.get(f"{SONGS}/{path}{end}", headers=OWNER)
        assert response.status_code in {404, 422}
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["vibe_ace.ogg", "lets_go_fishin.ogg"])
def test_a_real_song_is_uploaded_and_played_in_parts(
    client: Client, shared_data: Path, tmp_path: Path, name: str
) -> None:
    content = (shared_data / "songs" / name).read_bytes()
    response = upload(client, content, name="song.mp3")
    assert response.status_code == 201
    lent = client.get(f"{response['Location']}/audio", headers=OWNER).json()
    middle, end = len(content) // 2, len(content) - 1
    parts = [
        client.get(lent["url"], headers={"Range": asked}).getvalue()
        for asked in (f"bytes=0-{middle - 1}", f"bytes={middle}-")
    ]
    assert b"".join(parts) == content
    last = client.get(lent["url"], headers={"Range": "bytes=-1"})
    assert last["Content-Range"] == f"bytes {end}-{end}/{len(content)}"
    assert last.getvalue() == content[-1:]
