"""The rules that the search for clips and the planner share."""

from __future__ import annotations

import pytest

from engine.contract import Difficulty
from engine.planning.rules import (
    can_dance_an_eight,
    has_enough_as_wished,
    list_allowed,
    tempo_ratio,
)


@pytest.mark.parametrize(
    ("speed", "ratio"),
    [
        (0.80, 1.0),
        (1.25, 1.0),
        (1.6, 0.5),
        (2.5, 0.5),
        (0.4, 2.0),
        (0.625, 2.0),
        (0.79, None),
        (1.26, None),
        (2.51, None),
        (0.39, None),
    ],
)
def test_a_clip_follows_at_its_tempo_at_half_and_at_twice_of_it(
    speed: float, ratio: float | None
) -> None:
    assert tempo_ratio(speed) == ratio


@pytest.mark.parametrize(
    ("clip_bpm", "n_beats", "can"),
    [
        (125, 8, True),
        (125, 7, False),
        (62.5, 4, True),
        (62.5, 3, False),
        (250, 16, True),
        (250, 15, False),
        (90, 99, False),
    ],
)
def test_an_eight_takes_four_eight_or_sixteen_beats_of_a_clip(
    clip_bpm: float, n_beats: int, can: bool
) -> None:
    assert can_dance_an_eight(song_bpm=125, clip_bpm=clip_bpm, n_beats=n_beats) == can


@pytest.mark.parametrize(
    ("wished", "allowed", "relaxed"),
    [
        ("beginner", 1, 2),
        ("intermediate", 2, 3),
        ("advanced", 3, 3),
    ],
)
def test_the_difficulty_is_relaxed_by_one_step(
    wished: Difficulty, allowed: int, relaxed: int
) -> None:
    everything: tuple[Difficulty, ...] = ("beginner", "intermediate", "advanced")
    assert list_allowed(wished) == everything[:allowed]
    assert list_allowed(wished, is_relaxed=True) == everything[:relaxed]


def test_one_clip_of_the_very_difficulty_is_not_enough() -> None:
    assert not has_enough_as_wished(["advanced", "beginner", "beginner"], "advanced")
    assert has_enough_as_wished(["advanced", "beginner", "advanced"], "advanced")
