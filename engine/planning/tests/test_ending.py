"""How songs end: on a hit, in a fade, or cut off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.contract import SongAnalysis, Wishes
from engine.planning.ending import find_ending
from engine.planning.plan import plan
from engine.planning.tests.dances import a_song, some_clips

STEP_S = 0.06
TAIL_S = 5.0


def a_song_that_ends(tail: NDArray[np.float64]) -> SongAnalysis:
    """A song of 64 beats, as loud as its beats are, whose last seconds are as given."""
    song = a_song(n_beats=64, tail_s=TAIL_S)
    n_peaks = int(song.duration_s / STEP_S)
    pulse = np.where(np.arange(n_peaks - len(tail)) % 8 < 2, 1.0, 0.6)
    return replace(song, peaks=np.concatenate([pulse, tail]).astype(np.float32))


def ringing_out() -> NDArray[np.float64]:
    return np.exp(-np.arange(int(TAIL_S / STEP_S)) * STEP_S / 0.8)


def fading() -> NDArray[np.float64]:
    n = int(8.0 / STEP_S)
    return np.linspace(1, 0, n) * np.where(np.arange(n) % 8 < 2, 1.0, 0.6)


def test_a_pose_is_held_from_the_last_struck_beat_on() -> None:
    song = a_song_that_ends(ringing_out())
    ending = find_ending(song)
    assert ending is not None
    assert ending.kind == "pose"
    assert ending.start_s == pytest.approx(float(song.beats_s[-1]), abs=1.0)


def test_the_last_move_reaches_its_pose_on_the_hit_at_its_own_speed() -> None:
    song = a_song_that_ends(ringing_out())
    made = plan(song, some_clips(4, n_beats=20), Wishes(difficulty="beginner"), seed=1)
    last = made.moves[-1]
    assert made.ending is not None
    assert last.song_times_s[-2:] == (made.ending.start_s, song.duration_s)
    assert last.clip_times_s[-1] - last.clip_times_s[-2] < 0.01
    assert 0.8 <= last.speed <= 1.25


def test_a_song_that_fades_fades_the_picture_and_is_danced_to_its_end() -> None:
    song = a_song_that_ends(fading())
    made = plan(song, some_clips(4, n_beats=20), Wishes(difficulty="beginner"), seed=1)
    assert made.ending is not None
    assert made.ending.kind == "fade"
    assert made.ending.start_s > song.duration_s - 6.1
    assert made.moves[-1].song_times_s[-2] > song.duration_s - 1


def test_a_song_that_is_cut_off_has_no_ending() -> None:
    song = a_song(n_beats=64)
    assert find_ending(replace(song, peaks=np.ones(400, np.float32))) is None


def test_a_song_of_unknown_loudness_has_no_ending() -> None:
    assert find_ending(a_song(n_beats=64, tail_s=3.0)) is None


def test_silence_of_half_a_minute_is_no_pose() -> None:
    song = a_song(n_beats=64, tail_s=30.0)
    n_loud = int(64 * 0.48 / STEP_S)
    peaks = np.concatenate([np.ones(n_loud), np.zeros(int(song.duration_s / STEP_S) - n_loud)])
    assert find_ending(replace(song, peaks=peaks.astype(np.float32))) is None
