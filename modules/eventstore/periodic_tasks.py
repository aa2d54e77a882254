"""What the dispatcher runs now and then, beside delivering."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.eventstore.contract import PeriodicTask

logger = logging.getLogger(__name__)


class PeriodicTasks:
    """Runs each in its own time; one that hangs or fails hinders neither the others nor itself."""

    def __init__(self, tasks: Sequence[PeriodicTask]) -> None:
        self._tasks = tuple(tasks)
        self._due_at = {task.name: time.monotonic() for task in tasks}
        self._running: dict[str, threading.Thread] = {}

    def run_all(self) -> None:
        """Run every task once, here and now."""
        for task in self._tasks:
            _run(task)

    def start_due(self) -> None:
        """Start what is due and not still running, each in a thread of its own."""
        now = time.monotonic()
        for task in self._tasks:
            thread = self._running.get(task.name)
            if now < self._due_at[task.name] or (thread is not None and thread.is_alive()):
                continue
            self._due_at[task.name] = now + task.every_s
            thread = threading.Thread(
                target=_run_and_disconnect, args=(task,), name=task.name, daemon=True
            )
            self._running[task.name] = thread
            thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for those that run, ``timeout_s`` seconds in all."""
        until = time.monotonic() + timeout_s
        for thread in self._running.values():
            thread.join(max(0.0, until - time.monotonic()))


def _run_and_disconnect(task: PeriodicTask) -> None:
    _run(task)
    connections.close_all()


def _run(task: PeriodicTask) -> None:
    """Keep what one task raises from the others, hence the broad except."""
    try:
        task.run()
    except Exception:
        logger.exception("The periodic task %s failed and will be tried again", task.name)
