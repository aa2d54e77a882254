"""How much of a choreography was seen before, and whether parts return as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from choreography.numbers import Number

BEATS_PER_EIGHT = 8


def learnability_numbers(plan: dict[str, Any]) -> Iterator[Number]:
    """Give the share of the song danced with clips seen before, and what returns.

    A returning section is compared eight by eight with the first of its label, for as long as
    both last; the song's first and last moves open and close it and are left out.
    """
    seen_s, all_s = _seen_by_label(plan)
    total_s = sum(all_s.values())
    yield Number("danced with moves already seen", 100 * sum(seen_s.values()) / total_s, "%")
    for label, length_s in all_s.items():
        yield Number(f"  of it in part {label}", 100 * seen_s[label] / length_s, "%")
    same, compared, returns, faithful = _returns(plan)
    yield Number("returning sections", returns, "")
    yield Number("  of them with the same moves throughout", faithful, "")
    share = 100.0 if not compared else 100 * same / compared
    yield Number("  eights with the same move as the first time", share, "%", at_least=80)


def _seen_by_label(plan: dict[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds danced with clips seen before, and in all, by section label."""
    seen_s: dict[str, float] = defaultdict(float)
    all_s: dict[str, float] = defaultdict(float)
    known: set[str] = set()
    for move in plan["moves"]:
        for section in plan["sections"]:
            shared_s = min(move["end_s"], section["end_s"]) - max(
                move["start_s"], section["start_s"]
            )
            if shared_s > 0:
                all_s[section["label"]] += shared_s
                seen_s[section["label"]] += shared_s if move["clip_id"] in known else 0.0
        known.add(move["clip_id"])
    return seen_s, dict(sorted(all_s.items()))


def _returns(plan: dict[str, Any]) -> tuple[int, int, int, int]:
    """Eights that are the same, eights compared, sections that return, those wholly the same."""
    first: dict[str, list[str | None]] = {}
    same = compared = returns = faithful = 0
    for section in plan["sections"]:
        danced = list(_danced_by_eight(plan, section))
        before = first.setdefault(section["label"], danced)
        if before is danced:
            continue
        pairs = [(a, b) for a, b in zip(before, danced, strict=False) if a and b]
        equal = sum(a == b for a, b in pairs)
        same, compared = same + equal, compared + len(pairs)
        returns, faithful = returns + 1, faithful + (equal == len(pairs))
    return same, compared, returns, faithful


def _danced_by_eight(plan: dict[str, Any], section: dict[str, Any]) -> Iterator[str | None]:
    """The clip of each eight of a section; None for the moves that open and close the song."""
    beats_s = plan["beats_s"]
    last = len(plan["moves"]) - 1
    for one in _ones(plan):
        middle_s = (beats_s[one] + beats_s[one + BEATS_PER_EIGHT]) / 2
        if section["start_s"] <= middle_s < section["end_s"]:
            move = next(m for m in plan["moves"] if m["start_s"] <= middle_s < m["end_s"])
            yield None if move["index"] in {0, last} else move["clip_id"]


def _ones(plan: dict[str, Any]) -> Iterator[int]:
    """The beats that start a whole eight, counted anew from each section's start."""
    for one, following in pairwise([*plan["ones"], len(plan["beats_s"]) - 1]):
        if following - one >= BEATS_PER_EIGHT:
            yield one
