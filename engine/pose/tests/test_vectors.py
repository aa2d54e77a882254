"""Vectors say how a couple moves; not where, how big, how fast, or from which side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.pose.tests.dancers import dancer, hidden, mirrored, seen, shuffled
from engine.pose.vectors import (
    MAX_BEATS,
    MIN_FRAMES_TOGETHER,
    SAMPLES_PER_BEAT,
    PoseReading,
    exchange_sides,
    read_poses,
    sample_times,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

N_BEATS = 16
BEATS = np.arange(N_BEATS * SAMPLES_PER_BEAT) / SAMPLES_PER_BEAT
NAMES = ("lead", "follow", "interaction")


def a_couple(
    *, size: float = 1.0, shift: tuple[float, float] = (0, 0), hands: float = 0.3
) -> tuple[Floats, Floats]:
    """A tall lead on the left and a follow who comes and goes."""

    def here(beat: float) -> tuple[float, float]:
        return size * 220 + shift[0], size * 180 + shift[1]

    def there(beat: float) -> tuple[float, float]:
        away = 400 + 50 * np.sin(np.pi / 8 * beat)
        return size * away + shift[0], size * 185 + shift[1]

    return (
        dancer(BEATS, here, size=1.12 * size, hands=hands),
        dancer(BEATS, there, size=size, hands=0.5 * hands),
    )


def reading(*dancers: Floats) -> PoseReading:
    return read_poses(shuffled(seen(*dancers)))


def assert_same(one: PoseReading, other: PoseReading, *, within: float = 1e-9) -> None:
    assert one.vectors.keys() == other.vectors.keys() == set(NAMES)
    for name in NAMES:
        assert np.allclose(one.vectors[name], other.vectors[name], atol=within), name


def test_vectors_have_the_index_s_lengths_and_length_one() -> None:
    vectors = reading(*a_couple()).vectors
    assert {name: len(vector) for name, vector in vectors.items()} == {
        "lead": 512,
        "follow": 512,
        "interaction": 256,
    }
    assert [float(np.linalg.norm(v)) for v in vectors.values()] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("change", [{"shift": (70, 25)}, {"size": 0.6}, {"size": 2.5}])
def test_place_and_size_do_not_matter(change: dict[str, tuple[float, float]]) -> None:
    assert_same(reading(*a_couple()), reading(*a_couple(**change)))


def test_a_mirrored_clip_has_the_vectors_with_sides_exchanged() -> None:
    original = reading(*a_couple())
    image = reading(*(mirrored(one) for one in a_couple()))
    for name in NAMES:
        expected = exchange_sides(name, original.vectors[name])
        assert np.allclose(image.vectors[name], expected), name
        assert not np.allclose(image.vectors[name], original.vectors[name])
        assert np.allclose(exchange_sides(name, expected), original.vectors[name])


def test_other_movements_give_other_vectors() -> None:
    calm, wild = reading(*a_couple(hands=0.1)), reading(*a_couple(hands=1.0))
    again = reading(*a_couple(hands=0.11))
    for name in NAMES:
        near = calm.vectors[name] @ again.vectors[name]
        assert near > 0.99
        assert calm.vectors[name] @ wild.vectors[name] < near - 0.02


def test_a_short_gap_hardly_changes_the_vectors() -> None:
    lead, follow = a_couple()
    whole = reading(lead, follow)
    gaps = reading(hidden(lead, slice(20, 22)), hidden(follow, slice(50, 53)))
    for name in NAMES:
        assert 0.99 < whole.vectors[name] @ gaps.vectors[name] < 1


def test_rate_and_quality_follow_their_formulas() -> None:
    lead, follow = a_couple()
    result = reading(hidden(lead, slice(0, 24)), hidden(follow, slice(12, 36)))
    assert result.n_frames == 96
    assert result.detection_rate == pytest.approx((96 - 36) / 96)
    assert result.quality_score == pytest.approx(0.6 * 60 / 96 + 0.4 * 0.9)


def test_without_two_dancers_there_is_nothing_to_describe() -> None:
    lead, follow = a_couple()
    alone = reading(lead)
    assert (alone.vectors, alone.detection_rate, alone.quality_score) == ({}, 0, 0)
    assert alone.roles_confidence == 0.5
    barely = reading(lead, hidden(follow, slice(MIN_FRAMES_TOGETHER - 1, None)))
    assert barely.vectors == {}
    assert barely.detection_rate == pytest.approx((MIN_FRAMES_TOGETHER - 1) / 96)
    enough = reading(lead, hidden(follow, slice(MIN_FRAMES_TOGETHER, None)))
    assert enough.vectors.keys() == set(NAMES)


def test_joints_never_seen_and_dancers_who_are_points_give_finite_vectors() -> None:
    lead, follow = a_couple()
    lead[:, 11:, 2] = 0.1
    follow[:, :, :2] = follow[:, :1, :2]
    for vector in reading(lead, follow).vectors.values():
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1)


def test_samples_stand_evenly_within_every_beat_and_are_bounded() -> None:
    times = sample_times([1.0, 1.6, 2.8])
    assert times[:6] == pytest.approx(1.0 + 0.1 * np.arange(6))
    assert times[6:] == pytest.approx(1.6 + 0.2 * np.arange(6))
    assert len(sample_times(list(np.arange(500) * 0.5))) == MAX_BEATS * SAMPLES_PER_BEAT
