"""Hears PostgreSQL's NOTIFY; a hint that saves waiting, never something to rely on."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Self

import psycopg
from django.db import Error, connection
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

PATIENCE_S = 0.5
"""Longest time between two looks at whether to stop, and the pause before connecting again."""


class Listener:
    """Calls ``on_message`` from a thread of its own whenever the channel is notified.

    A lost connection is opened again; what was notified meanwhile is missed.
    """

    def __init__(self, channel: str, *, on_message: Callable[[], object]) -> None:
        self._channel = channel
        self._on_message = on_message
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"listen {channel}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (Error, psycopg.Error) as error:
                logger.info("Not listening for the moment: %s", error)
                self._stop.wait(PATIENCE_S)
            # This thread's own connection: the channel is forgotten with it.
            connection.close()

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        while not self._stop.is_set():
            for _ in connection.connection.notifies(timeout=PATIENCE_S):
                self._on_message()
