"""The migration step that makes PostgreSQL able to compare vectors."""

from __future__ import annotations

from typing import Any

from django.db import Error
from django.db.migrations.operations.base import Operation

from modules.moves.contract import VectorSearchMissing


class EnsureVectorExtension(Operation):
    """Create the extension pgvector where it is missing; say clearly when that cannot be done."""

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing in the models."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create the extension unless it is there."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'")
            if cursor.fetchone():
                return
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
            if not cursor.fetchone():
                raise VectorSearchMissing(
                    "The PostgreSQL server has no extension pgvector; "
                    "install it on the server (package postgresql-NN-pgvector), then migrate again."
                )
            _create(cursor)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Leave the extension: others may use it."""

    def describe(self) -> str:
        """Name the step."""
        return "Ensures the extension pgvector"


def _create(cursor: Any) -> None:
    try:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except Error as error:
        raise VectorSearchMissing(
            "The database role may not create the extension pgvector; have a superuser run "
            "CREATE EXTENSION vector in this database, then migrate again."
        ) from error
