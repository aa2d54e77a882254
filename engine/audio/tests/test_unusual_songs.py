"""Songs that change tempo, stop, are counted in, fade or waltz: a clear result, never nonsense."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine.audio.analysis import analyse
from engine.audio.tests.sounds import RATE_HZ, clicks, even_beats, piece, speech
from engine.contract import SongAnalysis


def must_be_whole(found: SongAnalysis) -> None:
    """Beats rise at intervals one can dance, sections touch and begin on beats."""
    intervals_s = np.diff(found.beats_s)
    assert intervals_s.min() > 60 / 250
    assert intervals_s.max() < 60 / 60
    assert 0 <= found.first_one < 8
    assert found.sections[0].start_s == 0
    assert found.sections[-1].end_s == found.duration_s
    assert all(one.end_s == two.start_s for one, two in pairwise(found.sections))
    assert {section.start_s for section in found.sections[1:]} <= set(found.beats_s.tolist())


def farthest_s(times_s: np.ndarray, others_s: np.ndarray) -> float:
    return float(np.abs(times_s[:, None] - others_s[None, :]).min(axis=1).max())


def test_beats_follow_a_song_that_changes_its_tempo() -> None:
    slow_s = even_beats(110, start_s=0.4, end_s=30)
    fast_s = even_beats(135, start_s=slow_s[-1] + 60 / 110, end_s=62)
    found = analyse(clicks(np.append(slow_s, fast_s), length_s=62.4), sample_rate_hz=RATE_HZ)
    must_be_whole(found)
    for true_s in (slow_s[:-12], fast_s[12:]):
        assert farthest_s(true_s, found.beats_s) < 0.02


def test_a_song_that_stops_is_counted_on_and_goes_on_in_time() -> None:
    beats_s = even_beats(125, start_s=0.3, end_s=60)
    audible_s = beats_s[(beats_s < 24) | (beats_s > 32)]
    found = analyse(clicks(audible_s, length_s=60.4), sample_rate_hz=RATE_HZ)
    must_be_whole(found)
    assert farthest_s(audible_s, found.beats_s) < 0.02


def test_a_voice_that_counts_in_is_not_the_music() -> None:
    song = piece(("verse", 4), ("chorus", 4), start_s=0.0)
    voice = speech(3.0) * 0.5
    found = analyse(np.concatenate([voice, song]), sample_rate_hz=RATE_HZ)
    must_be_whole(found)
    true_s = 3.0 + np.arange(64) * 0.48
    assert farthest_s(true_s, found.beats_s) < 0.03
    ones_s = found.beats_s[list(found.ones)]
    # which of two bars is the one is not certain; that it begins a bar is
    assert farthest_s(ones_s[ones_s > true_s[0] - 0.1], true_s[::4]) < 0.03


def test_a_fade_at_the_end_leaves_beats_and_bars_as_they_are() -> None:
    song = piece(("verse", 4), ("chorus", 4), ("verse", 4))
    fade = np.ones(len(song), np.float32)
    length = 10 * RATE_HZ
    fade[-length:] = np.linspace(1, 0, length) ** 2
    found = analyse(song * fade, sample_rate_hz=RATE_HZ)
    must_be_whole(found)
    true_s = 0.3 + np.arange(96) * 0.48
    assert farthest_s(found.beats_s, true_s) < 0.03
    assert found.first_one % 4 == 0


def test_a_part_in_three_keeps_its_beats() -> None:
    loud = [1.0, 0.5, 0.5, 0.5] * 8 + [1.0, 0.5, 0.5] * 12 + [1.0, 0.5, 0.5, 0.5] * 8
    beats_s = 0.3 + np.arange(len(loud)) * 0.48
    signal = clicks(beats_s, length_s=float(beats_s[-1]) + 0.5, loudness=np.array(loud))
    found = analyse(signal, sample_rate_hz=RATE_HZ)
    must_be_whole(found)
    assert farthest_s(beats_s, found.beats_s) < 0.02
