"""The old app's table in the old app's words, at every stage."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from modules.choreography.application import ChoreographyTasks
from modules.choreography.tests.makers import a_claim, a_task, a_user, an_application
from modules.eventstore.event_log import EventLog
from modules.eventstore.store import DjangoEventStore
from projections.choreography_tasks import ChoreographyTaskRows, legacy_result

pytestmark = pytest.mark.django_db(transaction=True)

# Source: legacy.md, "What a task row says at each stage".
SAID_WHILE_RUNNING = [
    (10, "downloading", "Downloading audio..."),
    (25, "analyzing", "Analyzing music features..."),
    (40, "selecting", "Selecting dance moves..."),
    (70, "generating", "Generating choreography video..."),
    (90, "finalizing", "Finalizing video..."),
]
OLD_KEYS = {
    "video_path",
    "video_filename",
    "processing_time",
    "sequence_duration",
    "moves_analyzed",
    "metadata_path",
    "saved_choreography_id",
    "auto_saved",
}


@pytest.fixture
def tasks() -> ChoreographyTasks:
    """Return the application with every projection."""
    return an_application()


def row(task_id: UUID) -> dict[str, Any]:
    """Read the task's row as the old app does; empty if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(t) FROM public.choreography_tasks AS t WHERE task_id = %s",
            [str(task_id)],
        )
        found = cursor.fetchone()
    return json.loads(found[0]) if found else {}


def said(task_id: UUID) -> tuple[object, ...]:
    """Read what the row says to people."""
    return tuple(row(task_id).get(name) for name in ("status", "progress", "stage", "message"))


def run_sql(statement: str, *values: object) -> None:
    """Do what the old app does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_requested_task_is_started(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    expected = ("started", 0, "initializing", "Starting choreography generation...")
    assert said(task_id) == expected
    found = row(task_id)
    assert (found["result"], found["error"], found["job_execution_name"]) == (None, None, None)
    assert found["user_id"] == a_user()


def test_each_stage_is_said_in_the_old_words(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    tasks.job_dispatched(task_id=task_id, attempt=1, execution_name="run-1")
    assert said(task_id)[0] == "started"
    assert row(task_id)["job_execution_name"] == "run-1"
    fence = a_claim(tasks, task_id)
    for progress, stage, message in SAID_WHILE_RUNNING:
        tasks.report_progress(
            task_id=task_id,
            attempt=1,
            fence=fence,
            stage=stage,
            progress=progress,
            message="words of ours",
        )
        assert said(task_id) == ("running", progress, stage, message)


@pytest.mark.parametrize(
    ("auto_saved", "message"),
    [
        (False, "Choreography generated successfully!"),
        (True, "Choreography generated successfully! (Auto-saved to collection)"),
    ],
)
def test_a_finished_task_has_every_key_the_old_pages_use(
    tasks: ChoreographyTasks, auto_saved: bool, message: str
) -> None:
    task_id = a_task(tasks)
    result = {"video_path": "a/b/c.mp4", "auto_saved": auto_saved, "moves_count": 3}
    fence = a_claim(tasks, task_id)
    tasks.complete(task_id=task_id, attempt=1, fence=fence, result=result)
    assert said(task_id) == ("completed", 100, "completed", message)
    found = row(task_id)["result"]
    assert found.keys() >= OLD_KEYS
    assert (found["video_filename"], found["moves_count"]) == ("c.mp4", 3)
    assert row(task_id)["error"] is None


def test_what_the_job_says_wins_over_what_is_missing() -> None:
    result = {"video_path": "x.mp4", "video_filename": "y.mp4", "processing_time": 3.5}
    assert legacy_result(result) | result == legacy_result(result)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("download_failed", "Failed to download from YouTube"),
        ("unusable_audio", "Failed to analyze music"),
        ("no_matching_moves", "Failed to analyze dance moves"),
        ("unusable_clip", "Failed to generate video"),
        ("storage_full", "Insufficient system resources"),
        ("resources", "Insufficient memory"),
        ("job_not_started", "Required service is unavailable"),
        ("internal_error", "An unexpected error occurred"),
        ("job_lost", "Generation failed"),
        ("never_heard_of", "Generation failed"),
    ],
)
def test_a_failed_task_says_what_failed_and_why(
    tasks: ChoreographyTasks, code: str, message: str
) -> None:
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    tasks.fail(task_id=task_id, attempt=1, fence=fence, code=code, message="The reason.")
    assert said(task_id) == ("failed", 0, "failed", message)
    assert row(task_id)["error"] == "The reason."


def test_a_cancelled_task_is_a_failed_one_cancelled_by_the_user(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    tasks.cancel(task_id=task_id, user_id=a_user())
    assert said(task_id) == ("failed", 0, "failed", "Generation failed")
    assert row(task_id)["error"] == "Cancelled by user"


def test_a_new_attempt_starts_from_the_beginning(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    a_claim(tasks, task_id)
    tasks.redispatch(task_id=task_id, attempt=1, reason="gone")
    assert said(task_id)[:3] == ("started", 0, "initializing")
    assert row(task_id)["job_execution_name"] is None


def test_running_tasks_may_look_started_so_that_the_old_app_does_not_count_them() -> None:
    quiet = ChoreographyTaskRows(running_status="started")
    tasks = ChoreographyTasks(store=DjangoEventStore(projections=[quiet]))
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    assert said(task_id)[0] == "started"
    tasks.report_progress(task_id=task_id, attempt=1, fence=fence, stage="analyzing", progress=25)
    assert said(task_id) == ("started", 25, "analyzing", "Analyzing music features...")


def test_the_rows_times_are_the_events_times(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    a_claim(tasks, task_id)
    first, last = (event.state["timestamp"] for event in EventLog().history(task_id))
    assert datetime.fromisoformat(row(task_id)["created_at"]) == datetime.fromisoformat(first)
    assert datetime.fromisoformat(row(task_id)["updated_at"]) == datetime.fromisoformat(last)


def test_a_live_row_the_old_app_deleted_comes_back_whole(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    report = {"task_id": task_id, "attempt": 1, "fence": fence, "stage": "generating"}
    tasks.report_progress(**report, progress=70)
    before = row(task_id)
    run_sql("DELETE FROM public.choreography_tasks")
    tasks.report_progress(**report, progress=71)
    after = row(task_id)
    assert after == before | {"progress": 71, "updated_at": after["updated_at"]}


def test_an_ended_row_the_old_app_deleted_stays_deleted(tasks: ChoreographyTasks) -> None:
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    run_sql("DELETE FROM public.choreography_tasks")
    tasks.complete(task_id=task_id, attempt=1, fence=fence, result={"video_path": "x.mp4"})
    assert row(task_id) == {}


def test_a_running_row_the_old_app_failed_says_again_what_is_true(
    tasks: ChoreographyTasks,
) -> None:
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    run_sql("UPDATE public.choreography_tasks SET status = 'failed', error = 'stuck', progress = 0")
    tasks.report_progress(task_id=task_id, attempt=1, fence=fence, stage="generating", progress=70)
    assert said(task_id)[:3] == ("running", 70, "generating")
    assert row(task_id)["error"] is None
