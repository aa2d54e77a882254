"""Tasks over HTTP: reading, listing, cancelling, trying again; the old app's tasks too."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from modules.choreography.tests.endings import complete, fail
from modules.choreography.tests.makers import a_claim, a_user
from modules.choreography.tests.site import SONG, Site, a_legacy_row, event_count, messages
from modules.web.tests.site import as_user

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = {
    "task_id", "status", "progress", "stage", "message", "result", "error", "error_code", "phase",
    "job_execution_name", "attempt", "parameters", "song", "queue_position", "time_left_s",
    "created_at", "updated_at",
}  # fmt: skip
RESULT_KEYS = {
    "video_path", "video_filename", "processing_time", "sequence_duration", "moves_analyzed",
    "metadata_path", "saved_choreography_id", "auto_saved", "video_url", "thumbnail_url",
    "duration", "moves_count", "tempo_bpm", "relaxed",
}  # fmt: skip


DOORS: list[tuple[str, str]] = [
    ("get", "/choreography/tasks/{}"),
    ("get", "/tasks/{}"),
    ("get", "/choreography/tasks/{}/timeline"),
    ("delete", "/choreography/tasks/{}"),
    ("post", "/choreography/tasks/{}/retry"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_task_is_its_owners_alone(site: Site, method: str, path: str) -> None:
    task_id = site.generate(a_user())
    before, ordered = event_count(), messages()
    address = f"/api{path.format(task_id)}"
    call = getattr(site.client, method)
    headers = {"content_type": "application/json"} if method == "post" else {}
    for who in (
        as_user(a_user("bea")),
        as_user(a_user("carlos"), is_instructor=True),
    ):
        answer = call(address, headers=who, **headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert call(address, **headers).status_code == 401
    assert (event_count(), messages()) == (before, ordered)


@pytest.mark.parametrize(("method", "path"), DOORS)
@pytest.mark.parametrize(
    "task_id", ["6f1f3d0e-93f5-4a6c-8a0e-0c6b8d1c2f77", "7", "x" * 400, "%00", "..%2f..%2fetc"]
)
def test_what_is_no_task_is_not_found_or_no_id(
    site: Site, method: str, path: str, task_id: str
) -> None:
    headers = {"content_type": "application/json"} if method == "post" else {}
    answer = getattr(site.client, method)(
        f"/api{path.format(task_id)}", headers=as_user(a_user()), **headers
    )
    assert answer.status_code in (404, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_new_task_says_everything(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user, style="playful", seed=3)
    task = site.task(task_id, user)
    assert task.keys() == KEYS
    assert task.pop("created_at").endswith("Z")
    assert task.pop("updated_at").endswith("Z")
    assert task == {
        "task_id": str(task_id),
        "status": "started",
        "progress": 0,
        "stage": "initializing",
        "message": "Starting choreography generation...",
        "result": None,
        "error": None,
        "error_code": None,
        "phase": "requested",
        "job_execution_name": None,
        "attempt": 1,
        "parameters": {
            "audio_input": SONG,
            "difficulty": "beginner",
            "energy_level": None,
            "style": "playful",
            "camera": "stay",
            "seed": 3,
        },
        "song": {"title": "Obsesión", "artist": "Aventura"},
        "queue_position": 0,
        "time_left_s": None,
    }
    assert site.get(f"/tasks/{task_id}", user).json()["task_id"] == str(task_id)


def test_a_finished_task_has_the_old_keys_and_links(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    complete(site, task_id)
    task = site.task(task_id, user)
    assert (task["status"], task["phase"], task["progress"]) == ("completed", "completed", 100)
    result = task["result"]
    assert result.keys() == RESULT_KEYS
    assert result["video_url"] == "/api/media/choreographies/2026/11/video.mp4?period=1"
    assert result["thumbnail_url"] == "/api/media/choreographies/2026/11/video.jpg?period=1"
    assert (result["video_filename"], result["moves_count"], result["relaxed"]) == (
        "video.mp4",
        3,
        ["energy"],
    )


def test_a_result_without_the_newer_keys_is_shown_all_the_same(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    site.tasks.complete(
        task_id=task_id, attempt=1, fence=a_claim(site.tasks, task_id), result={"video_path": "v"}
    )
    result = site.task(task_id, user)["result"]
    assert result.keys() == RESULT_KEYS
    assert (result["video_path"], result["video_url"], result["auto_saved"]) == ("v", None, False)


def test_a_song_from_elsewhere_is_named_as_the_job_found_it(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user, audio_input="https://youtu.be/dQw4w9WgXcQ")
    complete(site, task_id)
    assert site.task(task_id, user)["song"] == {"title": "As heard", "artist": None}


def test_a_failed_task_says_why(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    fail(site, task_id)
    task = site.task(task_id, user)
    assert (task["status"], task["phase"], task["error"], task["error_code"]) == (
        "failed",
        "failed",
        "No beat.",
        "unusable_audio",
    )
    assert (task["queue_position"], task["time_left_s"]) == (None, None)


def test_the_place_in_the_queue_counts_everybodys_waiting_tasks(site: Site) -> None:
    ana, bea = a_user(), a_user("bea")
    first, second, third = site.generate(ana), site.generate(bea), site.generate(ana)
    site.tasks.job_dispatched(task_id=second, attempt=1, execution_name="run-1")
    assert [site.task(id_, who)["queue_position"] for id_, who in
            ((first, ana), (second, bea), (third, ana))] == [1, 0, 2]  # fmt: skip
    a_claim(site.tasks, first)
    assert [site.task(id_, who)["queue_position"] for id_, who in
            ((first, ana), (second, bea), (third, ana))] == [None, 0, 1]  # fmt: skip


def test_the_time_left_follows_what_is_usual(site: Site) -> None:
    user = a_user()
    for seconds in (2.0, 4.0, 60.0):
        complete(site, site.generate(user), processing_time=seconds)
    running, waiting = site.generate(user), site.generate(user)
    fence = a_claim(site.tasks, running)
    site.tasks.report_progress(
        task_id=running, attempt=1, fence=fence, stage="generating", progress=75
    )
    assert site.task(running, user)["time_left_s"] == 1.0
    assert site.task(waiting, user)["time_left_s"] == 6.0


def test_an_unchanged_task_is_not_sent_again(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    path = f"/choreography/tasks/{task_id}"
    tag = site.get(path, user)["ETag"]
    again = site.get(path, user, If_None_Match=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert "RateLimit" not in again
    fence = a_claim(site.tasks, task_id)
    changed = site.get(path, user, If_None_Match=tag)
    assert (changed.status_code, changed.json()["status"]) == (200, "running")
    site.tasks.report_progress(
        task_id=task_id, attempt=1, fence=fence, stage="analyzing", progress=25
    )
    assert site.get(path, user, If_None_Match=changed["ETag"]).status_code == 200


def test_a_tag_changes_with_the_queue_and_with_the_links(site: Site) -> None:
    user = a_user()
    first, second = site.generate(user), site.generate(user)
    path = f"/tasks/{second}"
    waiting = site.get(path, user)["ETag"]
    site.delete(f"/choreography/tasks/{first}", user)
    assert site.get(path, user)["ETag"] != waiting
    complete(site, second)
    done = site.get(path, user)["ETag"]
    site.links.now += 1
    renewed = site.get(path, user, If_None_Match=done)
    assert renewed.status_code == 200
    assert renewed.json()["result"]["video_url"].endswith("period=2")


def test_a_poll_asks_the_database_for_the_task_and_the_queue_only(
    site: Site, django_assert_max_num_queries: Any
) -> None:
    user = a_user()
    task_id = site.generate(user)
    complete(site, task_id)
    tag = site.get(f"/tasks/{task_id}", user)["ETag"]
    with django_assert_max_num_queries(1):
        assert site.get(f"/tasks/{task_id}", user, If_None_Match=tag).status_code == 304


# -- listing


def listed(site: Site, user: int, query: str = "") -> list[str]:
    """Name the tasks of a list."""
    answer = site.get(f"/choreography/tasks{query}", user)
    assert answer.status_code == 200, answer.content
    return [task["task_id"] for task in answer.json()["results"]]


def test_a_list_holds_the_callers_tasks_of_both_applications_newest_first(site: Site) -> None:
    ana, bea = a_user(), a_user("bea")
    oldest = a_legacy_row(ana, age_s=60)
    own = str(site.generate(ana))
    newest = a_legacy_row(ana, age_s=-60)
    a_legacy_row(bea)
    site.generate(bea)
    assert listed(site, ana) == [newest, own, oldest]
    assert site.get("/choreography/tasks", ana).json()["count"] == 3
    assert site.get("/choreography/tasks", None).status_code == 401
    instructor = as_user(a_user("carlos"), is_instructor=True)
    assert site.client.get("/api/choreography/tasks", headers=instructor).json()["count"] == 0


def test_pages_follow_one_another_across_both_applications(site: Site) -> None:
    user = a_user()
    old = [a_legacy_row(user, age_s=10 * n + 5) for n in range(4)]
    own = [str(site.generate(user)) for _ in range(3)]
    wanted = [*reversed(own), *old]
    seen: list[str] = []
    path: str | None = "/api/choreography/tasks?page_size=3"
    while path:
        page = site.client.get(path, headers=as_user(user)).json()
        assert page["count"] == 7
        seen += [task["task_id"] for task in page["results"]]
        path = page["next"]
    assert seen == wanted
    beyond = site.get("/choreography/tasks?page=9&page_size=3", user).json()
    assert (beyond["count"], beyond["results"]) == (7, [])


def test_a_list_of_nothing_is_empty(site: Site) -> None:
    assert site.get("/choreography/tasks", a_user()).json() == {
        "count": 0, "page": 1, "page_size": 20, "next": None, "previous": None, "results": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "which"),
    [
        ("started", {"own-started", "old-started"}),
        ("pending", {"own-started", "old-started"}),
        ("running", {"own-running", "old-running"}),
        ("processing", {"own-running", "old-running"}),
        ("completed", {"own-completed", "old-completed"}),
        ("failed", {"own-failed", "own-cancelled", "old-failed"}),
    ],
)
def test_a_list_is_filtered_by_status_in_both_vocabularies(
    site: Site, status: str, which: set[str]
) -> None:
    user = a_user()
    names = {str(site.generate(user)): "own-started"}
    for name, end in (
        ("own-running", lambda id_: a_claim(site.tasks, id_)),
        ("own-completed", lambda id_: complete(site, id_)),
        ("own-failed", lambda id_: fail(site, id_)),
        ("own-cancelled", lambda id_: site.tasks.cancel(task_id=id_, user_id=user)),
    ):
        task_id = site.generate(user)
        end(task_id)
        names[str(task_id)] = name
    for word in ("started", "running", "completed", "failed"):
        names[a_legacy_row(user, status=word)] = f"old-{word}"
    assert {names[id_] for id_ in listed(site, user, f"?status={status}")} == which


@pytest.mark.parametrize(
    "query",
    ["?status=wild", "?status=", "?page=0", "?page=1.0", "?page=10001", "?page_size=101",
     "?user_id=1", "?status=failed&status=running", "?status=%00"],
)  # fmt: skip
def test_a_query_that_is_not_exactly_one_is_refused(site: Site, query: str) -> None:
    answer = site.get(f"/choreography/tasks{query}", a_user())
    assert answer.status_code == 422, answer.content


def test_a_task_of_ours_that_the_old_app_deleted_or_overwrote_is_listed_as_ours(
    site: Site,
) -> None:
    user = a_user()
    deleted, overwritten = site.generate(user), site.generate(user)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.choreography_tasks WHERE task_id = %s", [str(deleted)])
        cursor.execute(
            "UPDATE public.choreography_tasks SET status = 'failed' WHERE task_id = %s",
            [str(overwritten)],
        )
    assert listed(site, user) == [str(overwritten), str(deleted)]
    assert listed(site, user, "?status=failed") == []


# -- the old application's tasks


def test_an_old_task_is_read_as_its_row_says(site: Site) -> None:
    user = a_user()
    result = {"video_path": "/media/output/user_1/a.mp4", "processing_time": "12", "auto_saved": 1}
    done = a_legacy_row(
        user, status="completed", progress=100, error="stays", result=json.dumps(result)
    )
    task = site.task(UUID(done), user)
    assert task.keys() == KEYS
    assert task["result"].keys() == RESULT_KEYS
    assert (task["phase"], task["parameters"], task["error"]) == ("completed", None, None)
    assert task["result"]["video_filename"] == "a.mp4"
    assert (task["result"]["video_url"], task["result"]["processing_time"]) == (None, None)
    failed = a_legacy_row(user, status="failed", error="Task stuck for more than 5 minutes")
    task = site.task(UUID(failed), user)
    assert (task["status"], task["error"]) == ("failed", "Task stuck for more than 5 minutes")


def test_rows_no_contract_foresaw_are_shown_without_a_crash(site: Site) -> None:
    user = a_user()
    strange = a_legacy_row(user, task_id="not-a-uuid", status="weird", progress=-7, result="[1]")
    [task] = site.get("/choreography/tasks", user).json()["results"]
    assert (task["task_id"], task["status"], task["progress"]) == (strange, "started", 0)


def test_an_old_task_is_polled_by_tag(site: Site) -> None:
    user = a_user()
    task_id = a_legacy_row(user)
    tag = site.get(f"/tasks/{task_id}", user)["ETag"]
    assert site.get(f"/tasks/{task_id}", user, If_None_Match=tag).status_code == 304
    with connection.cursor() as cursor:
        # as the old app's clean-up does it: updated_at is untouched
        cursor.execute("UPDATE public.choreography_tasks SET status = 'failed', progress = 0")
    assert site.get(f"/tasks/{task_id}", user, If_None_Match=tag).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("delete", "/choreography/tasks/{}"), ("post", "/choreography/tasks/{}/retry")],
)
def test_an_old_task_is_not_ours_to_change(site: Site, method: str, path: str) -> None:
    user, other = a_user(), a_user("bea")
    task_id = a_legacy_row(user)
    answer = getattr(site, method)(path.format(task_id), user)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_of_the_old_app")
    assert getattr(site, method)(path.format(task_id), other).status_code == 404
    assert (event_count(), messages()) == (0, [])
    assert site.task(UUID(task_id), user)["status"] == "running"


def test_an_old_task_has_no_timeline(site: Site) -> None:
    user = a_user()
    answer = site.get(f"/choreography/tasks/{a_legacy_row(user)}/timeline", user)
    assert (answer.status_code, answer.json()["code"]) == (404, "timeline_not_found")
