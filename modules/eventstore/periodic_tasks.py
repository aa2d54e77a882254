"""What the dispatcher does now and then, beside delivering."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.eventstore.contract import Chore

logger = logging.getLogger(__name__)


class Chores:
    """Chores by their period; one that hangs or fails hinders neither the others nor itself."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = tuple(chores)
        self._due_at = {chore.name: time.monotonic() for chore in chores}
        self._running: dict[str, threading.Thread] = {}

    def run_all(self) -> None:
        """Do every chore once, here and now."""
        for chore in self._chores:
            _run(chore)

    def start_due(self) -> None:
        """Start what is due and not still running, each in a thread of its own."""
        now = time.monotonic()
        for chore in self._chores:
            thread = self._running.get(chore.name)
            if now < self._due_at[chore.name] or (thread is not None and thread.is_alive()):
                continue
            self._due_at[chore.name] = now + chore.every_s
            thread = threading.Thread(
                target=_run_and_hang_up, args=(chore,), name=chore.name, daemon=True
            )
            self._running[chore.name] = thread
            thread.start()

    def join(self, timeout_s: float) -> None:
        """Wait for those that run, ``timeout_s`` seconds in all."""
        until = time.monotonic() + timeout_s
        for thread in self._running.values():
            thread.join(max(0.0, until - time.monotonic()))


def _run_and_hang_up(chore: Chore) -> None:
    _run(chore)
    connections.close_all()


def _run(chore: Chore) -> None:
    """Keep what one chore raises from the others, hence the broad except."""
    try:
        chore.run()
    except Exception:
        logger.exception("The chore %s failed and will be tried again", chore.name)
