"""The extension pgvector: made by a migration step where that can be done."""

from __future__ import annotations

from typing import Any

from django.db import Error, connection, transaction
from django.db.migrations.operations.base import Operation


def has_vector_extension() -> bool:
    """Tell whether this database can compare vectors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'vector'")
        return cursor.fetchone() is not None


class CreateVectorExtension(Operation):
    """Create the extension pgvector where the server has it and the role may.

    Elsewhere nothing is lost: ``ExactMoveIndex`` compares without it, and the extension may be
    created at any later time.
    """

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing in the models."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create the extension unless it is there or cannot be had."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
            if not cursor.fetchone():
                return
            try:
                with transaction.atomic(using=schema_editor.connection.alias):
                    cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
            except Error:
                return  # only a superuser may, before PostgreSQL trusts the extension

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Leave the extension: others may use it."""

    def describe(self) -> str:
        """Name the step."""
        return "Creates the extension pgvector where it can be had"
