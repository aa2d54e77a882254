"""What hostile media make of libav, done plainly.

``python -m engine.isolation.tests.misbehaving_child DEED …``

libc is called through ``PyDLL``, which keeps the interpreter's lock: while it runs, no Python
code does, no signal handler either.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from engine.isolation.limited_process import ResourceLimits, apply_limits

LIBC = ctypes.PyDLL(None)


def loop_in_c() -> None:
    """Never come back from C for longer than a moment."""
    n_bytes = 1 << 27
    data = ctypes.create_string_buffer(n_bytes)
    while True:
        LIBC.memset(data, 1, n_bytes)


def wait_in_c() -> None:
    """Wait an hour, deaf to Python."""
    LIBC.sleep(3600)


def crash() -> None:
    """Read what is not there."""
    LIBC.strlen(1)


def swell() -> None:
    """Hold what fits, then ask for more."""
    held = bytearray(100 << 20)
    try:
        bytearray(1000 << 20)
    except MemoryError:
        sys.stdout.write(f"held {len(held) >> 20} MB, MemoryError at 1000 MB")


def fail() -> None:
    """Have a bug."""
    sys.stdout.write(str(1 / 0))


def be_killed() -> None:
    """Be what the kernel chose when memory ran out."""
    os.kill(os.getpid(), signal.SIGKILL)


def note_and_wait(note: str) -> None:
    """Write this process's id, whole or not at all, and wait."""
    partial = Path(note).with_suffix(".part")
    partial.write_text(str(os.getpid()))
    partial.rename(note)
    signal.pause()


def tell_environment() -> None:
    """Say everything that is known here."""
    sys.stdout.write(repr(dict(os.environ)))


if __name__ == "__main__":
    deed, wall_s, cpu_s, data_bytes, *more = sys.argv[1:]
    apply_limits(ResourceLimits(wall_s=int(wall_s), cpu_s=int(cpu_s), data_bytes=int(data_bytes)))
    globals()[deed](*more)
