"""Write one row of a projected table from plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb


@dataclass(frozen=True, slots=True)
class IfNull:
    """A value for a column that is null so far; what is there stays."""

    value: object


@dataclass(frozen=True, slots=True)
class When:
    """``value`` for a column that holds ``old``; anything else stays."""

    old: object
    value: object


def insert_row(into: str, *, key: str, values: Mapping[str, Any]) -> None:
    """Insert a row, or replace what is there under the same key."""
    columns = list(values)
    others = [column for column in columns if column != key]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            -- insert_row
            INSERT INTO {into} ({", ".join(columns)})
            VALUES ({", ".join(["%s"] * len(columns))})
            ON CONFLICT ({key}) DO UPDATE
               SET {", ".join(f"{column} = EXCLUDED.{column}" for column in others)}
            """,  # noqa: S608 names are the projections' own
            [_adapted(value) for value in values.values()],
        )


def update_row(into: str, *, key: str, key_value: Any, changes: Mapping[str, Any]) -> bool:
    """Change columns of one row; False when it is not there."""
    assignments: list[str] = []
    parameters: list[Any] = []
    for column, value in changes.items():
        match value:
            case IfNull(new):
                assignments.append(f"{column} = coalesce({column}, %s)")
                parameters.append(_adapted(new))
            case When(old, new):
                assignments.append(f"{column} = CASE {column} WHEN %s THEN %s ELSE {column} END")
                parameters += [_adapted(old), _adapted(new)]
            case _:
                assignments.append(f"{column} = %s")
                parameters.append(_adapted(value))
    with connection.cursor() as cursor:
        cursor.execute(
            f"-- update_row\nUPDATE {into} SET {', '.join(assignments)} WHERE {key} = %s",
            [*parameters, key_value],
        )
        return bool(cursor.rowcount)


def delete_row(into: str, *, key: str, key_value: Any) -> None:
    """Delete one row; nothing happens when it is gone already."""
    with connection.cursor() as cursor:
        cursor.execute(f"-- delete_row\nDELETE FROM {into} WHERE {key} = %s", [key_value])


def _adapted(value: object) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value
