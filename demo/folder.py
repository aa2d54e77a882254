"""A folder of generated files: one maker at a time, every file whole or absent.

A killed maker leaves at most a hidden ``.part`` file and a lock that died with it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

_PART = ".part"


@cache
def material_version() -> str:
    """Hash of the generator's own source: material of another version is made anew."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def part_of(target: Path) -> Path:
    """Where a file is written before it is renamed to its name."""
    return target.with_name(f".{target.name}{_PART}")


def drop_leftovers(folder: Path) -> None:
    """Remove what a killed maker left; only while the folder is ``held``."""
    for path in folder.rglob(f".*{_PART}"):
        path.unlink(missing_ok=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the only maker in ``folder``; waits for another. The lock dies with its process."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
