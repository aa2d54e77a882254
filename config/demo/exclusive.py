"""One demo at a time in one local folder."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.demo.errors import DemoRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def only_demo(local_dir: Path) -> Iterator[None]:
    """Hold the folder's demo lock; the kernel lets go of it when the process dies.

    Raises
    ------
    DemoRefused
        If another demo holds it.
    """
    local_dir.mkdir(parents=True, exist_ok=True)
    path = local_dir / "demo.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip() or "unknown"
            raise DemoRefused(
                f"Another demo is running in {local_dir} (process {pid}). End it first, "
                "or give this one a folder of its own with LOCAL_DIR."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
