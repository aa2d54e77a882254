"""Decide again when somebody else was faster."""

from __future__ import annotations

import functools
import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, overload

from django.db import IntegrityError, connection

from modules.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONE_PER_VERSION = "stored_events_one_per_version"
FIRST_PAUSE_S = 0.005


class ConcurrencyConflict(TransientError):
    """Somebody else recorded this version of the aggregate first; reload it and decide again."""


@contextmanager
def translated_conflicts() -> Iterator[None]:
    """Say in our words that a COMMIT met a version which somebody else recorded meanwhile.

    Raises
    ------
    ConcurrencyConflict
        Instead of an ``IntegrityError`` of that constraint; others pass.
    """
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is None or diagnosis.constraint_name != ONE_PER_VERSION:
            raise
        raise ConcurrencyConflict(f"already recorded by somebody else: {error}") from error


@overload
def retry_on_conflict[**P, T](command: Callable[P, T], *, tries: int = 5) -> Callable[P, T]: ...
@overload
def retry_on_conflict[**P, T](
    command: None = None, *, tries: int = 5
) -> Callable[[Callable[P, T]], Callable[P, T]]: ...
def retry_on_conflict[**P, T](
    command: Callable[P, T] | None = None, *, tries: int = 5
) -> Callable[P, T] | Callable[[Callable[P, T]], Callable[P, T]]:
    """Call ``command`` again, up to ``tries`` times in all, while it meets a conflict.

    The command loads its aggregate itself, so each try decides on the latest events. Inside an
    open transaction it is called once: what that transaction did before would not be repeated.

    Raises
    ------
    ConcurrencyConflict
        If the last try met a conflict too.
    """
    if command is None:
        return functools.partial(retry_on_conflict, tries=tries)

    @translated_conflicts()
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        return command(*args, **kwargs)

    @functools.wraps(command)
    def retried(*args: P.args, **kwargs: P.kwargs) -> T:
        for retry in range(tries - 1):
            if connection.in_atomic_block:
                break
            try:
                return once(*args, **kwargs)
            except ConcurrencyConflict:
                time.sleep(random.uniform(0, FIRST_PAUSE_S * 2**retry))  # noqa: S311
        return once(*args, **kwargs)

    return retried
