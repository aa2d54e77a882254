"""Run jobs as processes of this machine, as Cloud Run Jobs would run them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

from modules.choreography.adapters import local_execution
from modules.choreography.adapters.local_execution import (
    CANCEL,
    FINAL_STATES,
    RUNNER_LOCK,
    SPEC,
    STATE,
    SUPERVISOR_LOCK,
    is_locked,
    read_state,
    write_atomically,
)
from modules.choreography.ports import ExecutionState, ExecutorBusy, ExecutorUnavailable

JOB_COMMAND = (sys.executable, "-m", "jobrunner")
_START_TIMEOUT_S = 15.0
"""Shorter than the dispatcher's lease, as every call of an executor must be."""


class LocalJobExecutor:
    """Jobs as process groups, at most ``limit`` at a time over all processes of the machine.

    Every execution has a directory and a supervising process of its own
    (``local_execution``), so any other process finds and cancels what this one started, and
    nothing depends on the starter's life. One attempt has one execution: starting it twice
    gives the same.

    Parameters
    ----------
    directory : Path
        Holds ``executions/<name>/`` (specification, state, logs), ``queue/`` and ``slots/``.
    limit : int
        Jobs at work at the same time.
    max_waiting : int
        Executions that may wait for a slot; more are refused with ``ExecutorBusy``, and wait
        in the outbox, where waiting costs nothing.
    base_env : mapping
        The environment of every job; it is passed on, never written to disk.
    tries, retry_pause_s
        Tries of a failed execution, and the seconds between them.
    timeout_s : float
        Seconds that a try may take; then it is stopped, and no other try is begun.
    grace_s : float
        Seconds from SIGTERM to SIGKILL.
    """

    def __init__(
        self,
        *,
        directory: Path,
        base_env: Mapping[str, str],
        cwd: Path,
        limit: int = 1,
        max_waiting: int = 16,
        command: Sequence[str] = JOB_COMMAND,
        tries: int = 3,
        retry_pause_s: float = 1.0,
        timeout_s: float = 3600.0,
        grace_s: float = 10.0,
    ) -> None:
        self._executions = directory / "executions"
        self._queue, self._slots = directory / "queue", directory / "slots"
        self._base_env = dict(base_env)
        self._max_waiting, self._grace_s = max_waiting, grace_s
        self._settings = {
            "command": list(command),
            "cwd": str(cwd),
            "limit": limit,
            "tries": tries,
            "retry_pause_s": retry_pause_s,
            "timeout_s": timeout_s,
            "grace_s": grace_s,
            "queue_dir": str(self._queue),
            "slots_dir": str(self._slots),
        }

    def start(self, *, task_id: UUID, attempt: int, env: Mapping[str, str]) -> str:
        """Start the attempt's execution, or finish starting it, and return its name.

        The second time, or after a starter that was killed on the way, it changes nothing but
        what was missing.
        """
        name = _execution_name(task_id, attempt)
        directory = self._executions / name
        try:
            if not directory.exists():
                self._must_have_room()
                self._describe(directory, env)
            if read_state(directory) is None:
                self._supervise(directory)
        except OSError as error:
            raise ExecutorUnavailable(f"No job can be started here: {error}") from error
        return name

    def find(self, *, task_id: UUID, attempt: int) -> str | None:
        """Return the name of the attempt's execution once a supervisor took charge of it."""
        name = _execution_name(task_id, attempt)
        return None if read_state(self._executions / name) is None else name

    def state(self, execution_name: str) -> ExecutionState:
        """Return how an execution stands; one whose processes are all gone has failed."""
        directory = self._executions / execution_name
        if _final_state(directory) is None and read_state(directory) is not None:
            if is_locked(directory / SUPERVISOR_LOCK) or is_locked(directory / RUNNER_LOCK):
                return ExecutionState.RUNNING
            # It may have ended between the first look and the second.
            return _final_state(directory) or _state_of_the_dead(directory)
        return _final_state(directory) or ExecutionState.UNKNOWN

    def running_for_s(self, execution_name: str) -> float | None:
        """Return for how many seconds its present try has been at work; None if none is."""
        state = read_state(self._executions / execution_name) or {}
        return time.time() - state["since"] if "since" in state else None

    def cancel(self, execution_name: str) -> None:
        """Leave word to stop; without a supervisor, tell the job itself."""
        directory = self._executions / execution_name
        if not directory.is_dir() or _final_state(directory) is not None:
            return
        with suppress(FileExistsError):
            (directory / CANCEL).touch(exist_ok=False)
        if not is_locked(directory / SUPERVISOR_LOCK):
            self._stop_orphan(directory)

    def prune(self, *, keep_s: float = 7 * 86_400.0) -> int:
        """Forget executions that ended more than ``keep_s`` seconds ago; return how many."""
        old = [
            directory
            for directory in self._directories()
            if _final_state(directory) is not None
            and time.time() - (directory / STATE).stat().st_mtime > keep_s
        ]
        for directory in old:
            shutil.rmtree(directory, ignore_errors=True)
        return len(old)

    def _directories(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            yield from self._executions.iterdir()

    def _must_have_room(self) -> None:
        for directory in (self._executions, self._queue, self._slots):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        waiting = sum(is_locked(ticket) for ticket in self._queue.iterdir())
        if waiting >= self._max_waiting:
            raise ExecutorBusy(f"{waiting} jobs wait for one of this machine's slots.")

    def _describe(self, directory: Path, env: Mapping[str, str]) -> None:
        """Make the execution's directory appear complete, or find that another made it."""
        partial = Path(mkdtemp(prefix="starting-", dir=self._queue.parent))
        spec = {**self._settings, "env": dict(env), "created_ns": time.time_ns()}
        write_atomically(partial / SPEC, spec)
        try:
            partial.rename(directory)
        except OSError:
            shutil.rmtree(partial, ignore_errors=True)
            if not directory.exists():
                raise

    def _supervise(self, directory: Path) -> None:
        """Start a supervisor and wait until one is in charge; a second one leaves at once."""
        command = [sys.executable, "-SPE", local_execution.__file__, str(directory)]
        with (directory / "supervisor.log").open("ab") as log:
            try:
                subprocess.run(  # noqa: S603 our own interpreter and file
                    command,
                    env=self._base_env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    timeout=_START_TIMEOUT_S,
                    check=True,
                )
            except subprocess.SubprocessError as error:
                raise ExecutorUnavailable(f"The supervisor did not start: {error}") from error

    def _stop_orphan(self, directory: Path) -> None:
        """Stop a job whose supervisor was killed; asked again later, by force."""
        state = read_state(directory) or {}
        asked_s = time.time() - (directory / CANCEL).stat().st_mtime
        number = signal.SIGTERM if asked_s < self._grace_s else signal.SIGKILL
        # While the job holds its lock, its process id is its own.
        if "runner_pid" in state and is_locked(directory / RUNNER_LOCK):
            with suppress(ProcessLookupError):
                os.killpg(int(state["runner_pid"]), number)


def _execution_name(task_id: UUID, attempt: int) -> str:
    return f"local-{task_id}-{attempt}"


def _state_of_the_dead(directory: Path) -> ExecutionState:
    cancelled = (directory / CANCEL).exists()
    return ExecutionState.CANCELLED if cancelled else ExecutionState.FAILED


def _final_state(directory: Path) -> ExecutionState | None:
    state = read_state(directory)
    if state is None or state["state"] not in FINAL_STATES:
        return None
    return ExecutionState(state["state"])
