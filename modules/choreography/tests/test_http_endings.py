"""How tasks end over HTTP: cancelled, made again, with a timeline."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from modules.choreography.schemas import Task, Timeline, TimelineMove
from modules.choreography.tests.endings import FINAL, RENDERED, at_once, complete, fail
from modules.choreography.tests.makers import a_claim, a_user, event_names
from modules.choreography.tests.site import Site, event_count, messages
from modules.choreography.timelines import UNKNOWN_OF_CLIP, upcast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cancelled_task_is_given_back_and_its_job_is_stopped(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    a_claim(site.tasks, task_id)
    answer = site.delete(f"/choreography/tasks/{task_id}", user)
    task = answer.json()
    assert answer.status_code == 200
    assert task.keys() == Task.model_fields.keys()
    assert (task["status"], task["phase"], task["error"], task["error_code"]) == (
        "failed",
        "cancelled",
        "Cancelled by user",
        "cancelled",
    )
    assert messages() == [f"dispatch:{task_id}:1", f"cancel:{task_id}:1"]
    assert site.task(task_id, user) == task


def test_cancelling_twice_is_once(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    answers = [site.delete(f"/choreography/tasks/{task_id}", user) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert event_names(task_id) == ["GenerationRequested", "GenerationCancelled"]
    assert messages().count(f"cancel:{task_id}:1") == 1


@pytest.mark.parametrize("end", [complete, fail])
def test_what_has_ended_cannot_be_cancelled(site: Site, end: Callable[[Site, UUID], None]) -> None:
    user = a_user()
    task_id = site.generate(user)
    end(site, task_id)
    before, ordered = event_names(task_id), messages()
    answer = site.delete(f"/choreography/tasks/{task_id}", user)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_has_ended")
    assert (event_names(task_id), messages()) == (before, ordered)


@pytest.mark.parametrize("state", ["requested", "dispatched", "running", "released", "lost"])
def test_a_cancel_raced_in_every_state_leaves_one_final_event(site: Site, state: str) -> None:
    user = a_user()
    task_id = site.generate(user)
    attempt, fence = 1, None
    if state != "requested":
        site.tasks.job_dispatched(task_id=task_id, attempt=1, execution_name="run-1")
    if state in ("running", "released", "lost"):
        fence = a_claim(site.tasks, task_id)
    if state == "released":
        site.tasks.release(task_id=task_id, attempt=1, fence=fence)  # type: ignore[arg-type]
    if state == "lost":
        site.tasks.redispatch(task_id=task_id, attempt=1, reason="gone")
        attempt = 2
    path = f"/choreography/tasks/{task_id}"

    def finish() -> None:
        held = fence or a_claim(site.tasks, task_id, attempt=attempt)
        site.tasks.complete(task_id=task_id, attempt=attempt, fence=held, result=RENDERED)

    def give_up() -> None:
        site.tasks.give_up_dispatch(task_id=task_id, attempt=attempt, code="x", message="No.")

    answers = at_once([*[lambda: site.delete(path, user)] * 4, finish, give_up])
    statuses = [answer.status_code for answer in answers[:4]]
    assert set(statuses) <= {200, 409}, [answer.content for answer in answers[:4]]
    names = event_names(task_id)
    assert sum(name in FINAL for name in names) == 1
    assert names[-1] in FINAL
    assert (200 in statuses) == (names[-1] == "GenerationCancelled")


def test_twenty_commands_on_one_task_leave_its_versions_whole(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    fence = a_claim(site.tasks, task_id)
    path = f"/choreography/tasks/{task_id}"

    def finish() -> None:
        site.tasks.complete(task_id=task_id, attempt=1, fence=fence, result=RENDERED)

    answers = at_once(
        [*[lambda: site.delete(path, user)] * 10, *[finish] * 5,
         *[lambda: site.post(f"{path}/retry", user)] * 5]
    )  # fmt: skip
    statuses = {answer.status_code for answer in answers[:10]}
    assert statuses <= {200, 409}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(originator_version ORDER BY position) FROM stored_events"
            " WHERE originator_id = %s",
            [task_id],
        )
        assert cursor.fetchone()[0] == [1, 2, 3]


# -- trying again


@pytest.mark.parametrize("end", ["completed", "failed", "cancelled"])
def test_what_has_ended_can_be_made_again_with_the_same_wishes(site: Site, end: str) -> None:
    user = a_user()
    task_id = site.generate(user, style="modern", energy_level="high", seed=9)
    if end == "cancelled":
        site.delete(f"/choreography/tasks/{task_id}", user)
    else:
        {"completed": complete, "failed": fail}[end](site, task_id)
    answer = site.post(f"/choreography/tasks/{task_id}/retry", user)
    assert answer.status_code == 202
    again = UUID(answer.json()["task_id"])
    assert again != task_id
    assert answer["Location"] == f"/api/choreography/tasks/{again}"
    assert answer["Retry-After"] == "2"
    old, new = site.task(task_id, user), site.task(again, user)
    assert (new["parameters"], new["song"]) == (old["parameters"], old["song"])
    assert (new["phase"], old["phase"]) == ("requested", end)


@pytest.mark.parametrize("state", ["requested", "running"])
def test_what_is_live_is_not_made_again(site: Site, state: str) -> None:
    user = a_user()
    task_id = site.generate(user)
    if state == "running":
        a_claim(site.tasks, task_id)
    before = event_count()
    answer = site.post(f"/choreography/tasks/{task_id}/retry", user)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_is_live")
    assert event_count() == before


def test_a_retry_of_a_song_that_is_gone_is_refused(site: Site) -> None:
    user = a_user()
    task_id = site.generate(user)
    fail(site, task_id)
    site.shelf.songs.clear()
    before = event_count()
    answer = site.post(f"/choreography/tasks/{task_id}/retry", user)
    assert (answer.status_code, answer.json()["code"]) == (422, "unusable_audio_input")
    assert event_count() == before


def test_a_retry_with_a_key_twice_is_one_task(site: Site) -> None:
    user = a_user()
    first, second = site.generate(user), site.generate(user)
    for task_id in (first, second):
        fail(site, task_id)
    answers = [
        site.post(f"/choreography/tasks/{first}/retry", user, Idempotency_Key="again")
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    other = site.post(f"/choreography/tasks/{second}/retry", user, Idempotency_Key="again")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


# -- timelines


def stored_timeline(site: Site, folder: Path) -> dict[str, Any]:
    """Store a timeline where ``RENDERED`` says it is."""
    made: dict[str, Any] = {
        "version": 2,
        "song": {"title": "Obsesión", "duration_s": 61.0, "tempo_bpm": 128.4},
        "beats_s": [0.5, 1.0],
        "ones": [0],
        "sections": [{"start_s": 0.0, "end_s": 61.0, "label": "A", "energy": "high"}],
        "moves": [],
        "relaxed": [],
        "relaxed_because": {},
        "peaks": [0.1],
        "seed": 1,
    }
    note = folder / "note.json"
    note.write_text(json.dumps(made))
    site.storage.put(RENDERED["timeline_key"], note)
    return made


def test_a_finished_choreography_has_a_timeline(site: Site, tmp_path: Path) -> None:
    user = a_user()
    task_id = site.generate(user)
    complete(site, task_id)
    made = stored_timeline(site, tmp_path)
    answer = site.get(f"/choreography/tasks/{task_id}/timeline", user)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == made
    Timeline.model_validate(answer.json())
    tag = answer["ETag"]
    again = site.get(f"/choreography/tasks/{task_id}/timeline", user, If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")


def test_a_timeline_of_version_1_is_read_as_version_2() -> None:
    move = {"index": 0, "start_s": 0.5, "end_s": 8.0, "clip_id": "basic_step_1"}
    stored = {
        "version": 1,
        "beats_s": [0.5 * beat for beat in range(26)],
        "first_one": 1,
        "sections": [
            {"start_s": 0.0, "end_s": 5.5, "label": "A", "energy": "low"},
            {"start_s": 5.5, "end_s": 13.0, "label": "B", "energy": "high"},
        ],
        "moves": [move],
        "seed": 7,
    }
    read = json.loads(upcast(json.dumps(stored).encode()))
    assert (read["version"], read["ones"], read["seed"]) == (2, [1, 9, 11, 19], 7)
    assert "first_one" not in read
    assert read["moves"] == [move | UNKNOWN_OF_CLIP]
    assert set(UNKNOWN_OF_CLIP) < set(TimelineMove.model_fields)


@pytest.mark.parametrize("state", ["requested", "running", "failed", "cancelled", "gone"])
def test_there_is_no_timeline_before_or_without_a_video(site: Site, state: str) -> None:
    user = a_user()
    task_id = site.generate(user)
    {
        "requested": lambda: None,
        "running": lambda: a_claim(site.tasks, task_id),
        "failed": lambda: fail(site, task_id),
        "cancelled": lambda: site.tasks.cancel(task_id=task_id, user_id=user),
        "gone": lambda: complete(site, task_id),
    }[state]()
    answer = site.get(f"/choreography/tasks/{task_id}/timeline", user)
    live = state in ("requested", "running")
    expected = (409, "timeline_not_ready") if live else (404, "timeline_not_found")
    assert (answer.status_code, answer.json()["code"]) == expected
