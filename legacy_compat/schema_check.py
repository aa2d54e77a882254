"""Compare the legacy tables with what we were built for, and say in words what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from legacy_compat.schema import ADDED_COLUMNS, LEGACY_SCHEMA, legacy_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

    from legacy_compat.schema import Column, Table

READ_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       NOT a.attnotnull, a.atthasdef OR a.attidentity <> ''
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relname = ANY(%(tables)s)
   AND c.relkind IN ('r', 'p', 'v', 'f') AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY c.relname, a.attnum
"""

READ_FOREIGN_KEYS = """
SELECT c.relname, a.attname, t.relname
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_class t ON t.oid = k.confrelid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(k.conkey)
 WHERE k.contype = 'f' AND c.relnamespace = to_regnamespace(%(schema)s)
 ORDER BY c.relname, a.attname
"""


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column as the catalogue has it; ``filled`` says that an INSERT may leave it out."""

    type: str
    nullable: bool
    filled: bool


def check_legacy_schema() -> list[str]:
    """Return, one sentence each, what in the legacy tables is not as we need it.

    A column that was added is nobody's fault, unless our INSERTs would fail without it.
    """
    tables = legacy_tables(settings.LEGACY_USER_TABLE)
    with connection.cursor() as cursor:
        found = _read_columns(cursor, [table.name for table in tables])
        mismatch = find_user_table_mismatch(cursor, user_table=settings.LEGACY_USER_TABLE)
    sentences = [sentence for table in tables for sentence in _compare(table, found)]
    return [*([mismatch] if mismatch else []), *sentences]


def find_user_table_mismatch(cursor: CursorWrapper, *, user_table: str) -> str | None:
    """Return a sentence on a legacy table that points at other users than ``LEGACY_USER_TABLE``."""
    user_columns = {
        (table.name, column)
        for table in legacy_tables(user_table)
        for _, column, target in table.foreign_keys()
        if target == user_table
    }
    cursor.execute(READ_FOREIGN_KEYS, {"schema": LEGACY_SCHEMA})
    for table, column, target in cursor.fetchall():
        if (table, column) in user_columns and target != user_table:
            return (
                f"LEGACY_USER_TABLE is {user_table}, but {LEGACY_SCHEMA}.{table}.{column}"
                f" points at {LEGACY_SCHEMA}.{target}: set LEGACY_USER_TABLE={target}"
            )
    return None


def _read_columns(
    cursor: CursorWrapper, tables: Sequence[str]
) -> dict[str, dict[str, FoundColumn]]:
    cursor.execute(READ_COLUMNS, {"schema": LEGACY_SCHEMA, "tables": list(tables)})
    found: dict[str, dict[str, FoundColumn]] = {}
    for table, column, type_, nullable, filled in cursor.fetchall():
        found.setdefault(table, {})[column] = FoundColumn(type_, nullable, filled)
    return found


def _compare(table: Table, found: dict[str, dict[str, FoundColumn]]) -> Iterator[str]:
    name = f"{LEGACY_SCHEMA}.{table.name}"
    if table.name not in found:
        yield f"{name} is missing; `manage.py migrate` creates it on an empty database"
        return
    expected = {column.name: column for column in table.columns}
    expected |= {column.name: column for column in ADDED_COLUMNS.get(table.name, ())}
    columns = found[table.name]
    unknown = [column for column in columns if column not in expected]
    for column in expected.values():
        if column.name in columns:
            yield from _compare_column(name, column, columns[column.name])
        else:
            renamed = f" (renamed to {' or '.join(unknown)}?)" if unknown else ""
            yield f"{name}.{column.name} is missing{renamed}"
    for column_name in unknown:
        if not columns[column_name].nullable and not columns[column_name].filled:
            yield f"{name}.{column_name} is new, NOT NULL and has no default: our INSERTs fail"


def _compare_column(table: str, expected: Column, found: FoundColumn) -> Iterator[str]:
    name = f"{table}.{expected.name}"
    if found.type != expected.type:
        yield f"{name} is {found.type}, expected {expected.type}"
    if found.nullable != expected.nullable:
        word = {True: "nullable", False: "NOT NULL"}
        yield f"{name} is {word[found.nullable]}, expected {word[expected.nullable]}"
