"""Say that the site is served when it is: workers take seconds to start, more under load."""

from __future__ import annotations

import threading
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ASK_EVERY_S = 0.1
ANSWER_WITHIN_S = 10.0
HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 compared, not bound


class Announcement:
    """Tells once, when a worker has given the first answer; a thread asks until then."""

    def __init__(self, *, host: str, port: int, tell: Callable[[], None]) -> None:
        self._host, self._port, self._tell = HERE.get(host, host), port, tell
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to ask."""
        threading.Thread(target=self._ask, name="announcement", daemon=True).start()

    def stop(self) -> None:
        """Say nothing any more."""
        self._stopping.set()

    def _ask(self) -> None:
        while not self._stopping.is_set():
            if self._is_answered():
                self._tell()
                return
            self._stopping.wait(ASK_EVERY_S)

    def _is_answered(self) -> bool:
        connection = HTTPConnection(self._host, self._port, timeout=ANSWER_WITHIN_S)
        try:
            connection.request("GET", "/api/health")
            connection.getresponse().read()  # whatever it is: somebody answers
        except (OSError, HTTPException):
            return False
        else:
            return True
        finally:
            connection.close()
