"""Values to plain JSON and back, led by the annotations of the class they belong to.

Nothing is tagged with its type: whoever reads the table in SQL sees text, numbers and lists.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import typing
from collections import abc
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

IDENTITY_FIELDS = frozenset({"originator_id", "originator_version"})
"""Fields of every event that have columns of their own and stay out of its state."""


def to_json(value: object) -> str:
    """Write ``value`` as compact JSON.

    Raises
    ------
    TypeError, ValueError
        If it holds something without a plain form: bytes, naive times, NaN.

    Notes
    -----
    Not pydantic's writer: it ends times in ``Z``, where every stored event has ``+00:00``.
    """
    return json.dumps(
        value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def _plain(value: object) -> object:
    """Return the next simpler form of a value `json` does not know."""
    for kind, simplify in SIMPLER.items():
        if isinstance(value, kind):
            return simplify(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no plain JSON form")


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"a time without a time zone: {moment!r}")
    return moment.astimezone(UTC).isoformat()


SIMPLER: dict[type, abc.Callable[[Any], object]] = {
    UUID: str,
    datetime: _utc,  # before its base class
    date: date.isoformat,
    Decimal: str,
    enum.Enum: lambda member: member.value,
    abc.Mapping: dict,
    abc.Set: sorted,
}


def from_json(adapter: TypeAdapter[Any], text: str | bytes) -> Any:
    """Read JSON as a value of the adapter's type, without guessing.

    Raises
    ------
    ValidationError
        If a part is missing, unknown or of another type.
    """
    return adapter.validate_json(text, strict=True, extra="forbid")


@functools.cache
def state_adapter(cls: type) -> TypeAdapter[dict[str, Any]]:
    """Return the adapter of an event class's state: the fields it declares and no others.

    A field for which the class has a value may be missing.
    """
    hints = typing.get_type_hints(cls)
    names = [f.name for f in dataclasses.fields(cls) if f.name not in IDENTITY_FIELDS]
    state = {
        name: typing.NotRequired[hints[name]] if hasattr(cls, name) else hints[name]
        for name in names
    }
    return TypeAdapter(typing.TypedDict(cls.__qualname__, state))  # type: ignore[operator]
