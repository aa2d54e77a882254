"""The database engine: Django's, plus the embedded server started when it is first needed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import OperationalError


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL connection; connecting starts, or revives, the embedded server."""

    def get_connection_params(self) -> dict[str, Any]:
        """Say where to connect; the embedded server is running when this returns."""
        params: dict[str, Any] = super().get_connection_params()
        if settings.EMBEDDED_POSTGRES is not None:
            postmaster = settings.EMBEDDED_POSTGRES.ensure_running()
            params.update(host=postmaster.socket_dir, port=postmaster.port)
        return params

    def get_new_connection(self, connection_params: dict[str, Any]) -> Any:
        """Connect; when the embedded server died this very moment, revive it and try again."""
        try:
            return super().get_new_connection(connection_params)
        except OperationalError:
            if settings.EMBEDDED_POSTGRES is None:
                raise
            return super().get_new_connection(self.get_connection_params())
