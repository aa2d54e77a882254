"""Numbers with the bounds they are held against, and their table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Number:
    """One measured number and what it must be; without a bound it is only told."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        """Whether the bound holds."""
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    @property
    def bound(self) -> str:
        """The bound, as the table shows it."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "–" if self.at_most is None else f"≤ {self.at_most:g}"


def worst(runs: Any) -> Iterator[Number]:
    """Of each number the run that is farthest on the wrong side."""
    for same in zip(*runs, strict=True):
        yield (min if same[0].at_least is not None else max)(same, key=lambda each: each.value)


def print_table(title: str, numbers: Sequence[Number]) -> None:
    """Show numbers with their bounds."""
    print(f"\n{title}")
    for number in numbers:
        mark = "ok" if number.met else "MISSED"
        value = f"{number.value:9.2f} {number.unit:<3}"
        bound = f"must be {number.bound:<7} {mark}" if number.bound != "–" else ""
        print(f"  {number.name:<52}{value} {bound}".rstrip())


def as_rows(numbers: Sequence[Number]) -> list[dict[str, Any]]:
    """The numbers as JSON objects."""
    return [{**asdict(number), "bound": number.bound, "met": number.met} for number in numbers]
