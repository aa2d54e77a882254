"""Processes that touch what strangers sent: bounded in time, processor and memory.

libav is C: a demuxer or decoder that loops, waits, asks for all memory or crashes cannot be
interrupted from within. So it is met in a process of its own, which the system ends at a bound.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.isolation.parent_watchdog import exit_at_once, watch_parent

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
# Not this process's own environment, which holds secrets. Idle threads and their heaps would only
# count as memory, the more the more cores there are.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
ENDED_FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLimits:
    """What a process may use: seconds by the clock and of processor, bytes of data."""

    wall_s: int
    cpu_s: int
    data_bytes: int


class LimitExceeded(Exception):
    """The process reached a bound or crashed: what it was given is at fault."""


class EndedFromOutside(Exception):
    """The process was killed, perhaps because the machine has no memory: nobody's fault."""


def run_limited(module: str, arguments: Sequence[str], *, limits: ResourceLimits) -> str:
    """Run ``python -m module``, which must begin with ``apply_limits``; return what it writes.

    Whatever ends this call, an exception out of a signal handler or the death of this process
    included, ends the other process.

    Raises
    ------
    LimitExceeded
        If it reached a bound or crashed.
    EndedFromOutside
        If it was killed by somebody else.
    RuntimeError
        If it failed otherwise, which is a bug; its traceback is on standard error.
    """
    lifeline, held = os.pipe()
    try:
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=lifeline,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                # It keeps to its limits; this is for one that hangs before it knows them.
                said, _ = process.communicate(timeout=limits.wall_s + 5)
            except subprocess.TimeoutExpired:
                raise LimitExceeded(f"{module} was not done after {limits.wall_s} s") from None
            finally:
                process.kill()
    finally:
        os.close(lifeline)
        os.close(held)
    _check(process.returncode, module)
    return said


def _check(code: int, module: str) -> None:
    if code in ENDED_FROM_OUTSIDE:
        raise EndedFromOutside(f"{module} was ended by {signal.Signals(-code).name}")
    if code < 0:
        raise LimitExceeded(f"{module} was ended by {signal.Signals(-code).name}")
    if code:
        raise RuntimeError(f"{module} failed with exit code {code}")


def apply_limits(limits: ResourceLimits) -> None:
    """Bound this process for good, and end it when the one that started it is gone.

    The clock and the processor end it by signals that no handler catches, also in the middle of
    C code; a lack of memory is a ``MemoryError``.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it reaches the whole group; the starter decides
    signal.alarm(limits.wall_s)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lower(resource.RLIMIT_CPU, limits.cpu_s)
    lower(resource.RLIMIT_DATA, limits.data_bytes)
    watch_parent(exit_at_once, descriptor=sys.stdin.fileno())


def lower(limit: int, most: int) -> None:
    """Lower a resource limit of this process; one that is lower already stays."""
    _, hard = resource.getrlimit(limit)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(limit, (most, hard))
