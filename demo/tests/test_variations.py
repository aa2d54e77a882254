"""Other songs of the composer are what their answers say, and are analysed so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from demo.variations import FORMS, Variation, answers_of, draw, play
from engine.audio.analysis import analyse

DECODED_RATE_HZ = 22_050


@pytest.mark.parametrize("number", range(32))
def test_a_variation_is_the_same_each_time_and_its_sections_begin_on_beats(number: int) -> None:
    variation = draw(number)
    assert draw(number) == variation
    assert 90 <= variation.tempo_bpm <= 170
    answers = answers_of(variation)
    assert np.all(np.diff(answers.beats_s) > 0)
    assert set(answers.starts_s) <= set(answers.beats_s)
    assert answers.starts_s[0] == answers.beats_s[answers.first_one]
    assert answers.labels in FORMS


def test_a_drifting_song_keeps_its_length_and_ends_slower() -> None:
    variation = next(v for v in map(draw, range(32)) if v.drift == 0.03)
    beats_s = np.array(answers_of(variation).beats_s)
    gaps = np.diff(beats_s) * variation.tempo_bpm / 60
    assert (gaps[0], gaps[-1]) == pytest.approx((0.985, 1.015), abs=0.001)
    assert gaps.mean() == pytest.approx(1, abs=1e-6)


def decoded(variation: Variation) -> np.ndarray:
    """Its sound as a job decodes it, without a file between."""
    mono = play(variation).mean(axis=0)
    return np.asarray(resample_poly(mono, 1, 2), np.float32)


# From the half that thresholds may be tuned on: a bass and drums alone that drop two beats, and
# a fast, swung one without a bass. The benchmark analyses all.
@pytest.mark.parametrize("number", [30, 16])
def test_a_variation_is_analysed_as_it_is_written(number: int) -> None:
    variation = draw(number)
    true = answers_of(variation)
    found = analyse(decoded(variation), sample_rate_hz=DECODED_RATE_HZ)
    beats_s = np.array(true.beats_s)
    ways_s = np.abs(found.beats_s[:, None] - beats_s[None, :]).min(axis=0)
    assert found.tempo_bpm == pytest.approx(true.tempo_bpm, rel=0.02)
    assert np.mean(ways_s < 0.07) > 0.97
    assert np.median(ways_s) < 0.008
    ones_s = found.beats_s[list(found.ones)]
    for start_s in true.starts_s[:-1]:
        assert np.abs(ones_s - start_s).min() < 0.03
    borders_s = np.array([section.start_s for section in found.sections[1:]])
    for start_s in true.starts_s[1:-1]:
        assert np.abs(borders_s - start_s).min() < 0.03
