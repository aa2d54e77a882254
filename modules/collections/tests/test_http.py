"""The routes of collections, as owner, other user, instructor and nobody."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test import Client

from modules.choreography.queries import get_task
from modules.choreography.tests.makers import a_task, a_user, an_application
from modules.collections.application import SavedChoreographies
from modules.collections.domain import id_of
from modules.collections.http import build_router
from modules.collections.schemas import SavedOut
from modules.collections.tests.makers import (
    a_collection,
    a_row_of_the_old_app,
    a_stored_task,
    count_events,
    event_names,
    legacy_rows,
    run_sql,
)
from modules.media.links import PERIOD_S, HmacLinks
from modules.web.tests.site import as_user, authenticators_for_tests, site_of

pytestmark = pytest.mark.django_db(transaction=True)

NOW_S = 1_795_230_000.0
SOME_ID = str(UUID(int=1))


class Site:
    """The routes, called by whomever a test says; time stands still until it is moved."""

    def __init__(self, settings: Any) -> None:
        self.now_s = NOW_S
        router = build_router(
            items=a_collection(),
            get_task=get_task,
            links=HmacLinks(clock=lambda: self.now_s),
            auth=authenticators_for_tests(),
        )
        settings.ROOT_URLCONF = site_of({"/collections": router})

    def __call__(
        self,
        method: str,
        path: str = "",
        body: Any = None,
        *,
        user_id: int | None = None,
        nobody: bool = False,
        instructor: bool = False,
        **headers: str,
    ) -> Any:
        """Call a route as a user, who is the owner unless another is named."""
        who = {} if nobody else as_user(user_id or a_user(), is_instructor=instructor)
        client = Client(raise_request_exception=False)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        call = getattr(client, method.lower())
        rest = {} if body is None else {"data": body, "content_type": "application/json"}
        return call(f"/api/collections{path}", headers=who | named, **rest)


@pytest.fixture
def site(settings: Any) -> Site:
    """Return the routes."""
    return Site(settings)


def problem(answer: Any, status: int) -> str:
    """Check a refusal and give its code."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    code: str = answer.json()["code"]
    return code


def a_saved(site: Site, **more: Any) -> dict[str, Any]:
    """Save a finished task and give the answer's body."""
    answer = site("POST", body={"task_id": str(a_stored_task()), **more})
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_saving_answers_with_the_item_and_where_it_is(site: Site) -> None:
    task_id = a_stored_task()
    answer = site("POST", body={"task_id": str(task_id), "title": " First ", "notes": "a\nb"})
    assert answer.status_code == 201
    item = answer.json()
    assert set(item) == set(SavedOut.model_fields)
    assert item["id"] == str(id_of(user_id=a_user(), task_id=task_id))
    assert answer["Location"] == f"/api/collections/{item['id']}"
    assert (item["title"], item["notes"], item["task_id"]) == ("First", "a\nb", str(task_id))
    assert (item["origin"], item["is_auto_saved"]) == ("dancer", False)
    assert item["duration"] == 93.25
    assert item["video_url"].startswith(f"/api/media/choreographies/2026/11/{task_id}.mp4?")
    assert item["thumbnail_url"].startswith(f"/api/media/choreographies/2026/11/{task_id}.jpg?")
    assert item["timeline_url"].startswith(f"/api/media/choreographies/2026/11/{task_id}.json?")
    read = site("GET", f"/{item['id']}")
    assert read.json() == item
    assert read["ETag"] == answer["ETag"]


def test_saving_the_same_task_twice_gives_the_first_item(site: Site) -> None:
    task_id = a_stored_task()
    first = site("POST", body={"task_id": str(task_id), "title": "First"})
    second = site("POST", body={"task_id": str(task_id), "title": "Second"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()


@pytest.mark.parametrize("keyed", [False, True])
def test_saving_at_once_gives_one_item(site: Site, keyed: bool) -> None:
    task_id, user_id, answers = a_stored_task(), a_user(), list[Any]()
    barrier = threading.Barrier(6)

    def save(number: int) -> None:
        try:
            key = {"Idempotency_Key": f"key-{number}"} if keyed else {}
            barrier.wait(timeout=20)
            answers.append(site("POST", body={"task_id": str(task_id)}, user_id=user_id, **key))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in answers}) == len(legacy_rows()) == 1


