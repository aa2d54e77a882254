"""Supervise one execution on this machine: a small process of its own, standard library only.

``python local_execution.py DIRECTORY`` detaches, takes charge of the execution described by
``DIRECTORY/spec.json``, waits for a free slot, runs the job up to ``tries`` times and writes
``state.json``. It outlives whoever started it. Who is alive is told by file locks, which the
kernel drops with the process: no process id is ever mistaken for another's.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO, Any

SPEC = "spec.json"
STATE = "state.json"
CANCEL = "cancel"
SUPERVISOR_LOCK = "supervisor.lock"
RUNNER_LOCK = "runner.lock"
FINAL_STATES = frozenset({"succeeded", "failed", "timed_out", "out_of_memory", "cancelled"})

_POLL_S = 0.05
_CHARGE_WAIT_S = 2.0


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock file; a missing file is held by nobody."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def try_lock(path: Path) -> IO[bytes] | None:
    """Take the lock file and return it open, or None while somebody else has it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def write_atomically(path: Path, value: Any) -> None:
    """Replace a JSON file in one step, on disk before it shows."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read_state(directory: Path) -> dict[str, Any] | None:
    """Return what the supervisor wrote last, None before it took charge."""
    try:
        state: dict[str, Any] = json.loads((directory / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return state


class Supervisor:
    """Runs the tries of one execution and keeps its ``state.json`` true."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._spec: dict[str, Any] = json.loads((directory / SPEC).read_text(encoding="utf-8"))
        self._interrupted = False
        self._timed_out = False
        self._exits: list[int] = []
        self._lock: IO[bytes] | None = None
        self._slot: IO[bytes] | None = None

    def take_charge(self) -> bool:
        """Become the one supervisor; False if there is, or was, another."""
        give_up_at = time.monotonic() + _CHARGE_WAIT_S
        # A reader of the lock holds it for an instant: one refusal proves nothing.
        while (lock := try_lock(self._directory / SUPERVISOR_LOCK)) is None:
            if read_state(self._directory) is not None or time.monotonic() > give_up_at:
                return False
            time.sleep(_POLL_S)
        if read_state(self._directory) is not None:
            lock.close()
            return False
        self._lock = lock
        self._write("queued")
        return True

    def interrupt(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Stop the job and start no further try."""
        self._interrupted = True

    def run(self) -> None:
        """Wait for a slot and run the tries to the end; then give up charge and slot."""
        with self._lock or contextlib.nullcontext():
            self._slot = self._await_slot()
            with self._slot or contextlib.nullcontext():
                final = self._run_tries() if self._slot else "stopped"
            if final == "stopped":
                final = "cancelled" if self._cancelled() else "failed"
            self._write(final)

    def _run_tries(self) -> str:
        tries = int(self._spec["tries"])
        for number in range(tries):
            if number:
                self._pause(float(self._spec["retry_pause_s"]))
            if self._stopping():
                return "stopped"
            code = self._run_try(number)
            self._exits.append(code)
            if self._stopping():
                return "stopped"
            if code == 0:
                return "succeeded"
            if self._timed_out:
                return "timed_out"
        killed = all(code == -signal.SIGKILL for code in self._exits)
        return "out_of_memory" if killed else "failed"

    def _run_try(self, number: int) -> int:
        """Run the job once, as its own process group; return its exit code, -n for signal n."""
        runner_lock = (self._directory / RUNNER_LOCK).open("ab")
        with runner_lock, (self._directory / f"try-{number}.log").open("ab") as log:
            fcntl.flock(runner_lock, fcntl.LOCK_EX)
            process = subprocess.Popen(  # noqa: S603 the command is the operator's
                self._spec["command"],
                cwd=self._spec["cwd"],
                env=self._environment(number),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                # Both locks live as long as the job, even if this supervisor is killed.
                pass_fds=[lock.fileno() for lock in (runner_lock, self._slot) if lock],
            )
        try:
            self._write("running", number=number, runner_pid=process.pid, since=time.time())
            return self._await_exit(process)
        finally:
            # Whatever the job left behind must not disturb the next try.
            _kill_group(process.pid, signal.SIGKILL)
            process.wait()

    def _await_exit(self, process: subprocess.Popen[bytes]) -> int:
        kill_at: float | None = None
        overdue_at = time.monotonic() + float(self._spec.get("timeout_s", "inf"))
        while (code := process.poll()) is None:
            self._timed_out = self._timed_out or time.monotonic() > overdue_at
            if (self._stopping() or self._timed_out) and kill_at is None:
                _kill_group(process.pid, signal.SIGTERM)
                kill_at = time.monotonic() + float(self._spec["grace_s"])
            elif kill_at is not None and time.monotonic() > kill_at:
                _kill_group(process.pid, signal.SIGKILL)
            time.sleep(_POLL_S)
        return code

    def _await_slot(self) -> IO[bytes] | None:
        """Take one of the machine's slots, first come first served; None when stopped before."""
        queue, slots = Path(self._spec["queue_dir"]), Path(self._spec["slots_dir"])
        ticket = queue / f"{self._spec['created_ns']:020d}-{self._directory.name}"
        slot = None
        with ticket.open("ab") as place:
            fcntl.flock(place, fcntl.LOCK_EX)
            while slot is None and not self._stopping():
                if _is_first(ticket):
                    slot = _free_slot(slots, int(self._spec["limit"]))
                if slot is None:
                    time.sleep(_POLL_S)
            ticket.unlink(missing_ok=True)
        return slot

    def _environment(self, number: int) -> dict[str, str]:
        return {
            **os.environ,  # noqa: TID251 a process of its own, hands on what it was started with
            **self._spec["env"],
            "CLOUD_RUN_EXECUTION": self._directory.name,
            "CLOUD_RUN_TASK_ATTEMPT": str(number),
        }

    def _pause(self, seconds: float) -> None:
        wake_at = time.monotonic() + seconds
        while time.monotonic() < wake_at and not self._stopping():
            time.sleep(_POLL_S)

    def _cancelled(self) -> bool:
        return (self._directory / CANCEL).exists()

    def _stopping(self) -> bool:
        return self._interrupted or self._cancelled()

    def _write(self, state: str, **more: Any) -> None:
        write_atomically(self._directory / STATE, {"state": state, "exits": self._exits, **more})


def _is_first(ticket: Path) -> bool:
    """Whether nobody alive came before; tickets sort by the time of their making."""
    earlier = (other for other in ticket.parent.iterdir() if other.name < ticket.name)
    return not any(is_locked(other) for other in earlier)


def _free_slot(slots: Path, limit: int) -> IO[bytes] | None:
    taken = (try_lock(slots / f"{number}.lock") for number in range(limit))
    return next((lock for lock in taken if lock is not None), None)


def _kill_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def main(directory: Path) -> int:
    """Detach, and return in the starter's child once somebody is in charge."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return 0 if os.read(reader, 1) else 1
    os.close(reader)
    supervisor = Supervisor(directory)
    in_charge = supervisor.take_charge()
    os.write(writer, b"1")
    os.close(writer)
    if in_charge:
        signal.signal(signal.SIGTERM, supervisor.interrupt)
        supervisor.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
