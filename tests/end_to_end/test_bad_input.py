"""Whatever is wrong with the input: a clear sentence, exit code 1, nothing left behind."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.world import World

# One process drives the one installation.
pytestmark = pytest.mark.xdist_group("world")


def a_sound(path: Path, signal: np.ndarray, *, rate_hz: int = 22050) -> Path:
    """Write a mono signal in [-1, 1] as FLAC."""
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate_hz, layout="mono")
        for start in range(0, len(signal), 1 << 16):
            piece = (signal[start : start + (1 << 16)] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(piece[None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate_hz, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def failed_task(world: World, song: Path, *options: str) -> tuple[str, str, str]:
    """Dance to the song, which must fail; returns the row's code, message and last event."""
    done = world.manage("demo", "--exit", "--json", "--song", song, *options)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert (summary["status"], summary["video"]) == ("failed", None)
    task_id = summary["task_id"]
    [(status, error)] = world.query(
        "SELECT status, error FROM public.choreography_tasks WHERE task_id = %s", task_id
    )
    [(state,)] = world.query(
        "SELECT state FROM bachata.stored_events WHERE originator_id = %s"
        " ORDER BY originator_version DESC LIMIT 1",
        task_id,
    )
    assert (status, error) == ("failed", state["message"])
    assert error in done.stderr
    assert world.topics(task_id)[-1] == "GenerationFailed"
    assert world.videos(task_id) == []
    assert world.leftovers() == []
    return state["code"], state["message"], done.stderr


def test_a_missing_song_is_named(ready_world: World, tmp_path: Path) -> None:
    words = ready_world.refused_demo("--song", tmp_path / "nowhere.mp3")
    assert "nowhere.mp3 does not exist" in words


def test_a_folder_is_no_song(ready_world: World, tmp_path: Path) -> None:
    assert "is not a file" in ready_world.refused_demo("--song", tmp_path)


def test_an_empty_song_is_refused(ready_world: World, tmp_path: Path) -> None:
    (tmp_path / "empty.mp3").touch()
    assert "is empty" in ready_world.refused_demo("--song", tmp_path / "empty.mp3")


def test_a_text_file_is_no_audio(ready_world: World, tmp_path: Path) -> None:
    path = tmp_path / "letter.mp3"
    path.write_text("Dear bachata, " * 1000)
    code, _, _ = failed_task(ready_world, path)
    assert code == "audio_unreadable"


def test_a_playlist_named_like_a_song_opens_nothing(ready_world: World, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.1)
        port = canary.getsockname()[1]
        path = tmp_path / "list.mp3"
        path.write_text(f"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n")
        code, _, _ = failed_task(ready_world, path)
        assert code == "audio_unreadable"
        with pytest.raises(TimeoutError):
            canary.accept()


def test_silence_cannot_be_danced_to(ready_world: World, tmp_path: Path) -> None:
    path = a_sound(tmp_path / "silence.flac", np.zeros(22050 * 30))
    code, _, _ = failed_task(ready_world, path)
    assert code == "audio_silent"


def test_five_seconds_are_too_short(ready_world: World, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 22050 * 5)
    code, message, _ = failed_task(ready_world, a_sound(tmp_path / "short.flac", noise))
    assert code == "audio_too_short"
    assert "20" in message


def test_three_hours_are_too_long(ready_world: World, tmp_path: Path) -> None:
    path = a_sound(tmp_path / "long.flac", np.zeros(8000 * 3600 * 3), rate_hz=8000)
    code, message, _ = failed_task(ready_world, path)
    assert code == "audio_too_long"
    assert "10" in message


