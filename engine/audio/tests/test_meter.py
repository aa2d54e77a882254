"""On or off the beat is settled by stretches, and bars by what is struck when."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.bar_positions import POSITIONS, WEIGHTS, estimate_bar_positions, slots_of
from engine.audio.beats import find_beats
from engine.audio.meter import STAY_BONUS, SURE_BONUS, _far_enough, _find_path, settle_meter
from engine.audio.spectra import compute_features
from engine.audio.tests.sounds import RATE_HZ, clicks, even_beats, piece


def certain(path: np.ndarray) -> np.ndarray:
    """Evidence that is sure of a path."""
    shares = np.full((len(path), POSITIONS), -8.0)
    shares[np.arange(len(path)), path] = 0.0
    return shares


def test_a_stretch_that_sits_between_the_beats_is_moved_alone() -> None:
    path = np.arange(800) % POSITIONS
    path[400:] = (np.arange(400, 800) + 2) % POSITIONS
    assert (_find_path(certain(path), stay_bonus=0.0) == path).all()


def test_a_beat_or_two_move_nothing() -> None:
    path = np.arange(800) % POSITIONS
    strayed = path.copy()
    strayed[400:412] = (strayed[400:412] + 2) % POSITIONS
    assert (_find_path(certain(strayed), stay_bonus=0.0) == path).all()


def test_the_tracked_pulse_stays_where_the_chords_are_sure() -> None:
    between = (np.arange(800) + 2) % POSITIONS
    moved = _find_path(certain(between), stay_bonus=STAY_BONUS)
    kept = _find_path(certain(between), stay_bonus=SURE_BONUS)
    assert (moved == between).all()
    assert (kept[::4] % 4 == 0).all()


def test_a_bar_of_other_length_is_followed_at_once() -> None:
    path = np.arange(800) % POSITIONS
    path[400:] = (np.arange(400, 800) + 8) % POSITIONS
    assert (_find_path(certain(path), stay_bonus=STAY_BONUS) == path).all()


def test_two_beats_too_near_are_one() -> None:
    beats_s = np.array([0.0, 0.5, 1.0, 1.25, 1.75, 2.25])
    assert _far_enough(beats_s).tolist() == [0, 1, 2, 4, 5]


def test_the_bars_of_a_piece_are_heard() -> None:
    signal = piece(("verse", 4), ("chorus", 4))
    features = compute_features(signal, sample_rate_hz=RATE_HZ)
    beats_s = 0.3 + np.arange(64) * 0.48
    shares = estimate_bar_positions(features, beats_s)
    assert shares.shape == (len(slots_of(beats_s)), POSITIONS)
    assert np.exp(shares).sum(axis=1) == pytest.approx(1, abs=0.2)
    of_beats = shares[::4, 0]
    assert int(of_beats.reshape(-1, 4).mean(axis=0).argmax()) == 0


def test_few_beats_stay_as_they_are() -> None:
    signal = clicks(even_beats(120, start_s=0.5, end_s=7), length_s=8)
    features = compute_features(signal, sample_rate_hz=RATE_HZ)
    grid = find_beats(signal, features, sample_rate_hz=RATE_HZ)
    meter = settle_meter(signal, features, grid, sample_rate_hz=RATE_HZ)
    assert meter.grid.beats_s.tolist() == grid.beats_s.tolist()
    assert not meter.bar_evidence.any()


def test_the_network_is_small() -> None:
    assert WEIGHTS.stat().st_size < 100_000
