"""What is counted from events, once and for ever, whoever counts and however often."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from config import wiring
from config.observing import counters, metrics
from modules.choreography.contract import Fence, GenerationParameters
from modules.eventstore.event_log import EventLog

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery"
RESULT = {"video_path": "choreographies/2026/11/video.mp4", "moves_count": 3, "duration": 9.5}


def a_running_task() -> tuple[UUID, Fence]:
    user = wiring.identity().ensure_user("ana", display_name="Ana")
    tasks = wiring.choreography().tasks
    task_id = tasks.request(
        request_id=uuid4(),
        user_id=user.id,
        parameters=GenerationParameters(audio_input=f"song:{uuid4()}", difficulty="beginner"),
    )
    fence = tasks.claim(task_id=task_id, attempt=1, execution_name="run", execution_try=0)
    return task_id, fence


def end_tasks() -> None:
    """End one task each way."""
    tasks = wiring.choreography().tasks
    task_id, fence = a_running_task()
    tasks.complete(task_id=task_id, attempt=1, fence=fence, result=RESULT)
    task_id, fence = a_running_task()
    tasks.fail(task_id=task_id, attempt=1, fence=fence, code="no_beat", message="Silence.")
    task_id, _ = a_running_task()
    tasks.cancel(task_id=task_id, user_id=None)
    task_id, _ = a_running_task()
    tasks.redispatch(task_id=task_id, attempt=1, reason="it is gone")


def samples(prefix: str) -> dict[str, float]:
    """Return what Prometheus would read of these names."""
    lines = metrics.exposition().decode().splitlines()
    told = [line.rpartition(" ") for line in lines if line.startswith(prefix)]
    return {name: float(value) for name, _, value in told}


def test_jobs_are_counted_by_their_outcome_and_timed() -> None:
    end_tasks()

    jobs = samples("bachata_jobs_total")

    assert jobs['bachata_jobs_total{code="",outcome="completed"}'] == 1
    assert jobs['bachata_jobs_total{code="no_beat",outcome="failed"}'] == 1
    assert jobs['bachata_jobs_total{code="",outcome="cancelled"}'] == 1
    assert jobs['bachata_jobs_total{code="",outcome="lost"}'] == 1
    durations = samples("bachata_job_duration_seconds")
    assert durations['bachata_job_duration_seconds_count{outcome="completed"}'] == 1
    assert durations['bachata_job_duration_seconds_bucket{le="300.0",outcome="completed"}'] == 1
    assert 0 < durations['bachata_job_duration_seconds_sum{outcome="failed"}'] < 60


def test_nothing_is_counted_twice_whoever_asks_at_once() -> None:
    end_tasks()
    threads = [
        threading.Thread(target=in_a_thread, args=[samples, "bachata_jobs"]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    first, second = samples("bachata_jobs_total"), samples("bachata_jobs_total")

    assert first == second
    assert sum(first.values()) == 4


def in_a_thread(act: Any, *arguments: Any) -> None:
    try:
        act(*arguments)
    finally:
        connection.close()


def test_a_long_history_is_counted_bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "BATCH", 2)
    end_tasks()

    assert sum(samples("bachata_jobs_total").values()) == 4
    monkeypatch.setattr(counters, "AT_MOST_S", 0.0)
    end_tasks()
    before = sum(samples("bachata_jobs_total").values())
    for _ in EventLog().read():
        samples("bachata_jobs_total")

    assert before < 8
    assert sum(samples("bachata_jobs_total").values()) == 8


def test_saves_are_counted_by_who_saved() -> None:
    task_id, fence = a_running_task()
    video = {"video_key": f"choreographies/2026/11/{task_id}.mp4"}
    wiring.choreography().tasks.complete(
        task_id=task_id, attempt=1, fence=fence, result=RESULT | video
    )

    saves = samples("bachata_saves_total")

    assert saves == {
        'bachata_saves_total{origin="auto-save"}': 1.0,
        'bachata_saves_total{origin="dancer"}': 0.0,
    }


def test_registrations_are_counted_and_refused_ones_are_not() -> None:
    body = {"username": "ana", "email": "ana@example.org", "password": PASSWORD}
    answers = [
        Client().post("/api/auth/register", body, content_type="application/json").status_code
        for _ in range(2)
    ]

    assert answers == [201, 409]
    assert samples("bachata_registrations_total") == {"bachata_registrations_total": 1.0}


def test_a_counter_begins_at_zero() -> None:
    told = samples("bachata_")

    assert told["bachata_registrations_total"] == 0
    assert told['bachata_jobs_total{code="",outcome="completed"}'] == 0
    assert told['bachata_job_duration_seconds_count{outcome="failed"}'] == 0
