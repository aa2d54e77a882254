"""How many typed wishes the rules read, field by field, on phrases seen and held out.

uv run python benchmarks/typed_wishes.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from modules.choreography.query_parser import parse_query
from modules.choreography.tests.many_hands import HELD_OUT, SEEN
from modules.choreography.tests.typed_queries import Typed

FIELDS = ("difficulty", "energy_level", "style", "tempo")


def correct(phrases: tuple[Typed, ...]) -> dict[str, int]:
    """Count the phrases whose field, and whose whole answer, is the expected one."""
    counts = dict.fromkeys((*FIELDS, "whole"), 0)
    for phrase in phrases:
        parsed = parse_query(phrase.query)
        right = [getattr(parsed, name) == getattr(phrase, name) for name in FIELDS]
        counts["whole"] += all(right)
        for name, is_right in zip(FIELDS, right, strict=True):
            counts[name] += is_right
    return counts


def named(phrases: tuple[Typed, ...]) -> dict[str, tuple[int, int]]:
    """Count, of the fields that phrases name, those that are read rightly."""
    counts = {}
    for name in FIELDS:
        naming = [phrase for phrase in phrases if getattr(phrase, name) is not None]
        right = sum(
            getattr(parse_query(phrase.query), name) == getattr(phrase, name) for phrase in naming
        )
        counts[name] = right, len(naming)
    return counts


def main() -> None:
    """Print the table."""
    for title, phrases in (("seen", SEEN), ("held out", HELD_OUT)):
        counts, total = correct(phrases), len(phrases)
        print(f"{title}: {counts['whole']} of {total} read wholly")
        for name, (right, naming) in named(phrases).items():
            print(f"  {name:<13} {counts[name] / total:4.0%} right, {right} of {naming} named ones")


if __name__ == "__main__":
    main()
