"""The couple is followed through crossings, gaps and bystanders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.pose.couple import follow_couple
from engine.pose.tests.dancers import dancer, hidden, mirrored, seen, shuffled
from engine.pose.tracking import assign

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

BEATS = np.arange(16 * 6) / 6


def left(beat: float) -> tuple[float, float]:
    return 220 + 10 * np.sin(np.pi / 2 * beat), 180


def right(beat: float) -> tuple[float, float]:
    return 400 + 10 * np.sin(np.pi / 2 * beat), 180


def to_the_right(beat: float) -> tuple[float, float]:
    return 160 + 20 * beat, 180


def to_the_left(beat: float) -> tuple[float, float]:
    return 480 - 20 * beat, 184


TALL, SHORT = 1.1, 1.0


def test_two_who_stand_apart_are_told_apart_in_whatever_order_they_are_seen() -> None:
    lead, follow = dancer(BEATS, left, size=TALL), dancer(BEATS, right, size=SHORT)
    couple = follow_couple(shuffled(seen(lead, follow)))
    assert couple is not None
    assert np.array_equal(couple.lead, lead)
    assert np.array_equal(couple.follow, follow)


@pytest.mark.parametrize("size", [TALL, SHORT])
def test_two_who_cross_keep_their_names(size: float) -> None:
    one, other = dancer(BEATS, to_the_right, size=size), dancer(BEATS, to_the_left, size=SHORT)
    couple = follow_couple(shuffled(seen(one, other)))
    assert couple is not None
    assert {couple.lead.tobytes(), couple.follow.tobytes()} == {one.tobytes(), other.tobytes()}


def test_two_who_cross_while_one_hides_the_other_keep_their_names() -> None:
    lead = dancer(BEATS, to_the_right, size=TALL)
    # 160 + 20 b = 480 - 20 b at beat 8, picture 48: hidden for a beat around it
    follow = hidden(dancer(BEATS, to_the_left, size=SHORT), slice(45, 51))
    couple = follow_couple(shuffled(seen(lead, follow)))
    assert couple is not None
    assert np.array_equal(couple.lead, lead)
    assert np.array_equal(couple.follow, follow)


def test_a_dancer_who_was_hidden_for_two_beats_is_the_same_one_afterwards() -> None:
    lead = hidden(dancer(BEATS, left, size=TALL), slice(20, 32))
    follow = hidden(dancer(BEATS, right, size=SHORT), slice(50, 62))
    couple = follow_couple(shuffled(seen(lead, follow)))
    assert couple is not None
    assert np.array_equal(couple.lead, lead)
    assert np.array_equal(couple.follow, follow)


def test_a_bystander_seen_for_a_while_is_not_of_the_couple() -> None:
    lead, follow = dancer(BEATS, left, size=TALL), dancer(BEATS, right, size=SHORT)
    passer = hidden(dancer(BEATS, lambda beat: (40 + 3 * beat, 150), size=0.6), slice(50, None))
    couple = follow_couple(shuffled(seen(lead, follow, passer)))
    assert couple is not None
    assert np.array_equal(couple.lead, lead)
    assert np.array_equal(couple.follow, follow)


def test_one_dancer_is_no_couple() -> None:
    assert follow_couple(seen(dancer(BEATS, left))) is None
    assert follow_couple(seen(hidden(dancer(BEATS, left), slice(None)))) is None
    assert follow_couple([]) is None


def test_the_taller_one_leads_and_the_more_so_the_surer() -> None:
    doubts = [
        follow_couple(seen(dancer(BEATS, left), dancer(BEATS, right, size=size)))
        for size in (1.02, 1.1, 1.3)
    ]
    assert all(couple is not None for couple in doubts)
    confidences = [couple.roles_confidence for couple in doubts if couple]
    assert 0.5 < confidences[0] < 0.75 < confidences[1] < confidences[2] < 1
    assert doubts[0] is not None
    assert np.array_equal(doubts[0].lead, dancer(BEATS, right, size=1.02))


def test_of_two_equally_tall_the_one_whose_right_hand_is_on_the_others_back_leads() -> None:
    lead, follow = dancer(BEATS, left), dancer(BEATS, right)
    lead[:, 10, :2] = follow[:, [5, 6], :2].mean(axis=1)
    follow[:, 9, :2] = lead[:, 6, :2]
    for pictures in (seen(lead, follow), seen(follow, lead)):
        couple = follow_couple(pictures)
        assert couple is not None
        assert np.array_equal(couple.lead, lead)
        assert couple.roles_confidence > 0.7


def test_a_mirrored_couple_is_the_mirror_image() -> None:
    lead, follow = dancer(BEATS, to_the_right, size=TALL), dancer(BEATS, to_the_left)
    couple = follow_couple(seen(mirrored(lead), mirrored(follow)))
    assert couple is not None
    assert np.array_equal(couple.lead, mirrored(lead))


def test_assignment_costs_least_on_the_whole() -> None:
    assert assign(np.array([[0.1, 0.2], [0.15, 0.9]])) == [1, 0]
    assert assign(np.array([[0.1, 5.0], [0.2, 5.0]])) == [0, None]
    assert assign(np.zeros((0, 3))) == []
    assert assign(np.zeros((2, 0))) == [None, None]
