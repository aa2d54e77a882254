"""The bars of a clip, heard in bass and chords; and whether its beats are beats."""

from __future__ import annotations

import numpy as np
import pytest

from engine.audio.clip_bars import MAX_OFF_BEAT_RATIO, bar_evidence, bass_on_beat_ratio
from engine.audio.clip_beats import find_clip_beats
from engine.audio.spectra import compute_features
from engine.audio.tests.sounds import RATE_HZ

PERIOD_S = 0.5
# beats of a bar on which the bass strikes, and how hard
BASS = {0.0: 0.5, 1.5: 0.7, 2.0: 1.0, 3.0: 1.0}
CHORDS_HZ = ((220.0, 277.2, 329.6), (146.8, 174.6, 220.0), (196.0, 246.9, 293.7))


def a_clip(*, first_count: int, n_beats: int = 20, start_s: float = 0.25) -> np.ndarray:
    """A few seconds of bachata whose first beat is dancer's count ``first_count``, 0 … 3."""
    signal = np.zeros(round((start_s + n_beats * PERIOD_S) * RATE_HZ), np.float32)
    for beat in range(-first_count, n_beats):
        count, bar = (beat + first_count) % 4, (beat + first_count) // 4
        for at, strength in BASS.items():
            if int(at) == count:
                when_s = start_s + (beat + at - count) * PERIOD_S
                _add(signal, when_s, [82.0], 0.18, strength)
        _add(signal, start_s + beat * PERIOD_S, CHORDS_HZ[bar % 3], PERIOD_S, 0.08)
        _add(signal, start_s + beat * PERIOD_S, [3000.0, 4100.0], 0.02, 0.5)
    return signal


def _add(signal: np.ndarray, at_s: float, tones_hz: object, length_s: float, level: float) -> None:
    start = round(at_s * RATE_HZ)
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    tone = sum(np.sin(2 * np.pi * f * t) for f in tones_hz) * np.exp(-4 * t / length_s) * level  # type: ignore[attr-defined]
    if start < 0 or start >= len(signal):
        return
    signal[start : start + len(t)] += tone[: len(signal) - start].astype(np.float32)


@pytest.mark.parametrize("first_count", range(4))
def test_bass_and_chords_tell_the_first_beat_of_a_bar(first_count: int) -> None:
    found = find_clip_beats(a_clip(first_count=first_count), RATE_HZ, 120)
    one = int(np.argmax(found.bar_evidence))
    heard_s = found.beats_s[one]
    true_s = 0.25 + ((4 - first_count) % 4) * PERIOD_S
    bars_off = (heard_s - true_s) / (4 * PERIOD_S)
    assert abs(bars_off - round(bars_off)) * 4 < 0.1


def test_beats_between_the_bass_are_told() -> None:
    signal = a_clip(first_count=0)
    features = compute_features(signal, sample_rate_hz=RATE_HZ)
    beats_s = 0.25 + PERIOD_S * np.arange(18)
    assert bass_on_beat_ratio(features, beats_s) > 0
    assert bass_on_beat_ratio(features, beats_s + PERIOD_S / 2) < MAX_OFF_BEAT_RATIO


def test_clicks_alone_say_nothing_of_the_bars() -> None:
    signal = np.zeros(8 * RATE_HZ, np.float32)
    beats_s = 0.25 + PERIOD_S * np.arange(15)
    for beat_s in beats_s:
        _add(signal, beat_s, [3000.0], 0.02, 0.5)
    evidence = bar_evidence(compute_features(signal, sample_rate_hz=RATE_HZ), beats_s)
    assert np.ptp(evidence) < 1.2


def test_beats_reach_from_the_first_moment_to_the_last() -> None:
    signal = a_clip(first_count=0, n_beats=16, start_s=2.1)
    found = find_clip_beats(signal, RATE_HZ, 120)
    assert found.beats_s[0] < PERIOD_S
    assert len(signal) / RATE_HZ - found.beats_s[-1] <= PERIOD_S + 1e-6
