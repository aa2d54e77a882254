"""Values to plain JSON and back, led by the annotations of the class they belong to.

Nothing is tagged with its type: whoever reads the table in SQL sees text, numbers and lists.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import types
import typing
from collections import abc
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

MISFIT = (TypeError, ValueError, KeyError, ArithmeticError)
"""What decoding raises for JSON that does not fit; a broken Decimal is an ArithmeticError."""

type Decoder = abc.Callable[[Any], Any]


def to_json(value: object) -> str:
    """Write ``value`` as compact JSON.

    Raises
    ------
    TypeError, ValueError
        If it holds something without a plain form: bytes, naive times, NaN.
    """
    return json.dumps(
        value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def _plain(value: object) -> object:
    """Give the next simpler form of a value `json` does not know."""
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


@functools.cache
def field_decoders(cls: type) -> abc.Mapping[str, Decoder]:
    """Give one decoder per dataclass field of ``cls``."""
    hints = typing.get_type_hints(cls)
    return {field.name: decoder(hints[field.name]) for field in dataclasses.fields(cls)}


def decoder(annotation: Any) -> Decoder:
    """Give the function that turns plain JSON into a value of type ``annotation``.

    It raises one of `MISFIT` on JSON that does not fit.
    """
    while isinstance(annotation, typing.TypeAliasType):
        annotation = annotation.__value__
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated or isinstance(annotation, typing.NewType):
        return decoder(getattr(annotation, "__supertype__", None) or typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return _any_of([decoder(choice) for choice in typing.get_args(annotation)])
    if origin is typing.Literal:
        return _one_of(typing.get_args(annotation))
    if origin is not None:
        return _container(origin, typing.get_args(annotation))
    return _scalar(annotation)


def _scalar(annotation: Any) -> Decoder:
    if annotation in (None, types.NoneType):
        return _exactly(types.NoneType)
    if annotation in (str, bool, int, list, dict):
        return _exactly(annotation)
    if annotation is float:
        return _number
    if annotation in (UUID, Decimal):
        return lambda text: annotation(_exactly(str)(text))
    if annotation in (datetime, date):
        return cast("Decoder", annotation.fromisoformat)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return annotation
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return lambda fields: _dataclass(annotation, fields)
    return lambda value: value


def _container(origin: Any, args: tuple[Any, ...]) -> Decoder:
    if not isinstance(origin, type):
        return lambda value: value
    if issubclass(origin, abc.Mapping):
        keys, values = map(decoder, args)
        return lambda items: {keys(k): values(v) for k, v in _exactly(dict)(items).items()}
    if issubclass(origin, tuple) and args[-1:] != (Ellipsis,):
        parts = [decoder(arg) for arg in args]
        return lambda items: tuple(
            part(item) for part, item in zip(parts, _exactly(list)(items), strict=True)
        )
    if issubclass(origin, abc.Iterable):
        item_decoder = decoder(args[0])
        make = origin if origin in (tuple, set, frozenset) else list
        return lambda items: make(item_decoder(item) for item in _exactly(list)(items))
    return lambda value: value


def _exactly(kind: type) -> Decoder:
    def check(value: Any) -> Any:
        # bool is an int to isinstance, and never one in an event
        if type(value) is not kind:
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return value

    return check


def _number(value: Any) -> float:
    # jsonb keeps 1e16 as 10000000000000000: a whole number where a float was written
    if type(value) not in (int, float):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _one_of(allowed: tuple[Any, ...]) -> Decoder:
    def check(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {allowed}")
        return value

    return check


def _any_of(decoders: list[Decoder]) -> Decoder:
    def first_that_fits(value: Any) -> Any:
        for decode in decoders:
            try:
                return decode(value)
            except MISFIT:
                continue
        raise ValueError(f"{value!r} fits none of the types the field may have")

    return first_that_fits


def _dataclass(cls: type, fields: Any) -> Any:
    decoders = field_decoders(cls)
    return cls(**{name: decoders[name](value) for name, value in _exactly(dict)(fields).items()})
