"""Clips are prepared in processes that may die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modules.moves.clip_preparation import ClipPreparation, PreparationJob, PreparationResult
from modules.moves.contract import ClipRefused
from modules.moves.tests.makers import count_beats, crash, fill_the_disk, prepare_nothing


def some_jobs(tmp_path: Path, **clips: str) -> list[PreparationJob]:
    (tmp_path / "work").mkdir()
    for name, content in clips.items():
        (tmp_path / f"{name}.mp4").write_text(content)
    return [
        PreparationJob(
            clip_id=name,
            source=tmp_path / f"{name}.mp4",
            annotated_tempo_bpm=120,
            directory=tmp_path / "work" / name,
        )
        for name in clips
    ]


def outcomes(preparation: ClipPreparation, jobs: list[PreparationJob]) -> dict[str, str]:
    return {
        job.clip_id: result.code if isinstance(result, ClipRefused) else "finished"
        for job, result in preparation.prepare_all(jobs)
    }


@pytest.mark.parametrize("workers", [0, 2])
def test_clips_are_finished_or_refused(tmp_path: Path, workers: int) -> None:
    preparation = ClipPreparation(prepare=prepare_nothing, find_beats=count_beats, workers=workers)
    jobs = some_jobs(tmp_path, one="pictures", bad="corrupt", two="pictures")
    assert outcomes(preparation, jobs) == {
        "one": "finished",
        "bad": "clip_corrupt",
        "two": "finished",
    }


def test_a_finished_clip_is_named_by_its_content(tmp_path: Path) -> None:
    preparation = ClipPreparation(prepare=prepare_nothing, find_beats=count_beats)
    one, two, other = (
        preparation.prepare_one(job) for job in some_jobs(tmp_path, a="same", b="same", c="other")
    )
    assert isinstance(one, PreparationResult)
    assert isinstance(two, PreparationResult)
    assert isinstance(other, PreparationResult)
    assert one.digest == two.digest != other.digest


def test_a_clip_that_kills_its_process_is_refused_and_takes_no_other_with_it(
    tmp_path: Path,
) -> None:
    preparation = ClipPreparation(prepare=crash, find_beats=count_beats, workers=2)
    jobs = some_jobs(tmp_path, a="pictures", b="deadly", c="pictures", d="corrupt")
    assert outcomes(preparation, jobs) == {
        "a": "finished",
        "b": "clip_crashed_decoder",
        "c": "finished",
        "d": "clip_corrupt",
    }


def test_a_clip_that_hangs_or_swells_is_refused_and_takes_no_other_with_it(
    tmp_path: Path,
) -> None:
    preparation = ClipPreparation(prepare=crash, find_beats=count_beats, workers=2, most_s=2)
    jobs = some_jobs(tmp_path, a="pictures", b="endless", c="swollen", d="pictures")
    assert outcomes(preparation, jobs) == {
        "a": "finished",
        "b": "clip_crashed_decoder",
        "c": "clip_crashed_decoder",
        "d": "finished",
    }


@pytest.mark.parametrize("workers", [0, 2])
def test_a_full_disk_is_no_clips_fault(tmp_path: Path, workers: int) -> None:
    preparation = ClipPreparation(prepare=fill_the_disk, find_beats=count_beats, workers=workers)
    with pytest.raises(OSError, match="No space left"):
        outcomes(preparation, some_jobs(tmp_path, one="pictures", two="pictures"))


SCRIPT = """
import sys
from pathlib import Path
from modules.moves.tests.makers import count_beats, work_for_ever
from modules.moves.clip_preparation import ClipPreparation, PreparationJob

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    job = PreparationJob(
        clip_id="a",
        source=folder / "a.mp4",
        annotated_tempo_bpm=120,
        directory=folder / "work" / "0",
    )
    list(ClipPreparation(prepare=work_for_ever, find_beats=count_beats).prepare_all([job]))
"""


def test_workers_and_their_files_do_not_outlive_a_killed_importer(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("pictures")
    script = tmp_path / "importer.py"
    script.write_text(SCRIPT)
    (tmp_path / "work").mkdir()
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    importer = subprocess.Popen([sys.executable, script, tmp_path], env=environment)
    try:
        wait_for(lambda: (tmp_path / "work" / "0" / "clip.jpg").exists())
        worker = int((tmp_path / "work" / "0" / "clip.jpg").read_text())
    finally:
        importer.send_signal(signal.SIGKILL)
        importer.wait()
    wait_for(lambda: not is_alive(worker))
    assert not (tmp_path / "work").exists()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition: object, *, deadline_s: float = 30.0) -> None:
    end = time.monotonic() + deadline_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
