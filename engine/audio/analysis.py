"""The analysis of a song: what the planner needs to know. Pure functions over arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.audio.beats import MIN_CLARITY, find_beats
from engine.audio.meter import settle_meter
from engine.audio.ones import find_ones
from engine.audio.spectra import compute_features
from engine.audio.structure import find_sections
from engine.contract import SongAnalysis, UnusableAudio

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_PEAKS = 800
"""As many as a waveform's drawing has pixels to show."""

MIN_SONG_BEATS = 16
"""Two eights: fewer are nothing to dance to."""


def analyse(signal: NDArray[np.float32], *, sample_rate_hz: int) -> SongAnalysis:
    """Return tempo, beats, the one, sections and loudness of a song.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples in [-1, 1]; ``engine.audio.decoding.decode_mono`` gives them.
    sample_rate_hz : int
        Samples per second, > 0.

    Returns
    -------
    SongAnalysis
        The same for the same samples, bit for bit.

    Raises
    ------
    UnusableAudio
        ``audio_no_beat`` if there is nothing to dance to, as in speech or noise.

    Notes
    -----
    The sources stand with each step: ``beats``, ``meter``, ``ones`` and ``structure``.
    """
    features = compute_features(signal, sample_rate_hz=sample_rate_hz)
    grid = find_beats(signal, features, sample_rate_hz=sample_rate_hz)
    if grid.clarity < MIN_CLARITY or len(grid.beats_s) < MIN_SONG_BEATS:
        raise UnusableAudio("No steady beat can be heard in the sound.", code="audio_no_beat")
    meter = settle_meter(signal, features, grid, sample_rate_hz=sample_rate_hz)
    grid, duration_s = meter.grid, len(signal) / sample_rate_hz
    ones = find_ones(features, grid.beats_s, bar_evidence=meter.bar_evidence)
    return SongAnalysis(
        duration_s=duration_s,
        tempo_bpm=grid.tempo_bpm,
        beats_s=grid.beats_s,
        first_one=ones[0],
        sections=find_sections(features, grid.beats_s, ones=ones, duration_s=duration_s),
        peaks=compute_peaks(signal),
    )


def compute_peaks(signal: NDArray[np.float32], *, n_peaks: int = N_PEAKS) -> NDArray[np.float32]:
    """Return the loudest sample of each of ``n_peaks`` even stretches, the song's loudest being 1.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples, n_samples >= n_peaks.
    n_peaks : int
        Stretches, > 0.

    Returns
    -------
    ndarray, shape (n_peaks,), float32
        In [0, 1]; rounded to three decimals, more cannot be drawn.
    """
    edges = np.linspace(0, len(signal), n_peaks, endpoint=False).astype(int)
    peaks = np.maximum.reduceat(np.abs(signal), edges)
    return np.round(peaks / max(float(peaks.max()), 1e-9), 3).astype(np.float32)
