"""The real server, started for a benchmark, and the processor time its processes take."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.api.generator import Pool, request, until_up
from config.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass
class Site:
    """A served installation."""

    port: int
    process: subprocess.Popen[bytes]
    postmaster: int

    def cpu_s(self) -> dict[str, float]:
        """Give the processor seconds that the server and PostgreSQL have taken so far."""
        parents = dict(_parents())
        return {
            "server": _cpu_s(_family(self.process.pid, parents)),
            "postgresql": _cpu_s(_family(self.postmaster, parents)),
        }


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Give the environment of an installation's processes; nothing of ours leaks in."""
    own = {"LOCAL_DIR": str(folder), "LOG_FORMAT": "json", "ENV_FILE": "", **more}
    left_out = {"DATABASE_URL", "MEDIA_ROOT", "DJANGO_SETTINGS_MODULE"}
    return {name: text for name, text in os.environ.items() if name not in left_out} | own


@contextmanager
def postgres(folder: Path) -> Iterator[int]:
    """Keep the installation's PostgreSQL running; gives its process."""
    server = EmbeddedPostgres(folder / "postgres")
    try:
        yield server.ensure_running().pid
    finally:
        server.release()


def make_dancers(folder: Path, *, n: int, waiting: int) -> dict[str, Any]:
    """Set the installation up and give its dancers, as `dancers.py` says."""
    target = folder / "dancers.json"
    script = str(ROOT / "benchmarks" / "api" / "dancers.py")
    subprocess.run(
        [sys.executable, script, str(target), str(n), str(waiting)],
        env=environment(folder),
        check=True,
    )
    made: dict[str, Any] = json.loads(target.read_text())
    return made


@contextmanager
def serving(folder: Path, postmaster: int, *options: str, **more: str) -> Iterator[Site]:
    """Run ``manage.py serve`` without a dispatcher, its log going to a file."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "manage.py", "serve", "--no-dispatch", "--port", str(port), *options]
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(folder, **more), stdout=log, stderr=log
        )
    site = Site(port, process, postmaster)
    try:
        health = request("GET", "/api/health", host=HOST)
        asyncio.run(until_up(lambda: Pool(HOST, port).ask(health), deadline_s=60))
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                yield int(path.name), int(_stat(int(path.name))[1])
            except OSError:
                continue


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _family(root: int, parents: dict[int, int]) -> set[int]:
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _cpu_s(pids: set[int]) -> float:
    """Add up user and system time, that of ended children included."""
    total = 0
    for pid in pids:
        try:
            total += sum(int(ticks) for ticks in _stat(pid)[11:15])
        except OSError:
            continue
    return total / TICKS_PER_S
