"""Asking for a choreography over HTTP: what is taken, what is refused, what is done once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from modules.choreography.queries import get_task
from modules.choreography.tests.makers import a_user, event_names
from modules.choreography.tests.site import SONG, WISHES, Site, event_count, messages
from modules.eventstore.event_log import EventLog

pytestmark = pytest.mark.django_db(transaction=True)

GENERATE = "/choreography/generate"


def assert_refused(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """A problem came back, and nothing was recorded."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert (event_count(), messages()) == (0, [])
    problem: dict[str, Any] = answer.json()
    assert code is None or problem["code"] == code
    return problem


def test_a_wish_becomes_a_task_and_says_where_to_look(site: Site) -> None:
    answer = site.post(GENERATE, a_user(), WISHES | {"style": "romantic", "seed": 7})
    assert answer.status_code == 202
    body = answer.json()
    path = f"/api/choreography/tasks/{body['task_id']}"
    assert body == {
        "task_id": body["task_id"],
        "status": "started",
        "job_execution_name": None,
        "message": "Starting choreography generation...",
        "poll_url": path,
    }
    assert (answer["Location"], answer["Retry-After"]) == (path, "2")
    task_id = UUID(body["task_id"])
    assert event_names(task_id) == ["GenerationRequested"]
    assert messages() == [f"dispatch:{task_id}:1"]
    view = get_task(task_id, user_id=a_user())
    assert (view.style, view.seed, view.energy_level) == ("romantic", 7, None)
    assert view.song == {"title": "Obsesión", "artist": "Aventura"}


def test_a_wish_about_the_camera_reaches_task_event_and_job(site: Site) -> None:
    answer = site.post(GENERATE, a_user(), WISHES | {"camera": "change"})
    task_id = UUID(answer.json()["task_id"])
    [event] = EventLog().history(task_id)
    task = site.get(f"/choreography/tasks/{task_id}", a_user()).json()
    assert (event.state["camera"], task["parameters"]["camera"]) == ("change", "change")


def test_the_event_knows_who_asked_and_by_which_request(site: Site) -> None:
    answer = site.post(GENERATE, a_user(), WISHES, X_Request_ID="trace-7")
    [event] = EventLog().history(UUID(answer.json()["task_id"]))
    assert event.metadata["actor"] == f"user:{a_user()}"
    assert event.metadata["request_id"] == "trace-7"


def test_nobody_is_asked_to_log_in(site: Site) -> None:
    assert_refused(site.post(GENERATE, None, WISHES), 401, "not_authenticated")


