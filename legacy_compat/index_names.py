"""How Django 5.2 named the old monolith's indexes and constraints.

These names stand in live databases, so the rule is frozen here and does not follow Django's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.backends.utils import names_digest, truncate_name

if TYPE_CHECKING:
    from collections.abc import Sequence

# PostgreSQL: NAMEDATALEN - 1
MAX_NAME_BYTES = 63


def index_name(table: str, columns: Sequence[str], suffix: str = "") -> str:
    """Return an index's or constraint's name, by ``BaseDatabaseSchemaEditor._create_index_name``.

    The digest covers table and columns, so a renamed user table changes it.
    """
    tail = names_digest(table, *columns, length=8) + suffix
    joined = "_".join(columns)
    name = f"{table}_{joined}_{tail}"
    if len(name) <= MAX_NAME_BYTES:
        return name
    tail = tail[: MAX_NAME_BYTES // 3]
    part_bytes = (MAX_NAME_BYTES - len(tail)) // 2 - 1
    return f"{table[:part_bytes]}_{joined[:part_bytes]}_{tail}"


def foreign_key_name(table: str, column: str, to_table: str) -> str:
    """Return the name of the foreign key from ``table.column`` to ``to_table.id``."""
    return index_name(table, [column], f"_fk_{to_table}_id")


def many_to_many_table(table: str, field: str) -> str:
    """Return the name of the table between ``table`` and what its field points at."""
    return truncate_name(f"{table}_{field}", MAX_NAME_BYTES)
