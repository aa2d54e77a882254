"""A few threads that work for an event loop; a fraction of the cost of ``run_in_executor``."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    type Job = tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]


class WorkerThreads:
    """Threads that never end while the process lives: each keeps its database connection.

    Parameters
    ----------
    size : int
        How many threads; more work waits in a queue, which `queued` measures.
    """

    def __init__(self, size: int) -> None:
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        for i in range(size):
            threading.Thread(target=self._work, name=f"worker {i}", daemon=True).start()

    @property
    def queued(self) -> int:
        """How many jobs no thread has begun."""
        return self._jobs.qsize()

    async def run[T](self, work: Callable[..., T], *arguments: Any) -> T:
        """Run something in a thread; return its result, or raise its exception."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((future, work, arguments))
        return await future

    def _work(self) -> None:
        while True:
            future, work, arguments = self._jobs.get()
            try:
                settle = partial(_set_result, future, work(*arguments))
            except BaseException as error:
                settle = partial(_set_exception, future, error)
            del work, arguments
            _post(future, settle)


def _post(future: asyncio.Future[Any], settle: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop was closed: nobody waits any more
        future.get_loop().call_soon_threadsafe(settle)


def _set_result(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():  # the client may have gone
        future.set_result(result)


def _set_exception(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
