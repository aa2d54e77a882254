"""What a process does to itself never outlives its limits, nor the one that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.isolation.limited_process import (
    ROOT,
    EndedFromOutside,
    LimitExceeded,
    ResourceLimits,
    run_limited,
)

CHILD = "engine.isolation.tests.misbehaving_child"
WIDE = ResourceLimits(wall_s=60, cpu_s=60, data_bytes=512 << 20)


def run(deed: str, *more: str, limits: ResourceLimits = WIDE) -> str:
    numbers = (limits.wall_s, limits.cpu_s, limits.data_bytes)
    return run_limited(CHILD, [deed, *map(str, numbers), *more], limits=limits)


def test_what_it_says_is_given_and_its_environment_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    said = run("tell_environment")
    assert "OPENBLAS_NUM_THREADS" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("deed", "wall_s", "cpu_s", "signal_name"),
    [
        ("loop_in_c", 60, 1, "SIGXCPU"),
        ("wait_in_c", 1, 60, "SIGALRM"),
        ("crash", 60, 60, "SIGSEGV"),
    ],
)
def test_c_code_that_loops_waits_or_crashes_is_ended(
    deed: str, wall_s: int, cpu_s: int, signal_name: str
) -> None:
    start = time.monotonic()
    with pytest.raises(LimitExceeded, match=signal_name):
        run(deed, limits=ResourceLimits(wall_s=wall_s, cpu_s=cpu_s, data_bytes=256 << 20))
    assert time.monotonic() - start < 30


def test_too_much_memory_is_an_error_there() -> None:
    assert run("swell") == "held 100 MB, MemoryError at 1000 MB"


def test_a_bug_is_a_bug(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="exit code 1"):
        run("fail")
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_being_killed_is_nobodys_fault() -> None:
    with pytest.raises(EndedFromOutside, match="SIGKILL"):
        run("be_killed")


def test_it_does_not_outlive_the_one_that_started_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import sys; from engine.isolation.tests.test_limited_process import run\n"
        "run('note_and_wait', sys.argv[1])"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, str(note)], cwd=ROOT)
    try:
        wait_for(note.exists)
        child = int(note.read_text())
        assert is_alive(child)
    finally:
        starter.send_signal(signal.SIGKILL)
        starter.wait()
    wait_for(lambda: not is_alive(child))


def test_an_exception_from_a_signal_ends_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    class Asked(BaseException):
        """As the job's own on SIGTERM."""

    def stop(*_: object) -> None:
        raise Asked

    before = signal.signal(signal.SIGUSR1, stop)
    watcher = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time\n"
            "while not os.path.exists(sys.argv[1]): time.sleep(0.01)\n"
            "os.kill(int(sys.argv[2]), 10)",
            str(note),
            str(os.getpid()),
        ]
    )
    try:
        with pytest.raises(Asked):
            run("note_and_wait", str(note))
    finally:
        watcher.wait()
        signal.signal(signal.SIGUSR1, before)
    assert not is_alive(int(note.read_text()))


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
