"""Directories of claims: a job that wakes up late disturbs nobody."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from jobrunner.contract import TryAgain
from jobrunner.pipeline import NoRoom
from jobrunner.workspace import claim_folder


def test_a_job_that_wakes_up_while_its_successor_works_leaves_its_files(tmp_path: Path) -> None:
    task = tmp_path / "task"
    with claim_folder(task, claim=1) as first:
        with claim_folder(task, claim=2) as second:
            assert not first.exists()
            (second / "video.mp4").write_bytes(b"half")
            with pytest.raises(TryAgain, match="No such file"), claim_folder(task, claim=1) as late:
                late.rmdir() or (late / "video.mp4").write_bytes(b"late")
            assert (second / "video.mp4").read_bytes() == b"half"
        assert not second.exists()
    assert not task.exists()


def test_what_a_killed_job_left_goes_with_the_next_claim(tmp_path: Path) -> None:
    left = tmp_path / "task" / "1" / "song.wav"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"left")
    with claim_folder(tmp_path / "task", claim=2):
        assert not left.exists()
    assert not (tmp_path / "task").exists()


@pytest.mark.parametrize(("number", "raised"), [(errno.ENOSPC, NoRoom), (errno.EIO, TryAgain)])
def test_a_disk_that_refuses_is_told_in_the_jobs_words(
    tmp_path: Path, number: int, raised: type[Exception]
) -> None:
    with pytest.raises(raised), claim_folder(tmp_path / "task", claim=1):
        raise OSError(number, "refused")
    assert not (tmp_path / "task").exists()
