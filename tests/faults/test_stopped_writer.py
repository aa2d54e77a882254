"""A process stopped between saving and its COMMIT hinders the others for seconds at most."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.world import World, until

pytestmark = pytest.mark.xdist_group("world")

STOPPED_WRITER = """
import os, signal, sys
from uuid import UUID
from django.db import transaction
from config import wiring
with transaction.atomic():
    wiring.choreography().tasks.cancel(task_id=UUID(%r), user_id=None)
    os.kill(os.getpid(), signal.SIGSTOP)
print("committed")
"""


@contextmanager
def a_stopped_writer(world: World, task_id: str) -> Iterator[subprocess.Popen[str]]:
    """Give a process that cancelled the task, and was stopped before the COMMIT."""
    with world.managing("shell", "-v", "0", "-c", STOPPED_WRITER % task_id) as writer:
        until(lambda: is_stopped(writer.pid))
        try:
            yield writer
        finally:
            writer.send_signal(signal.SIGCONT)


def is_stopped(pid: int) -> bool:
    """Whether a process is stopped, by what the system says of it."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "T"


def cancel(world: World, task_id: str) -> subprocess.CompletedProcess[str]:
    """Cancel a task from another process."""
    script = STOPPED_WRITER.replace("    os.kill(os.getpid(), signal.SIGSTOP)\n", "") % task_id
    return world.manage("shell", "-v", "0", "-c", script)


def test_who_writes_something_else_does_not_wait(ready_world: World) -> None:
    mine = ready_world.request()
    with a_stopped_writer(ready_world, mine):
        other = ready_world.request()
        assert cancel(ready_world, other).stdout.strip() == "committed"
        assert ready_world.phase(other) == "cancelled"


def test_who_writes_the_same_waits_for_the_server_to_end_it(ready_world: World) -> None:
    mine = ready_world.request()
    with a_stopped_writer(ready_world, mine) as writer:
        # Its patience with locks is 15 s; the server's with an idle transaction is 5 s.
        assert cancel(ready_world, mine).stdout.strip() == "committed"
        assert ready_world.phase(mine) == "cancelled"
        writer.send_signal(signal.SIGCONT)
        said, words = writer.communicate(timeout=60)
    assert writer.returncode != 0
    assert "committed" not in said
    assert "idle-in-transaction" in words
    assert ready_world.topics(mine).count("GenerationCancelled") == 1
