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


class Crew:
    """Threads that never end while the process lives: each keeps its database connection.

    Parameters
    ----------
    size : int
        How many threads; more work waits in a queue, which `waiting` measures.
    """

    def __init__(self, size: int) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"answer {i}", daemon=True)
            for i in range(size)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that no thread has begun."""
        return self._jobs.qsize()

    async def do[T](self, work: Callable[..., T], *arguments: Any) -> T:
        """Run something in a thread, and give its result or its exception."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((future, work, arguments))
        return await future

    def dismiss(self) -> None:
        """Let every thread end what it is at, and wait for it."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, work, arguments = job
            try:
                settle = partial(_give, future, work(*arguments))
            except BaseException as error:
                settle = partial(_fail, future, error)
            del job, work, arguments
            _tell(future, settle)


def _tell(future: asyncio.Future[Any], settle: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop was closed: nobody waits any more
        future.get_loop().call_soon_threadsafe(settle)


def _give(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():  # the client may have gone
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