def test_a_repeated_request_gets_its_first_answer(site: Site) -> None:
    body = {"task_id": str(a_stored_task())}
    first = site("POST", body=body, Idempotency_Key="k")
    again = site("POST", body=body, Idempotency_Key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again["Location"]) == (first.json(), first["Location"])
    other = site("POST", body={**body, "title": "x"}, Idempotency_Key="k")
    assert problem(other, 422) == "idempotency_key_reused"


@pytest.mark.parametrize("form", ["link", "absolute link", "path"])
def test_a_video_of_ones_own_can_be_saved_by_its_address(site: Site, form: str) -> None:
    task_id = a_stored_task()
    key = f"choreographies/2026/11/{task_id}.mp4"
    link = HmacLinks().link(key, filename="x.mp4")
    address = {"link": link, "absolute link": f"https://x.example{link}", "path": key}[form]
    answer = site("POST", body={"video_url": address})
    assert (answer.status_code, answer.json()["task_id"]) == (201, str(task_id))
    both = site("POST", body={"video_url": address, "task_id": str(task_id)})
    assert both.status_code == 200


def test_what_is_not_ones_own_finished_video_cannot_be_saved(site: Site) -> None:
    theirs = a_stored_task(user_id=a_user("bea"))
    waiting = a_task(an_application())
    events = count_events()
    refused = [
        ({"task_id": str(theirs)}, 404, "not_found"),
        ({"task_id": str(uuid4())}, 404, "not_found"),
        ({"video_url": f"choreographies/2026/11/{theirs}.mp4"}, 404, "not_found"),
        ({"video_url": "https://example.org/video.mp4"}, 404, "unknown_video"),
        ({"task_id": str(waiting)}, 409, "nothing_to_save"),
    ]
    for body, status, code in refused:
        assert problem(site("POST", body=body), status) == code
    other = {"task_id": str(a_stored_task()), "video_url": f"choreographies/2026/11/{theirs}.mp4"}
    assert problem(site("POST", body=other), 404) == "unknown_video"
    assert count_events() == events + 3  # those of the last task
    assert legacy_rows() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"task_id": None},
        {"task_id": 7},
        {"task_id": "x"},
        {"task_id": SOME_ID, "title": ""},
        {"task_id": SOME_ID, "title": "a\nb"},
        {"task_id": SOME_ID, "title": "x" * 201},
        {"task_id": SOME_ID, "title": 7},
        {"task_id": SOME_ID, "difficulty": "impossible"},
        {"task_id": SOME_ID, "notes": "x" * 2001},
        {"task_id": SOME_ID, "notes": "a\x00"},
        {"task_id": SOME_ID, "user_id": 1},
        {"video_url": ""},
        {"video_url": "x" * 2001},
    ],
)
def test_what_cannot_be_meant_is_refused(site: Site, body: Any) -> None:
    assert problem(site("POST", body=body), 422) == "validation_failed"
    assert count_events() == 0


def test_words_are_revised_and_the_etag_says_so(site: Site) -> None:
    item = a_saved(site)
    path = f"/{item['id']}"
    before = site("GET", path)["ETag"]
    answer = site("PUT", path, {"title": "New", "difficulty": "advanced"}, If_Match=before)
    assert answer.status_code == 200
    revised = answer.json()
    assert (revised["title"], revised["difficulty"]) == ("New", "advanced")
    assert (revised["notes"], revised["created_at"]) == (item["notes"], item["created_at"])
    assert answer["ETag"] != before
    assert site("GET", path)["ETag"] == answer["ETag"]
    assert site("GET", path).json() == revised


