"""The embedded server: shared, stopped by its last user, and revived after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded_postgres import EmbeddedPostgres, Postmaster

ANOTHER_USER = """
import sys
from pathlib import Path
from config.embedded_postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1])).ensure_running()
print("ready", flush=True)
sys.stdin.read()
"""


def until(condition: Callable[[], bool], deadline_s: float = 20.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.05)


def answers(postmaster: Postmaster) -> bool:
    """Whether the server accepts connections."""
    try:
        with psycopg.connect(postmaster.url(), connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def until_running(server: EmbeddedPostgres, *, instead_of: Postmaster) -> Postmaster:
    """Ask for the server until it is another one; a killed process takes its time to go."""
    until(lambda: server.ensure_running().pid != instead_of.pid)
    return server.ensure_running()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for this file: making one costs a second."""
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """One user of the server, who leaves at the end."""
    server = EmbeddedPostgres(folder)
    yield server
    server.release()


def another_user(folder: Path) -> subprocess.Popen[str]:
    """Start a process that uses the server until its input closes."""
    process = subprocess.Popen(
        [sys.executable, "-c", ANOTHER_USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def leave(process: subprocess.Popen[str]) -> None:
    """Let the other user end and wait for it."""
    process.communicate("", timeout=20)
    assert process.returncode == 0


def test_the_last_user_stops_the_server(folder: Path, server: EmbeddedPostgres) -> None:
    postmaster = server.ensure_running()
    other = another_user(folder)
    server.release()
    assert answers(postmaster)
    leave(other)
    assert not answers(postmaster)


def test_asking_twice_gives_the_same_server(server: EmbeddedPostgres) -> None:
    assert server.ensure_running() == server.ensure_running()


def test_a_killed_server_is_started_again(server: EmbeddedPostgres) -> None:
    first = server.ensure_running()
    os.kill(first.pid, signal.SIGKILL)
    second = until_running(server, instead_of=first)
    assert answers(second)


def test_a_killed_user_leaves_no_lock(folder: Path, server: EmbeddedPostgres) -> None:
    other = another_user(folder)
    other.kill()
    other.communicate(timeout=20)
    postmaster = server.ensure_running()
    assert answers(postmaster)
    server.release()
    assert not answers(postmaster)


def test_a_stranger_with_the_recorded_pid_is_not_taken_for_the_server(
    folder: Path, server: EmbeddedPostgres
) -> None:
    first = server.ensure_running()
    server.release()
    pid_file = folder / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{folder}\n0\n5432\n{first.socket_dir}\n\n0 0\nready\n")
    assert answers(server.ensure_running())


def test_two_users_starting_at_once_share_one_server(folder: Path) -> None:
    users = [
        subprocess.Popen(
            [sys.executable, "-c", ANOTHER_USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [user.stdout.readline() for user in users if user.stdout] == ["ready\n"] * 3
    for user in users:
        leave(user)
