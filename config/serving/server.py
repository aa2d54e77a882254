"""The site's processes: granian's workers, and a dispatcher."""

from __future__ import annotations

import copy
import errno
import multiprocessing
import os
import shutil
import socket
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from config.serving.announcing import Announcement
from config.serving.dispatcher_supervisor import DispatcherSupervisor
from config.serving.sockets import raise_open_files
from modules.errors import BachataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LOCAL = frozenset({"127.0.0.1", "0.0.0.0", "::", "::1"})  # noqa: S104 compared, not bound
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 compared, not bound
HEADERS_WITHIN_MS = 15_000
MAX_HEADERS_BYTES = 128 << 10
"""What the server itself refuses, without a word; the gate refuses less, as a problem."""
MAX_CONNECTIONS = 4096
FEWEST_CONNECTIONS = 64
OTHER_FILES = 128
"""Open files of a worker that are not its clients': libraries, the event loop, what jobs share."""
FILES_PER_THREAD = 8
"""The database connection, an upload, an object that is shown."""
STOP_WITHIN_S = 10
OTHER_CONNECTIONS = 12
"""Database connections that are not the workers': dispatcher, jobs, the operator's own."""


class ServeRefused(BachataError):
    """Something the operator can mend; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is served where, by how many.

    Every worker is a process with ``threads`` threads and as many database connections.
    """

    host: str
    port: int
    workers: int
    threads: int
    has_dispatcher: bool

    @property
    def name(self) -> str:
        """What people call the host."""
        return "localhost" if self.host in LOCAL else self.host

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        return f"http://{self.name}:{self.port}"


def check_port(site: Site) -> None:
    """Raise ``ServeRefused`` if the port is taken or not ours to take.

    The workers share it among themselves (SO_REUSEPORT), so that none of them would notice.
    """
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((site.host, site.port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is in use" if taken else f"cannot be used ({error.strerror})"
            raise ServeRefused(
                f"Port {site.port} on {site.name} {why}. Choose another one with --port."
            ) from error


def check_database(site: Site) -> None:
    """Raise ``ServeRefused`` unless the schema is complete and there are connections enough."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise ServeRefused(
            f"The database lacks {len(missing)} migrations; run `manage.py migrate` first."
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        )
        most = int(cursor.fetchone()[0])
    wanted = site.workers * site.threads + OTHER_CONNECTIONS
    if wanted > most:
        raise ServeRefused(
            f"{site.workers} workers with {site.threads} threads and what runs beside them may "
            f"need {wanted} database connections; the server grants {most}. "
            "Take fewer with --workers and --threads, or raise max_connections."
        )


def allowed_hosts(site: Site, configured: Sequence[str]) -> list[str]:
    """Return the names the site answers to: those of the settings, and the address it was given."""
    own = f"[{site.host}]" if ":" in site.host else site.host
    return [*configured] if site.host in EVERYWHERE or own in configured else [*configured, own]


def most_connections(site: Site, *, open_files: int) -> int:
    """Return how many clients a worker takes, so that files are left for answering them.

    Raises
    ------
    ServeRefused
        If that is next to nobody.
    """
    left = open_files - OTHER_FILES - FILES_PER_THREAD * site.threads
    if left < FEWEST_CONNECTIONS:
        raise ServeRefused(
            f"A process may open {open_files} files here, which leaves too few for clients; "
            f"{open_files - left + FEWEST_CONNECTIONS} are needed. Raise the limit (ulimit -n)."
        )
    return min(left, MAX_CONNECTIONS)


def serve(site: Site, *, tell: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; what is being answered then still is, for 10 s at most.

    A worker that dies is replaced; so is the dispatcher. All end with this process, also if it is
    killed.

    Raises
    ------
    ServeRefused
        Before anything was started, with what must be mended.
    """
    check_port(site)
    most = most_connections(site, open_files=raise_open_files())
    check_database(site)
    connections.close_all()
    os.environ["SERVE_THREADS"] = str(site.threads)
    os.environ["ALLOWED_HOSTS"] = ",".join(allowed_hosts(site, settings.ALLOWED_HOSTS))
    with _metrics_folder():
        _run(site, tell, most_connections=most)


def _run(site: Site, tell: Callable[[str], None], *, most_connections: int) -> None:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    # Forking a process that has threads is asking for a deadlock.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "config.serving.worker:build_bridge",
        factory=True,
        address=site.host,
        port=site.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_WITHIN_MS, max_buffer_size=MAX_HEADERS_BYTES
        ),
        websockets=False,
        workers=site.workers,
        backlog=MAX_CONNECTIONS,
        backpressure=most_connections,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
        # A worker's unexpected end is told, as every line of ours; what goes as planned is not.
        log_level=LogLevels.warning,
        log_dictconfig=copy.deepcopy(settings.LOGGING),
        loop=Loops.asyncio,
    )
    dispatcher = DispatcherSupervisor() if site.has_dispatcher else None
    if dispatcher is not None:
        server.on_startup(dispatcher.start)
        server.on_shutdown(dispatcher.stop)
    announcement = Announcement(
        host=site.host,
        port=site.port,
        tell=lambda: tell(f"Serving {site.address}; stop with Ctrl-C"),
    )
    server.on_startup(announcement.start)
    server.on_shutdown(announcement.stop)
    server.serve()


@contextmanager
def _metrics_folder() -> Iterator[None]:
    """Keep a folder for all processes, in which their counts add up."""
    folder = Path(tempfile.mkdtemp(prefix="bachata-metrics-"))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
