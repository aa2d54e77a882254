"""``manage.py demo`` from an empty folder, as its user runs it."""

from __future__ import annotations

import json
import re
import signal
import socket
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.video import boxes, watch
from tests.world import World, assert_completed_once, until

# One process drives the one installation.
pytestmark = pytest.mark.xdist_group("world")

STORY = re.compile(
    r"GenerationRequested (JobDispatched )?JobStarted ((ProgressReported|JobDispatched) )+"
    r"VideoRendered"
)
MAX_CUT_TO_BEAT_S = 0.010
MIN_SPEED, MAX_SPEED = 0.80, 1.25


def assert_danceable(summary: dict[str, Any]) -> dict[str, Any]:
    """The video plays, covers the song, and is cut on its beats; returns the timeline."""
    seen = watch(Path(summary["video"]))
    assert (seen.video_codec, seen.audio_codec) == ("h264", "aac")
    assert seen.warnings == []
    assert abs(seen.video_s - seen.audio_s) <= 0.1
    assert abs(seen.video_s - summary["song_s"]) <= 0.1
    assert seen.longest_picture_s <= 0.3
    names = boxes(Path(summary["video"]))
    assert names.index("moov") < names.index("mdat")

    timeline = json.loads(Path(summary["timeline"]).read_text())
    beats = np.array(timeline["beats_s"])
    cuts = np.array([move["start_s"] for move in timeline["moves"][1:]])
    assert np.abs(cuts[:, None] - beats[None, :]).min(axis=1).max() <= MAX_CUT_TO_BEAT_S
    # A cut is a picture: the frame itself must begin there, not only the plan.
    frames = seen.frame_times_s
    assert np.abs(cuts[:, None] - frames[None, :]).min(axis=1).max() <= MAX_CUT_TO_BEAT_S
    speeds = [move["speed"] for move in timeline["moves"]]
    assert min(speeds) >= MIN_SPEED
    assert max(speeds) <= MAX_SPEED
    assert timeline["moves"][0]["start_s"] == 0
    return timeline


def test_a_fresh_folder_gives_a_danceable_video(world: World, tmp_path: Path) -> None:
    out = tmp_path / "dance.mp4"
    summary = world.demo("--seed", "1", "--out", out)
    assert summary["status"] == "completed"
    assert STORY.fullmatch(" ".join(summary["events"]))
    assert summary["video"] == str(out)
    assert {"setup", "fetch", "analyse", "select", "plan", "render", "upload"} <= set(
        summary["stages"]
    )
    assert abs(summary["tempo_bpm"] - 125) < 1
    assert_danceable(summary)
    assert_completed_once(world, summary["task_id"])


def test_what_the_demo_makes_is_kept_by_itself(ready_world: World) -> None:
    task_id = ready_world.demo("--seed", "3")["task_id"]
    [(origin, danced, lasts, said, message)] = ready_world.query(
        "SELECT v.origin, v.move_labels <> '{}', s.duration > 0, t.result -> 'auto_saved',"
        " t.message FROM public.saved_choreographies AS s JOIN bachata.saved_views AS v USING (id)"
        " JOIN public.choreography_tasks AS t"
        "   ON t.task_id = v.task_id::text AND t.result ->> 'saved_choreography_id' = s.id::text"
        " WHERE v.task_id::text = %s",
        task_id,
    )
    assert (origin, danced, lasts, said) == ("auto-save", True, True, True)
    assert message == "Choreography generated successfully! (Auto-saved to collection)"


def test_the_same_seed_gives_the_same_timeline(ready_world: World) -> None:
    one, two = (Path(ready_world.demo("--seed", "7")["timeline"]).read_bytes() for _ in range(2))
    assert one == two


def test_every_wish_can_be_met_by_the_demo_moves(ready_world: World) -> None:
    summary = ready_world.demo("--difficulty", "beginner", "--energy", "low", "--style", "romantic")
    timeline = assert_danceable(summary)
    assert timeline["moves"]


@pytest.mark.parametrize("song", ["vibe_ace", "lets_go_fishin"])
def test_real_dancers_dance_a_whole_real_song(
    ready_world: World, real_moves: Path, song: str
) -> None:
    path = real_moves.parent / "songs" / f"{song}.ogg"
    done = ready_world.manage("demo", "--exit", "--json", "--moves", real_moves, "--song", path)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert "37 moves are ready" in done.stderr
    assert "combination_3" in done.stderr
    timeline = assert_danceable(summary)
    real = {path.stem for path in real_moves.rglob("*.mp4")}
    assert {move["clip_id"] for move in timeline["moves"]} <= real
    vectors = ready_world.query(
        "SELECT count(*) FROM bachata.move_embeddings WHERE text_embedding IS NOT NULL"
    )
    assert vectors == [(38,)]
    assert_completed_once(ready_world, summary["task_id"])


def test_without_exit_it_answers_until_ctrl_c(ready_world: World) -> None:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    with ready_world.managing("demo", "--port", str(port)) as demo:

        def health() -> bytes | None:
            try:
                address = f"http://localhost:{port}/api/health"
                with urllib.request.urlopen(address, timeout=2) as answer:
                    return bytes(answer.read())
            except OSError:
                return None

        assert json.loads(until(health)) == {"status": "ok"}
        assert demo.stderr is not None
        until(lambda: f"http://localhost:{port}" in demo.stderr.readline())
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=20)
    assert demo.returncode == 0


def test_every_line_of_a_job_tells_which_job(ready_world: World) -> None:
    task_id = ready_world.request(difficulty="beginner")
    done = ready_world.run_job(task_id, LOG_FORMAT="json")
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    said = {line["message"].partition(",")[0] for line in lines}
    assert {"The job begins.", "The video is there"} <= said
    for line in lines:
        assert (line["task_id"], line["attempt"], line["difficulty"]) == (task_id, 1, "beginner")
        assert line["user_id"] > 0
