"""Where a job works: a temporary directory for every claim of a task."""

from __future__ import annotations

import logging
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jobrunner.contract import TryAgain
from jobrunner.pipeline import NO_ROOM, NoRoom, no_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)


@contextmanager
def claim_folder(task_folder: Path, *, claim: int) -> Iterator[Path]:
    """Give a claim's own directory, gone with the block; removes what earlier claims left.

    An earlier claim whose job wakes up late finds its own directory gone, and touches no other.

    Raises
    ------
    NoRoom, TryAgain
        If the disk is full, or refuses otherwise.
    """
    folder = task_folder / str(claim)
    _forget_claims(task_folder, before=claim + 1)
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        raise _disk_error(error, folder) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            task_folder.rmdir()  # unless a later claim works there


def _forget_claims(task_folder: Path, *, before: int) -> None:
    with suppress(FileNotFoundError):
        for folder in list(task_folder.iterdir()):
            if folder.name.isdecimal() and int(folder.name) < before:
                shutil.rmtree(folder, ignore_errors=True)


def _disk_error(error: OSError, folder: Path) -> Exception:
    if no_room(error):
        log.error("There is no room left on the disk of %s.", folder)
        return NoRoom(NO_ROOM)
    return TryAgain(f"{error.filename or folder}: {error.strerror}")
