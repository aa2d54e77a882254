"""Wishes are seen in the dance: in whose moves it is made of, and in how often."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.contract import Energy, Plan, Wishes
from engine.planning.plan import plan
from engine.planning.preferences import preferences
from engine.planning.tests.dances import a_clip, a_song, some_clips


def eights_by_energy(made: Plan) -> Counter[str]:
    """Count the eights of each energy."""
    counts: Counter[str] = Counter()
    for move in made.moves:
        counts[move.clip.energy_level] += move.eights
    return counts


LIBRARY = [
    *(a_clip(f"medium{i}", energy_level="medium", n_beats=18) for i in range(4)),
    *(a_clip(f"high{i}", energy_level="high", n_beats=18, score=1.0) for i in range(8)),
]


@pytest.mark.parametrize("seed", range(3))
def test_who_wishes_it_calm_gets_the_calmest_there_is(seed: int) -> None:
    wishes = Wishes(difficulty="beginner", energy_level="low")
    made = plan(a_song(n_beats=320, parts="ABCB"), LIBRARY, wishes, seed=seed)
    assert set(eights_by_energy(made)) == {"medium"}


@pytest.mark.parametrize("seed", range(3))
def test_too_few_calm_moves_are_danced_oftener_than_the_others(seed: int) -> None:
    calm = [a_clip(f"low{i}", energy_level="low", n_beats=18, move_label="turn") for i in range(2)]
    wishes = Wishes(difficulty="beginner", energy_level="low")
    made = plan(a_song(n_beats=320, parts="ABCD"), [*LIBRARY, *calm], wishes, seed=seed)
    counts = eights_by_energy(made)
    assert counts["high"] == 0
    assert counts["low"] / 2 > 1.5 * counts["medium"] / 4


@pytest.mark.parametrize("energy", ["low", "high"])
def test_a_room_does_not_outweigh_the_energy(energy: Energy) -> None:
    clips = [
        a_clip(f"{level}{room}{i}", energy_level=level, room=room)
        for level in ("low", "high")
        for room in "ab"
        for i in range(3)
    ]
    wishes = Wishes(difficulty="beginner", energy_level=energy)
    made = plan(a_song(n_beats=96, parts="AB"), clips, wishes, seed=1)
    assert set(eights_by_energy(made)) == {energy}


@pytest.mark.parametrize("seed", range(3))
def test_what_suits_a_style_is_danced_oftener(seed: int) -> None:
    clips = [*some_clips(6, score=0.4), *(a_clip(f"style{i}", score=0.8) for i in range(3))]
    song = a_song(n_beats=240, parts="ABCDE")

    def share(style: str | None) -> float:
        made = plan(song, clips, Wishes(difficulty="beginner", style=style), seed=seed)
        ids = [move.clip.clip_id for move in made.moves]
        return sum(name.startswith("style") for name in ids) / len(ids)

    assert share(None) <= 0.4 < 0.6 < share("sensual")


def test_without_wishes_all_are_alike() -> None:
    said = preferences(LIBRARY, Wishes(difficulty="beginner"), style_fits=[0.3] * len(LIBRARY))
    assert {(each.share, each.is_nearest) for each in said} == {(1.0, True)}


def test_the_best_has_a_whole_share_whatever_the_wish() -> None:
    wishes = Wishes(difficulty="beginner", energy_level="low", style="sensual")
    said = preferences(LIBRARY, wishes, style_fits=[0.1] * 4 + [0.9] * 8)
    assert max(each.share for each in said) == 1.0
    assert [each.is_nearest for each in said] == [True] * 4 + [False] * 8


@pytest.mark.parametrize(("style", "danced"), [(None, False), ("sensual", True)])
def test_a_style_is_worth_a_move_of_a_single_eight(style: str | None, danced: bool) -> None:
    filling = [a_clip(f"plain{i}", room="a", score=0.4, n_beats=26) for i in range(3)]
    shorter = [a_clip(f"style{i}", room="a", score=0.8, n_beats=18) for i in range(2)]
    wishes = Wishes(difficulty="beginner", style=style)
    made = plan(a_song(n_beats=24), [*filling, *shorter], wishes, seed=2)
    assert made.moves[0].clip.clip_id.startswith("style") is danced
