"""The supervisor itself, in this process: charge, tries, stops."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

import pytest

from modules.choreography.adapters import local_execution
from modules.choreography.adapters.local_execution import (
    STATE,
    Supervisor,
    is_locked,
    read_state,
    try_lock,
    write_atomically,
)
from modules.choreography.adapters.local_processes import LocalJobExecutor
from modules.choreography.tests.playground import Playground, start, wait_until


@pytest.fixture
def described(playground: Playground, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, Path]:
    """Return an execution that is described and that nobody supervises yet."""
    monkeypatch.setenv("PLAYGROUND", str(playground.path))
    task_id = uuid4()
    with monkeypatch.context() as patch:
        patch.setattr(LocalJobExecutor, "_supervise", lambda *_: None)
        name = start(playground.executor(limit=1), task_id)
    return task_id, playground.path / "local" / "executions" / name


@contextmanager
def supervised(directory: Path) -> Iterator[Supervisor]:
    """Supervise the execution in a thread, to its end."""
    supervisor = Supervisor(directory)
    assert supervisor.take_charge()
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    yield supervisor
    thread.join(timeout=20)
    assert not thread.is_alive()


def test_one_supervisor_takes_charge_and_none_after_it(
    playground: Playground, described: tuple[UUID, Path]
) -> None:
    task_id, directory = described
    playground.end(task_id, 0)
    with supervised(directory):
        assert not Supervisor(directory).take_charge()
    assert read_state(directory) == {"state": "succeeded", "exits": [0]}
    assert not Supervisor(directory).take_charge()
    assert playground.tries(task_id) == 1


def test_every_failed_try_is_noted(playground: Playground, described: tuple[UUID, Path]) -> None:
    task_id, directory = described
    playground.end(task_id, 3)
    with supervised(directory):
        pass
    assert read_state(directory) == {"state": "failed", "exits": [3, 3, 3]}
    assert "at work" in (directory / "try-2.log").read_text()


def test_word_to_cancel_stops_the_job_and_its_further_tries(
    playground: Playground, described: tuple[UUID, Path]
) -> None:
    task_id, directory = described
    with supervised(directory):
        playground.said(task_id)
        playground.executor().cancel(directory.name)
    assert read_state(directory) == {"state": "cancelled", "exits": [-15]}


def test_an_interrupted_supervisor_stops_the_job_and_calls_it_failed(
    playground: Playground, described: tuple[UUID, Path]
) -> None:
    task_id, directory = described
    with supervised(directory) as supervisor:
        playground.said(task_id)
        supervisor.interrupt()
    assert read_state(directory) == {"state": "failed", "exits": [-15]}


def test_a_job_waits_while_the_slots_are_taken(
    playground: Playground, described: tuple[UUID, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id, directory = described
    free_slot = local_execution._free_slot
    looks: list[IO[bytes] | None] = []

    def look(slots: Path, limit: int) -> IO[bytes] | None:
        looks.append(free_slot(slots, limit))
        return looks[-1]

    monkeypatch.setattr(local_execution, "_free_slot", look)
    slot = try_lock(playground.path / "local" / "slots" / "0.lock")
    assert slot is not None
    playground.end(task_id, 0)
    with supervised(directory), slot:
        wait_until(lambda: len(looks) >= 3)
        assert looks == [None] * len(looks)
        assert playground.tries(task_id) == 0
        assert read_state(directory) == {"state": "queued", "exits": []}
    assert playground.tries(task_id) == 1


def test_a_lock_is_held_by_one_and_dropped_with_its_file(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert not is_locked(lock)
    held = try_lock(lock)
    assert held is not None
    assert is_locked(lock)
    assert try_lock(lock) is None
    held.close()
    assert not is_locked(lock)


def test_a_state_is_replaced_whole(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    write_atomically(tmp_path / STATE, {"state": "queued"})
    with pytest.raises(TypeError):
        write_atomically(tmp_path / STATE, {"state": object()})
    assert read_state(tmp_path) == {"state": "queued"}
