"""The database engine: Django's, plus the embedded server started when it is first needed."""

from __future__ import annotations

import select
import time
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg.errors import CannotConnectNow

REVIVAL_DEADLINE_S = 20.0
RETRY_EVERY_S = 0.1
TRUSTED_FOR_S = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL connection; connecting starts, or revives, the embedded server."""

    _asked_at = float("-inf")

    def get_connection_params(self) -> dict[str, Any]:
        """Return where to connect; the embedded server is running when this returns."""
        params: dict[str, Any] = super().get_connection_params()
        if settings.EMBEDDED_POSTGRES is not None:
            postmaster = settings.EMBEDDED_POSTGRES.ensure_running()
            params.update(host=postmaster.socket_dir, port=postmaster.port)
        return params

    def get_new_connection(self, connection_params: dict[str, Any]) -> Any:
        """Connect; an embedded server that is dying or recovering is revived and waited for."""
        deadline = time.monotonic() + REVIVAL_DEADLINE_S
        while True:
            try:
                return super().get_new_connection(connection_params)
            except OperationalError as error:
                if not _may_come_back(error) or time.monotonic() > deadline:
                    raise
            time.sleep(RETRY_EVERY_S)
            connection_params = self.get_connection_params()

    def is_usable(self) -> bool:
        """Whether a kept connection still works; most times without asking the server.

        A server that ended the connection said so: there is something to read. Only then, or
        when it was not asked for 10 s (a network that died says nothing), a statement is sent.
        """
        now = time.monotonic()
        if now - self._asked_at < TRUSTED_FOR_S and self._is_silent():
            return True
        self._asked_at = now
        usable: bool = super().is_usable()
        return usable

    def _is_silent(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)


def _may_come_back(error: OperationalError) -> bool:
    """Whether an embedded server refused because it is not there, or not ready yet."""
    # Without an SQLSTATE nobody answered at all.
    is_absent = error.sqlstate is None or isinstance(error, CannotConnectNow)
    return is_absent and settings.EMBEDDED_POSTGRES is not None