def test_a_racing_change_is_answered_with_what_it_wrote_itself(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/{a_saved(site)['id']}"
    revise = SavedChoreographies.revise

    def overtaken(self: SavedChoreographies, item_id: UUID, **changes: Any) -> Any:
        written = revise(self, item_id, **changes)
        theirs = {"title": "Theirs", "difficulty": None, "notes": None, "guard": None}
        revise(self, item_id, **changes | theirs)
        return written

    monkeypatch.setattr(SavedChoreographies, "revise", overtaken)
    mine = site("PUT", path, {"title": "Mine"})
    assert (mine.status_code, mine.json()["title"]) == (200, "Mine")
    now = site("GET", path)
    assert now.json()["title"] == "Theirs"
    assert now["ETag"] != mine["ETag"]


def test_a_revision_of_what_was_read_before_is_refused(site: Site) -> None:
    path = f"/{a_saved(site)['id']}"
    stale = site("GET", path)["ETag"]
    site("PUT", path, {"title": "Theirs"})
    for method, body in (("PUT", {"title": "Ours"}), ("DELETE", None)):
        assert problem(site(method, path, body, If_Match=stale), 412) == "precondition_failed"
    assert site("GET", path).json()["title"] == "Theirs"
    run_sql("UPDATE public.saved_choreographies SET title = 'The old app''s'")
    current = site("PUT", path, {"notes": "x"}, If_Match=stale)
    assert problem(current, 412) == "precondition_failed"


def test_newer_links_make_another_etag_but_no_conflict(site: Site) -> None:
    path = f"/{a_saved(site)['id']}"
    first = site("GET", path)
    assert site("GET", path, If_None_Match=first["ETag"]).status_code == 304
    site.now_s += PERIOD_S
    later = site("GET", path, If_None_Match=first["ETag"])
    assert later.status_code == 200
    assert later["ETag"] != first["ETag"]
    assert later.json()["video_url"] != first.json()["video_url"]
    assert site("PUT", path, {"title": "New"}, If_Match=first["ETag"]).status_code == 200


def test_removing_is_done_once(site: Site) -> None:
    path = f"/{a_saved(site)['id']}"
    done = site("DELETE", path)
    assert (done.status_code, done.content) == (204, b"")
    for method, body in (("DELETE", None), ("GET", None), ("PUT", {"title": "x"})):
        assert problem(site(method, path, body), 404) == "not_found"
    assert site("GET").json()["count"] == 0


@pytest.mark.parametrize("made_by", ["us", "the old app"])
def test_every_door_as_owner_other_user_instructor_and_nobody(site: Site, made_by: str) -> None:
    item_id = UUID(a_saved(site)["id"]) if made_by == "us" else a_row_of_the_old_app()
    events, rows = count_events(), legacy_rows()
    doors = [("GET", None), ("PUT", {"title": "Mine"}), ("DELETE", None)]
    for who in ({"user_id": a_user("bea")}, {"user_id": a_user("teacher"), "instructor": True}):
        for method, body in doors:
            assert problem(site(method, f"/{item_id}", body, **who), 404) == "not_found"
        assert site("GET", **who).json()["results"] == []
        assert site("GET", "/stats", **who).json()["total_count"] == 0
    for method, body in doors:
        refused = site(method, f"/{item_id}", body, nobody=True)
        assert problem(refused, 401) == "not_authenticated"
    for path in ("", "/stats"):
        assert problem(site("GET", path, nobody=True), 401) == "not_authenticated"
    assert problem(site("POST", body={"task_id": str(uuid4())}, nobody=True), 401)
    assert (count_events(), legacy_rows()) == (events, rows)
    owner = [site(method, f"/{item_id}", body).status_code for method, body in doors]
    assert owner == [200, 200, 204]


def test_what_the_old_app_saved_is_shown_as_far_as_we_can(site: Site) -> None:
    item_id = a_row_of_the_old_app(music_info=["no", "object"], difficulty="expert")
    item = site("GET", f"/{item_id}").json()
    assert (item["origin"], item["video_url"], item["task_id"]) == ("old app", None, None)
    assert (item["music_info"], item["difficulty"], item["relaxed"]) == (None, "expert", [])
    revised = site("PUT", f"/{item_id}", {"notes": "Ours"})
    assert revised.json() == item | {"notes": "Ours", "updated_at": revised.json()["updated_at"]}
    assert event_names(item_id) == ["Saved by old app", "Revised by dancer"]


def test_a_list_is_sought_ordered_and_paged(site: Site) -> None:
    for title in ("Ángel", "abanico", "Bea"):
        a_saved(site, title=title)
    found = site("GET", "?search=ANGEL").json()
    assert [item["title"] for item in found["results"]] == ["Ángel"]
    first = site("GET", "?ordering=title&page_size=2").json()
    assert [item["title"] for item in first["results"]] == ["abanico", "Ángel"]
    assert (first["count"], first["previous"]) == (3, None)
    second = site("GET", first["next"].removeprefix("/api/collections")).json()
    assert [item["title"] for item in second["results"]] == ["Bea"]
    assert set(second["results"][0]) == set(SavedOut.model_fields)


@pytest.mark.parametrize(
    "query",
    [
        "?ordering=id",
        "?ordering=",
        "?difficulty=expert",
        "?difficulty=",
        "?search=%00",
        "?search=" + "x" * 101,
        "?page=0",
        "?page_size=101",
        "?user_id=1",
        "?search=a&search=b",
    ],
)
def test_a_list_nobody_can_mean_is_refused(site: Site, query: str) -> None:
    assert problem(site("GET", query), 422)


def test_a_collection_in_numbers(site: Site) -> None:
    a_saved(site, difficulty="advanced")
    answer = site("GET", "/stats")
    assert answer.json() == {
        "total_count": 1,
        "total_duration": 93.25,
        "recent_count": 1,
        "by_difficulty": {"beginner": 0, "intermediate": 0, "advanced": 1},
        "favorite_moves": [
            {"move_label": "basic", "count": 3},
            {"move_label": "turn", "count": 2},
        ],
    }


@pytest.mark.parametrize("item_id", ["x", "1", "%00", "00000000000000000000000000000000"])
def test_an_id_that_is_none_is_refused(site: Site, item_id: str) -> None:
    assert site("GET", f"/{item_id}").status_code in (404, 422)


def test_the_specification_s_own_body_is_taken(site: Site) -> None:
    task_id = a_stored_task()
    link = f"https://dance.example/api/media/choreographies/2026/11/{task_id}.mp4?expires=1"
    for duration in (93, 93.3, None):
        body = {"title": "Mine", "video_url": link, "difficulty": "advanced", "duration": duration}
        answer = site("POST", body=body)
        assert answer.status_code in (200, 201), answer.content
        assert (answer.json()["difficulty"], answer.json()["duration"]) == ("advanced", 93.25)
    refused = site("POST", body={"title": "Mine", "video_url": link, "duration": -1})
    assert problem(refused, 422) == "validation_failed"


def test_patch_changes_what_put_changes(site: Site) -> None:
    item = a_saved(site)
    changed = site("PATCH", f"/{item['id']}", body={"notes": "Slowly."})
    assert (changed.status_code, changed.json()["notes"]) == (200, "Slowly.")
    assert changed.json()["title"] == item["title"]
    stale = site("PATCH", f"/{item['id']}", body={"notes": "x"}, If_Match='"other"')
    assert problem(stale, 412) == "precondition_failed"


def test_what_the_domain_refuses_is_pointed_to(site: Site) -> None:
    link = "https://dance.example/api/media/choreographies/2026/11/nothing.mp4"
    refused = site("POST", body={"video_url": link})
    assert problem(refused, 404) == "unknown_video"
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/video_url"]
