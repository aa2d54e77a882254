"""Whatever is killed, the task ends completed, once, with one video."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from pathlib import Path

import pytest

from jobrunner.analysis_cache import ANALYSIS_NAME, TRACK_NAME
from tests.world import World, assert_completed_once, until

# One process drives the one installation.
pytestmark = pytest.mark.xdist_group("world")

DYING_JOB = Path(__file__).with_name("dying_job.py")
STAGES = [
    "fetch",
    "analyse",
    "select",
    "plan",
    "render",
    "upload",
    "before_complete",
    "after_complete",
]


CACHED = {ANALYSIS_NAME, TRACK_NAME}


def cached_files(world: World) -> list[Path]:
    """What jobs kept of the songs they analysed."""
    return [p for p in (world.folder / "media" / "songs").rglob("*") if p.name in CACHED]


def a_new_song(world: World) -> None:
    """Make the next job analyse the song again: forget what an earlier one cached of it."""
    if not (cached := cached_files(world)):
        world.demo()  # the test before this one made the analysis fail
        cached = cached_files(world)
    assert {path.name for path in cached} == CACHED, "every finished job leaves both"
    for path in cached:
        path.unlink()


@pytest.mark.parametrize("stage", STAGES)
def test_a_job_killed_in_a_stage_is_done_by_its_next_try(ready_world: World, stage: str) -> None:
    a_new_song(ready_world)
    command = shlex.join([sys.executable, str(DYING_JOB), stage])
    summary = ready_world.demo(JOB_COMMAND=command)
    claims = summary["events"].count("JobStarted")
    assert claims == (1 if stage == "after_complete" else 2)
    assert_completed_once(ready_world, summary["task_id"])


def test_a_dispatcher_killed_right_after_starting_a_job_loses_nothing(ready_world: World) -> None:
    task_id = ready_world.request()
    executions = ready_world.folder / "executions"

    def started() -> bool:
        return any(task_id in p.name or task_id[:8] in p.name for p in executions.iterdir())

    with ready_world.managing("dispatch", DISPATCH_LEASE_S="2") as dispatcher:
        until(started)
        os.kill(dispatcher.pid, signal.SIGKILL)
        dispatcher.wait(timeout=10)
    with ready_world.managing("dispatch", DISPATCH_LEASE_S="2"):
        until(lambda: ready_world.phase(task_id) == "completed")
        until(
            lambda: ready_world.query(
                "SELECT 1 FROM bachata.outbox_messages"
                " WHERE payload->>'task_id' = %s AND done_at IS NOT NULL",
                task_id,
            )
        )
    assert len([path for path in executions.iterdir() if task_id in path.name]) == 1
    assert ready_world.topics(task_id).count("JobStarted") == 1
    assert_completed_once(ready_world, task_id)


@pytest.mark.parametrize("when", ["analyzing", "generating", "finalizing"])
def test_a_killed_postgresql_comes_back_and_the_task_completes(
    ready_world: World, when: str
) -> None:
    if ready_world.database_url:
        pytest.skip("this server is not the embedded one; its operator restarts it")
    a_new_song(ready_world)
    task_id = ready_world.request()

    def stage() -> str:
        rows = ready_world.query("SELECT stage FROM bachata.task_views WHERE task_id = %s", task_id)
        return str(rows[0][0])

    with ready_world.managing("dispatch"):
        until(lambda: stage() == when or ready_world.phase(task_id) == "completed")
        os.kill(ready_world.postmaster_pid(), signal.SIGKILL)
        until(lambda: ready_world.phase(task_id) == "completed")
    assert_completed_once(ready_world, task_id)


def test_a_demo_outlives_a_killed_postgresql(ready_world: World) -> None:
    if ready_world.database_url:
        pytest.skip("this server is not the embedded one; its operator restarts it")
    a_new_song(ready_world)

    def newest() -> tuple[str, str]:
        rows = ready_world.query(
            "SELECT task_id::text, stage FROM bachata.task_views ORDER BY created_at DESC LIMIT 1"
        )
        return rows[0][0], rows[0][1]

    before, _ = newest()
    with ready_world.managing("demo", "--exit", "--json") as demo:
        until(lambda: newest()[0] != before and newest()[1] == "analyzing")
        os.kill(ready_world.postmaster_pid(), signal.SIGKILL)
        _, words = demo.communicate(timeout=60)
    assert demo.returncode == 0, words
    assert_completed_once(ready_world, newest()[0])


def test_a_stopped_job_leaves_nothing_and_gives_its_task_back(ready_world: World) -> None:
    a_new_song(ready_world)
    task_id = ready_world.request()
    with ready_world.managing("dispatch"):
        until(lambda: ready_world.phase(task_id) == "running")
        job = until(lambda: job_process(ready_world, task_id))
        os.kill(job, signal.SIGTERM)
        until(lambda: ready_world.phase(task_id) == "completed")
    assert "JobReleased" in ready_world.topics(task_id)
    assert_completed_once(ready_world, task_id)


@pytest.mark.parametrize(
    ("stage", "claims"), [("asked_before_complete", 2), ("asked_after_complete", 1)]
)
def test_a_job_stopped_while_its_end_is_recorded_keeps_the_video_that_counts(
    ready_world: World, stage: str, claims: int
) -> None:
    command = shlex.join([sys.executable, str(DYING_JOB), stage])
    summary = ready_world.demo(JOB_COMMAND=command)
    assert summary["events"].count("JobStarted") == claims
    assert summary["events"].count("JobReleased") == claims - 1
    (video,) = ready_world.videos(summary["task_id"])
    assert str(video) == summary["video"]
    assert video.with_suffix(".json").is_file()
    assert video.with_suffix(".jpg").is_file()
    assert_completed_once(ready_world, summary["task_id"])


def test_a_cancel_in_the_last_moment_leaves_no_video(ready_world: World) -> None:
    command = shlex.join([sys.executable, str(DYING_JOB), "cancelled"])
    task_id = ready_world.request()
    with ready_world.managing("dispatch", JOB_COMMAND=command):
        until(lambda: ready_world.phase(task_id) == "cancelled")
        until(lambda: job_process(ready_world, task_id) is None)
    assert ready_world.videos(task_id) == []
    until(lambda: not ready_world.leftovers())


def test_a_song_that_libav_never_comes_back_from_fails_its_task_at_the_first_try(
    ready_world: World,
) -> None:
    a_new_song(ready_world)
    command = shlex.join([sys.executable, str(DYING_JOB), "hanging"])
    done = ready_world.manage("demo", "--exit", "--json", JOB_COMMAND=command)
    assert done.returncode == 1, done.stdout
    summary = json.loads(done.stdout.splitlines()[-1])
    topics = ready_world.topics(summary["task_id"])
    assert (topics.count("JobStarted"), topics[-1]) == (1, "GenerationFailed")
    [(code,)] = ready_world.query(
        "SELECT state->>'code' FROM bachata.stored_events WHERE originator_id = %s"
        " ORDER BY originator_version DESC LIMIT 1",
        summary["task_id"],
    )
    assert code == "audio_unreadable"
    assert ready_world.videos(summary["task_id"]) == []
    assert ready_world.leftovers() == []


def test_a_frozen_job_that_wakes_up_late_writes_nothing(ready_world: World) -> None:
    a_new_song(ready_world)
    task_id = ready_world.request()
    with ready_world.managing("dispatch"):
        until(lambda: ready_world.phase(task_id) == "running")
        zombie = until(lambda: job_process(ready_world, task_id))
        os.kill(zombie, signal.SIGSTOP)
        # Another job, by hand, takes over once the frozen one has been silent for long enough.
        taken = ready_world.run_job(task_id, JOB_LOST_AFTER_S="1")
        assert taken.returncode == 0, taken.stderr
        assert ready_world.phase(task_id) == "completed"
        before = [video.read_bytes() for video in ready_world.videos(task_id)]
        os.kill(zombie, signal.SIGCONT)
        until(lambda: not Path(f"/proc/{zombie}").exists())
    assert [video.read_bytes() for video in ready_world.videos(task_id)] == before
    assert_completed_once(ready_world, task_id)


def job_process(world: World, task_id: str) -> int | None:
    """The process that runs the task's job, by its environment."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _is_job(entry, task_id):
            return int(entry.name)
    return None


def _is_job(process: Path, task_id: str) -> bool:
    try:
        environment = (process / "environ").read_bytes()
        command = (process / "cmdline").read_bytes()
    except OSError:
        return False
    return f"TASK_ID={task_id}".encode() in environment and b"jobrunner" in command