@contextmanager
def a_small_disk(folder: Path, *, size_bytes: int) -> Iterator[None]:
    """A file system of its own with little room; needs the right to mount."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small file system to fill up")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_fails_the_task_and_leaves_nothing(ready_world: World) -> None:
    work = ready_world.folder / "work"
    with a_small_disk(work, size_bytes=5 << 20):
        song = next((ready_world.folder / "demo" / "song").glob("*.flac"))
        code, message, _ = failed_task(ready_world, song)
    assert code == "storage_full"
    assert "no room left" in message
    assert str(work.parent) not in message


def test_a_full_media_storage_fails_the_task_and_leaves_nothing(ready_world: World) -> None:
    results = ready_world.folder / "media" / "choreographies"
    results.rename(aside := results.with_name("aside"))
    try:
        with a_small_disk(results, size_bytes=5 << 20):
            song = next((ready_world.folder / "demo" / "song").glob("*.flac"))
            code, message, _ = failed_task(ready_world, song)
            assert [path for path in results.rglob("*") if path.is_file()] == []
    finally:
        results.rmdir()
        aside.rename(results)
    assert code == "storage_full"
    assert "no room left" in message
    assert "choreographies/" not in message


def test_a_full_disk_stops_the_import_with_a_word(ready_world: World, tmp_path: Path) -> None:
    folder = shutil.copytree(ready_world.folder / "demo" / "moves", tmp_path / "moves")
    annotations = json.loads((folder / "bachata_annotations.json").read_text())
    for clip in annotations["clips"]:
        clip["clip_id"] = f"again_{clip['clip_id']}"
    (folder / "bachata_annotations.json").write_text(json.dumps(annotations))
    with a_small_disk(tmp_path / "media", size_bytes=3 << 20):
        done = ready_world.manage("moves", "import", folder, MEDIA_ROOT=str(tmp_path / "media"))
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "room" in done.stderr
        assert list((tmp_path / "media").rglob(".*")) == []


def test_no_fitting_move_fails_the_task(ready_world: World, tmp_path: Path) -> None:
    folder = shutil.copytree(ready_world.folder / "demo" / "moves", tmp_path / "moves")
    annotations = json.loads((folder / "bachata_annotations.json").read_text())
    hard = [clip for clip in annotations["clips"] if clip["difficulty"] == "advanced"]
    (folder / "bachata_annotations.json").write_text(json.dumps(annotations | {"clips": hard}))
    song = next((ready_world.folder / "demo" / "song").glob("*.flac"))
    code, message, _ = failed_task(
        ready_world, song, "--moves", str(folder), "--difficulty", "beginner"
    )
    assert code == "no_matching_moves"
    assert message


def test_a_missing_moves_folder_is_named(ready_world: World, tmp_path: Path) -> None:
    words = ready_world.refused_demo("--moves", tmp_path / "nowhere")
    assert "nowhere does not exist" in words


def test_an_empty_moves_folder_is_refused(ready_world: World, tmp_path: Path) -> None:
    assert str(tmp_path) in ready_world.refused_demo("--moves", tmp_path)


def test_a_folder_without_annotations_is_refused(ready_world: World, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"0")
    assert "bachata_annotations.json" in ready_world.refused_demo("--moves", tmp_path)


def test_a_half_corrupt_folder_is_used_as_far_as_it_goes(
    ready_world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "moves"
    shutil.copytree(ready_world.folder / "demo" / "moves", folder)
    annotations = json.loads((folder / "bachata_annotations.json").read_text())
    broken = annotations["clips"][0]
    (folder / broken["video_path"]).write_bytes(b"no video at all" * 1000)
    done = ready_world.manage("demo", "--exit", "--json", "--moves", folder)
    assert done.returncode == 0, done.stderr
    assert f"Left out {broken['clip_id']}" in done.stderr


@pytest.mark.parametrize("option", ["--difficulty", "--energy", "--style"])
def test_an_unknown_wish_is_refused(ready_world: World, option: str) -> None:
    assert "invalid choice: 'heroic'" in ready_world.refused_demo(option, "heroic")


def test_a_port_in_use_is_told_before_any_work(ready_world: World) -> None:
    with socket.create_server(("localhost", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = ready_world.manage("demo", "--port", port)
    assert done.returncode == 1
    assert f"Port {port} on localhost is in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_demo_at_the_same_time_is_refused(ready_world: World) -> None:
    from config.demo.exclusive import only_demo

    with only_demo(ready_world.folder):
        words = ready_world.refused_demo()
    assert "Another demo is running" in words
    assert str(ready_world.folder) in words


def test_an_impossible_target_is_refused_before_any_work(
    ready_world: World, tmp_path: Path
) -> None:
    assert "is a folder" in ready_world.refused_demo("--out", tmp_path)
    assert "there is no folder" in ready_world.refused_demo("--out", tmp_path / "a" / "b.mp4")


def test_a_wrong_setting_is_named(ready_world: World) -> None:
    assert "JOB_CONCURRENCY" in ready_world.manage("demo", JOB_CONCURRENCY="many").stderr
    assert "LEGACY_USER_TABLE" in ready_world.manage("demo", LEGACY_USER_TABLE="a b").stderr