@pytest.mark.parametrize(
    "body",
    [
        {"difficulty": "beginner"},
        {"audio_input": SONG},
        WISHES | {"seed": "5"},
        WISHES | {"seed": 5.0},
        WISHES | {"seed": True},
        WISHES | {"seed": -1},
        WISHES | {"seed": 2**31},
        WISHES | {"seed": 10**400},
        WISHES | {"difficulty": "Beginner"},
        WISHES | {"difficulty": None},
        WISHES | {"difficulty": ["beginner"]},
        WISHES | {"energy_level": "wild"},
        WISHES | {"style": ""},
        WISHES | {"camera": "wobble"},
        WISHES | {"camera": None},
        WISHES | {"user_id": 1},
        WISHES | {"audio_input": "\x00"},
        WISHES | {"audio_input": f"{SONG}\x00"},
        WISHES | {"audio_input": "song:\ud800"},
        WISHES | {"audio_input": 7},
        WISHES | {"audio_input": ""},
        WISHES | {"audio_input": "x" * 501},
        [],
        "null",
        "7",
    ],
    ids=repr,
)
def test_a_body_that_is_not_exactly_a_wish_is_refused(site: Site, body: Any) -> None:
    assert_refused(site.post(GENERATE, a_user(), body), 422)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"{", 400),
        (b'{"audio_input": "\xff"}', 400),
        (json.dumps(WISHES | {"style": "x" * 70_000}).encode(), 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(site: Site, raw: bytes, status: int) -> None:
    assert_refused(site.post(GENERATE, a_user(), raw), status)


@pytest.mark.parametrize(
    "address",
    [
        "/etc/passwd",
        "../../etc/passwd",
        "file:///etc/passwd",
        "data/songs/obsesion.mp3",
        "song:../../etc/passwd",
        "song:0b0e7a3e-6f0e-4a0c-9a52-1d2f5b0c7c12",
        "http://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://example.org/song.mp3",
        "https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com\\@evil.example/watch?v=dQw4w9WgXcQ",
        "https://user:secret@www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/redirect?q=https://evil.example",
        "https://www.youtube.com/attribution_link?u=/watch%3Fv%3DdQw4w9WgXcQ",
        "https://www.google.com/url?q=https://youtu.be/dQw4w9WgXcQ",
        "https://bit.ly/dQw4w9WgXcQ",
        "https://127.0.0.1/watch?v=dQw4w9WgXcQ",
        "https://169.254.169.254/watch?v=dQw4w9WgXcQ",
        "https://[::1]/watch?v=dQw4w9WgXcQ",
        "https://localhost/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com。evil.example/watch?v=dQw4w9WgXcQ",
        "gs://somebody-elses/song.mp3",
        "gs://our-bucket.evil/song.mp3",
        "gs://our-bucket/../other/song.mp3",
        "gs://our-bucket@evil/song.mp3",
        "ftp://our-bucket/song.mp3",
        "data:audio/mp3;base64,AAAA",
        "concat:/etc/passwd",
    ],
)
def test_a_song_from_anywhere_else_is_refused(site: Site, address: str) -> None:
    answer = site.post(GENERATE, a_user(), WISHES | {"audio_input": address})
    assert_refused(answer, 422, "unusable_audio_input")


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ",
        "gs://our-bucket/songs/obsesión.mp3",
    ],
)
def test_youtube_and_our_own_bucket_are_taken_and_nothing_is_fetched(
    site: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = a_user()

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the API opened a connection")

    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    task_id = site.generate(user, audio_input=address)
    assert site.task(task_id, user)["parameters"]["audio_input"] == address
    assert site.task(task_id, user)["song"] is None


def test_no_bucket_is_ours_where_none_is_configured(tmp_path: Path, settings: Any) -> None:
    site = Site(tmp_path, bucket="")
    settings.ROOT_URLCONF = site.urls
    answer = site.post(GENERATE, a_user(), WISHES | {"audio_input": "gs://our-bucket/song.mp3"})
    assert_refused(answer, 422, "unusable_audio_input")


def test_youtube_is_refused_at_the_door_where_it_is_off(tmp_path: Path, settings: Any) -> None:
    site = Site(tmp_path, takes_youtube=False)
    settings.ROOT_URLCONF = site.urls
    for address in ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"):
        answer = site.post(GENERATE, a_user(), WISHES | {"audio_input": address})
        assert_refused(answer, 422, "unusable_audio_input")
        assert "YouTube addresses are not taken here" in answer.json()["message"]
    assert event_count() == 0
    site.generate(a_user())


def test_a_song_of_somebody_else_is_as_if_there_were_none(site: Site) -> None:
    owner, other = a_user(), a_user("bea")
    address = f"song:{uuid4()}"
    site.shelf.songs[address] = owner
    answer = site.post(GENERATE, other, WISHES | {"audio_input": address})
    assert_refused(answer, 422, "unusable_audio_input")
    site.generate(owner, audio_input=address)


def test_the_same_key_and_body_twice_is_one_task_and_the_first_answer(site: Site) -> None:
    first, again = (
        site.post(GENERATE, a_user(), WISHES, Idempotency_Key="tuesday") for _ in range(2)
    )
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first["Location"] == again["Location"]
    assert (event_count(), len(messages())) == (1, 1)


def test_the_same_key_with_another_body_is_refused(site: Site) -> None:
    site.post(GENERATE, a_user(), WISHES, Idempotency_Key="tuesday")
    other = site.post(GENERATE, a_user(), WISHES | {"style": "modern"}, Idempotency_Key="tuesday")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert event_count() == 1


def test_the_same_key_of_two_people_is_two_keys(site: Site) -> None:
    for user in (a_user(), a_user("bea")):
        answer = site.post(GENERATE, user, WISHES, Idempotency_Key="tuesday")
        assert answer.status_code == 202
    assert event_count() == 2


def test_a_refusal_is_not_kept_under_its_key(site: Site) -> None:
    gone = WISHES | {"audio_input": f"song:{uuid4()}"}
    assert site.post(GENERATE, a_user(), gone, Idempotency_Key="k").status_code == 422
    assert site.post(GENERATE, a_user(), WISHES, Idempotency_Key="k").status_code == 202


def test_twenty_equal_requests_at_once_begin_one_task(site: Site) -> None:
    user = a_user()

    def ask(_: int) -> tuple[int, str | None]:
        try:
            answer = site.post(GENERATE, user, WISHES, Idempotency_Key="double-click")
            return answer.status_code, answer.json().get("task_id")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert {status for status, _ in answers} <= {202, 409}
    assert len({task_id for status, task_id in answers if status == 202}) == 1
    assert (event_count(), len(messages())) == (1, 1)


def test_without_a_key_every_request_is_another_task(site: Site) -> None:
    assert site.generate(a_user()) != site.generate(a_user())
    assert event_count() == 2


def test_a_sixth_live_task_is_refused_until_one_ends(site: Site) -> None:
    user, other = a_user(), a_user("bea")
    tasks = [site.generate(user) for _ in range(5)]
    refused = site.post(GENERATE, user, WISHES)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_live_tasks")
    assert "5 of your choreographies" in refused.json()["detail"]
    site.generate(other)
    site.tasks.cancel(task_id=tasks[0], user_id=user)
    site.generate(user)
    again = site.post(f"/choreography/tasks/{tasks[0]}/retry", user)
    assert (again.status_code, again.json()["code"]) == (409, "too_many_live_tasks")


def test_a_repeated_request_gets_its_first_answer_however_many_are_live(site: Site) -> None:
    user, key = a_user(), str(uuid4())
    headers = {"Idempotency-Key": key}
    first = site.post(GENERATE, user, WISHES, **headers)
    for _ in range(4):
        site.generate(user)
    again = site.post(GENERATE, user, WISHES, **headers)
    assert (again.status_code, again.json()) == (202, first.json())


def test_many_requests_at_once_do_not_slip_past_the_limit(site: Site) -> None:
    user = a_user()

    def ask(_: int) -> int:
        try:
            return int(site.post(GENERATE, user, WISHES).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as pool:
        statuses = sorted(pool.map(ask, range(16)))
    assert statuses == [202] * 5 + [409] * 11
