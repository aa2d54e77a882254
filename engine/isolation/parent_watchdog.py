"""Ending together with the process that started this one, also when that one was killed.

Nobody tells a child that its parent was killed: it works on for nothing, or waits for orders for
ever. But the kernel closes what a dead process held open, and a thread can wait for that.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import threading
from collections.abc import Callable


def watch_parent(end: Callable[[], object], *, descriptor: int | None = None) -> None:
    """Call ``end`` in a thread of its own once the process that started this one is gone.

    Parameters
    ----------
    end : callable
        Ends this process: `exit_at_once` or `terminate`, perhaps after something else.
    descriptor : int, optional
        The reading end of a pipe that only the parent can write to, and to which it writes
        nothing. By default the one that `multiprocessing` gives to the processes it spawns;
        without either there is no parent to watch, and nothing happens.
    """
    if descriptor is None:
        parent = multiprocessing.parent_process()
        if parent is None:
            return
        descriptor = parent.sentinel
    threading.Thread(
        target=_wait, args=(descriptor, end), name="parent watchdog", daemon=True
    ).start()


def exit_at_once() -> None:
    """End this process without tidying up, whatever its other threads do."""
    os._exit(1)


def terminate() -> None:
    """Send SIGTERM to this process, whose handlers tidy up."""
    os.kill(os.getpid(), signal.SIGTERM)


def _wait(descriptor: int, end: Callable[[], object]) -> None:
    closed = select.poll()
    closed.register(descriptor, select.POLLIN)
    closed.poll()
    end()
