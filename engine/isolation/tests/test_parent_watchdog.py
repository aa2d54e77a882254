"""A child ends with its parent, in the way it chose."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.isolation.limited_process import ROOT
from engine.isolation.parent_watchdog import watch_parent
from engine.isolation.tests.test_limited_process import is_alive, wait_for

# Starts a child that notes its process id, waits for ever, and notes how it ends.
PARENT = """
import multiprocessing, os, signal, sys, threading
from pathlib import Path
from engine.isolation.parent_watchdog import exit_at_once, terminate, watch_parent

def note_and_exit(*_):
    Path(sys.argv[1], "tidied").touch()
    exit_at_once()

def child(folder, how):
    sys.argv[1:] = [folder]
    signal.signal(signal.SIGTERM, note_and_exit)
    watch_parent({"exit": exit_at_once, "terminate": terminate, "tidy": note_and_exit}[how])
    part = Path(folder, "part")
    part.write_text(str(os.getpid()))
    part.rename(Path(folder, "pid"))
    while True:
        threading.Event().wait(0.05)  # signals are handled between two waits

if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    spawn.Process(target=child, args=sys.argv[1:]).start()
    threading.Event().wait()
"""


@pytest.mark.parametrize(("how", "tidies"), [("exit", False), ("terminate", True), ("tidy", True)])
def test_a_child_of_a_killed_process_ends(tmp_path: Path, how: str, tidies: bool) -> None:
    script, note = tmp_path / "parent.py", tmp_path / "pid"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, script, tmp_path, how], env=environment)
    try:
        wait_for(note.exists)
        child = int(note.read_text())
        assert is_alive(child)
    finally:
        parent.kill()
        parent.wait()
    wait_for(lambda: not is_alive(child))
    assert (tmp_path / "tidied").exists() == tidies


def test_a_pipe_tells_it_as_well() -> None:
    reading, writing = os.pipe()
    ended: list[str] = []
    watch_parent(lambda: ended.append("by the pipe"), descriptor=reading)
    assert ended == []
    os.close(writing)
    wait_for(lambda: ended == ["by the pipe"])
    os.close(reading)


def test_who_was_not_spawned_has_nobody_to_watch() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import threading\n"
            "from engine.isolation.parent_watchdog import exit_at_once, watch_parent\n"
            "watch_parent(exit_at_once)\n"
            "print(threading.active_count())",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"
