"""Values survive being plain JSON."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from modules.eventstore.json_codec import from_json, to_json


class Mood(enum.Enum):
    """A plain enumeration."""

    GOOD = "good"


class Level(enum.IntEnum):
    """One of numbers."""

    ONE = 1


@dataclass(frozen=True)
class Point:
    """A nested value."""

    x: float
    on: date | None


type Name = Annotated[str, "a name"]
UserId = NewType("UserId", int)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (str, "ñ"),
        (int, 5),
        (bool, True),
        (float, 1e16),
        (float, 0.1),
        (None, None),
        (UUID, UUID(int=7)),
        (datetime, NOON),
        (date, date(2026, 1, 2)),
        (Decimal, Decimal("1.10")),
        (Mood, Mood.GOOD),
        (Level, Level.ONE),
        (Literal["a", "b"], "b"),
        (Name, "x"),
        (UserId, 3),
        (UUID | None, None),
        (UUID | None, UUID(int=8)),
        (int | str, "5"),
        (list[UUID], [UUID(int=1)]),
        (Sequence[Decimal], [Decimal("2")]),
        (tuple[Mood, ...], (Mood.GOOD,)),
        (tuple[int, str], (1, "a")),
        (frozenset[str], frozenset({"a", "b"})),
        (dict[str, datetime], {"a": NOON}),
        (Mapping[str, list[int]], {"a": [1]}),
        (Point, Point(x=2.0, on=date(2026, 1, 2))),
        (list[Point | None], [None, Point(x=0.5, on=None)]),
        (Any, {"free": [1, "b", None]}),
    ],
)
def test_a_value_comes_back_as_it_was(annotation: Any, value: Any) -> None:
    back = from_json(TypeAdapter(annotation), to_json(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("annotation", "stored"),
    [
        (str, 1),
        (int, True),
        (int, "1"),
        (int, 1.0),
        (bool, 1),
        (float, "1"),
        (float, True),
        (None, 0),
        (UUID, "x"),
        (UUID, 5),
        (Decimal, "much"),
        (Decimal | None, "much"),
        (datetime, 5),
        (Mood, "bad"),
        (Literal["a"], "b"),
        (UUID | None, 5),
        (list[int], ["a"]),
        (list[str], "ab"),
        (tuple[int, str], [1]),
        (dict[str, int], {"a": "b"}),
        (Point, {"x": 1.0, "on": None, "z": 1}),
        (Point, {"x": 1.0}),
    ],
)
def test_json_that_does_not_fit_is_refused(annotation: Any, stored: Any) -> None:
    with pytest.raises(ValidationError):
        from_json(TypeAdapter(annotation), json.dumps(stored))


def test_times_are_written_in_utc() -> None:
    lima = timezone(timedelta(hours=-5))
    assert to_json(NOON.astimezone(lima)) == '"2026-01-02T12:00:00+00:00"'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"x", object(), {1: {b"x"}}])
def test_what_json_has_no_form_for_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        to_json(value)
