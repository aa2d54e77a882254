"""A dispatcher in a process of its own, beside the workers; started again when it dies."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from typing import TYPE_CHECKING

from engine.isolation.parent_watchdog import terminate, watch_parent

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 2.0
STOP_WITHIN_S = 12.0


def dispatch() -> None:
    """Be the dispatcher: ``manage.py dispatch`` until SIGTERM or Ctrl-C."""
    import django
    from django.core.management import call_command

    watch_parent(terminate)
    django.setup()
    call_command("dispatch")


class DispatcherSupervisor:
    """Keeps one dispatcher's process running between ``start`` and ``stop``."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._stopping = threading.Event()
        self._process: BaseProcess | None = None
        self._thread = threading.Thread(
            target=self._supervise, name="dispatcher supervisor", daemon=True
        )

    def start(self) -> None:
        """Start it, and a thread that starts it again."""
        self._thread.start()

    def stop(self) -> None:
        """Have it end what it is at; kill it if that takes longer than a stop may."""
        self._stopping.set()
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
        self._thread.join(STOP_WITHIN_S)
        if process is not None and process.is_alive():
            process.kill()

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            process = self._context.Process(target=dispatch, name="dispatcher")
            process.start()
            self._process = process
            if self._stopping.is_set():
                process.terminate()  # stop() may have looked before there was a process
            process.join()
            if not self._stopping.wait(AGAIN_AFTER_S):
                log.error("The dispatcher ended with %s; starting another one", process.exitcode)
