"""Decide again when somebody else was faster."""

from __future__ import annotations

import functools
import random
import time
from typing import TYPE_CHECKING, overload

from django.db import connection

from modules.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_PAUSE_S = 0.005


class ConcurrencyConflict(TransientError):
    """Somebody else recorded this version of the aggregate first; reload it and decide again."""


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

    @functools.wraps(command)
    def retried(*args: P.args, **kwargs: P.kwargs) -> T:
        for retry in range(tries - 1):
            if connection.in_atomic_block:
                break
            try:
                return command(*args, **kwargs)
            except ConcurrencyConflict:
                time.sleep(random.uniform(0, FIRST_PAUSE_S * 2**retry))  # noqa: S311
        return command(*args, **kwargs)

    return retried
