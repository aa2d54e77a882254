"""The beat is where bass and chroma say, whatever is louder between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.audio.analysis import analyse
from engine.audio.beats import find_beats
from engine.audio.decoding import decode_mono
from engine.audio.offbeats import offbeat_evidence
from engine.audio.spectra import SpectralFeatures, compute_features
from engine.audio.tests.sounds import RATE_HZ, answering_piece

TEMPI = [90, 101, 112, 126, 140]


def off_by(found_s: np.ndarray, beats_s: np.ndarray) -> float:
    """Median distance from the nearest beat, in beats."""
    positions = np.interp(found_s, beats_s, np.arange(len(beats_s)))
    return float(np.median(np.abs(positions - np.round(positions))))


@pytest.mark.parametrize("tempo_bpm", TEMPI)
def test_strums_between_the_beats_are_not_the_beat(tempo_bpm: float) -> None:
    signal, beats_s = answering_piece(tempo_bpm=tempo_bpm, bass_on=0.0, strum_on=0.5)
    found = analyse(signal, sample_rate_hz=RATE_HZ)
    assert found.tempo_bpm == pytest.approx(tempo_bpm, rel=0.002)
    assert off_by(found.beats_s, beats_s) < 0.05
    assert found.beats_s[found.first_one] == pytest.approx(beats_s[0], abs=0.02)


@pytest.mark.parametrize("tempo_bpm", TEMPI)
def test_a_bass_between_the_beats_is_not_the_beat(tempo_bpm: float) -> None:
    signal, beats_s = answering_piece(tempo_bpm=tempo_bpm, bass_on=0.5, strum_on=0.0)
    assert off_by(analyse(signal, sample_rate_hz=RATE_HZ).beats_s, beats_s) < 0.05


@pytest.fixture(scope="module")
def fishin(shared_data: Path) -> tuple[SpectralFeatures, np.ndarray]:
    signal = decode_mono(shared_data / "songs" / "lets_go_fishin.ogg")
    features = compute_features(signal, sample_rate_hz=RATE_HZ)
    return features, find_beats(signal, features, sample_rate_hz=RATE_HZ).beats_s


def test_bass_and_chords_of_a_real_song_are_on_its_beats(
    fishin: tuple[SpectralFeatures, np.ndarray],
) -> None:
    # claps and hi-hat answer on every half beat, three times as loud up there as on the beat,
    # and whoever listens to them alone takes those for the beat
    bass, chroma_change = offbeat_evidence(*fishin)
    assert bass < -0.2
    assert chroma_change < -0.1
