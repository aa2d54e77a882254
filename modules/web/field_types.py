"""Text and numbers as requests may state them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_CONTROLS_BUT_LAYOUT = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_DIGITS = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,30})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleLine(GroupedMetadata):
    """Annotates one line of text: no control characters, nothing PostgreSQL cannot hold.

    Space around the text does not count and is taken away: not for passwords, whose spaces count.

    Parameters
    ----------
    max_length, min_length : int
        In characters.
    """

    max_length: int
    min_length: int = 0

    def __iter__(self) -> Iterator[Any]:
        """Return pydantic's annotations for it."""
        return _text(_CONTROLS, max_length=self.max_length, min_length=self.min_length)


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiLine(GroupedMetadata):
    """Annotates a text of several lines, like `SingleLine` otherwise."""

    max_length: int
    min_length: int = 0

    def __iter__(self) -> Iterator[Any]:
        """Return pydantic's annotations for it."""
        return _text(_CONTROLS_BUT_LAYOUT, max_length=self.max_length, min_length=self.min_length)


def _text(controls: str, *, max_length: int, min_length: int) -> Iterator[Any]:
    forbidden = re.compile(f"[{controls}]")

    def check(text: str) -> str:
        if forbidden.search(text):
            raise ValueError("must not hold control characters")
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ValueError("must be text; it holds half a character")
        return text

    any_sign = f"[^{controls}]*"
    pattern = rf"^{any_sign}[^\s{controls}]{any_sign}$" if min_length else f"^{any_sign}$"
    schema = {"type": "string", "maxLength": max_length, "pattern": pattern}
    if min_length:
        schema["minLength"] = min_length
    yield from StringConstraints(
        strip_whitespace=True, min_length=min_length or None, max_length=max_length
    )
    yield AfterValidator(check)
    yield WithJsonSchema(schema)


def _uuid(value: Any) -> Any:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and re.fullmatch(ID_PATTERN, value.lower(), re.ASCII):
        return UUID(value)
    raise ValueError("must be an id like 0b6f3c3e-6a55-4f0c-9d8a-1f1f6f1c2d3e")


Id = Annotated[UUID, BeforeValidator(_uuid), Field(json_schema_extra={"format": "uuid"})]
"""An id in its canonical form, letters in either case."""


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        if not _DIGITS.fullmatch(value):
            raise ValueError("must be a whole number")
        return int(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            raise ValueError("must be a number")
        return float(value)
    return value


QueryInt = Annotated[int, BeforeValidator(_whole)]
"""A whole number in a query: plain digits, so neither ``5.0`` nor `` 5`` nor ``1_000``."""

QueryFloat = Annotated[float, BeforeValidator(_number)]
"""A number in a query: digits, perhaps a point; neither ``nan`` nor ``1e9``."""
