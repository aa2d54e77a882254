"""Which of two pulses half a beat apart is the beat, where strums or claps answer the bass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.audio.beats import find_audible_span
from engine.audio.onset_snapping import ONSET_REACH_S, snap_to_onsets
from engine.audio.segment_features import mean_chroma, sums_around, with_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.beats import BeatGrid
    from engine.audio.spectra import SpectralFeatures

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py;
# why there are two kinds of evidence: docs/decisions/0011.

HALVES_PER_BAR = 8
"""Half beats in a bar of four."""

MIN_BEATS = 16
"""Four bars: fewer are no evidence."""

CHROMA_REACH = 4
"""Half beats before and after that are compared to say how far the chroma changes."""

MIN_BASS_EVIDENCE = 0.4
"""Log ratio from which the bass is surely between the beats: half as loud again as on them."""

ONSET_WINDOW_S = 0.035
"""How far from a half beat its bass onset is looked for, either way."""


def correct_half_beat_slip(
    signal: NDArray[np.float32], features: SpectralFeatures, grid: BeatGrid, *, sample_rate_hz: int
) -> BeatGrid:
    """Return the grid, moved by half a beat if bass and chroma agree that the beats lie between.

    An off-beat strum or clap can be louder than anything on the beat. The bass alone is no
    proof, it may be what answers: the chord must change there too, not after it.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples in [-1, 1].
    features : SpectralFeatures
        What ``compute_features`` gives for the signal.
    grid : BeatGrid
        The beats as found; fewer than ``MIN_BEATS`` stay as they are.
    sample_rate_hz : int
        Samples per second, > 0.

    Returns
    -------
    BeatGrid
        With the same tempo and clarity.
    """
    if len(grid.beats_s) < MIN_BEATS:
        return grid
    bass, chroma_change = offbeat_evidence(features, grid.beats_s)
    if bass < MIN_BASS_EVIDENCE or chroma_change < 0:
        return grid
    middles_s = (grid.beats_s[1:] + grid.beats_s[:-1]) / 2
    first_s, last_s = 2 * grid.beats_s[[0, -1]] - middles_s[[0, -1]]
    start_s, end_s = find_audible_span(features)
    beats_s = np.concatenate([[first_s], middles_s, [last_s]])
    beats_s = beats_s[(beats_s >= start_s - ONSET_REACH_S) & (beats_s <= end_s)]
    beats_s = snap_to_onsets(signal, beats_s, sample_rate_hz=sample_rate_hz)
    inside = (beats_s >= 0) & (beats_s <= len(signal) / sample_rate_hz)
    return replace(grid, beats_s=beats_s[inside])


def offbeat_evidence(
    features: SpectralFeatures, beats_s: NDArray[np.float64]
) -> tuple[float, float]:
    """Return how much more happens between the beats than on them, in the bass and in the chroma.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole signal.
    beats_s : ndarray, shape (n_beats,), float64
        Seconds, strictly increasing; at least ``MIN_BEATS``.

    Returns
    -------
    bass, chroma_change : float
        Natural logarithms of the two ratios; negative where the beats are the beat.
    """
    halves_s = np.stack([beats_s, (beats_s + with_end(beats_s)[1:]) / 2], axis=1).ravel()
    reach = max(1, round(ONSET_WINDOW_S / features.hop_s))
    index = np.round(halves_s / features.hop_s).astype(int)[:, None] + np.arange(-reach, reach + 1)
    bass = features.low_onset_strength[np.clip(index, 0, len(features.low_onset_strength) - 1)].max(
        axis=1
    )
    chroma = np.sqrt(mean_chroma(features, with_end(halves_s))[:, :12])
    after, before = sums_around(chroma, reach=CHROMA_REACH)
    lengths = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    changes = 1 - (after * before).sum(axis=1) / np.maximum(lengths, 1e-9)
    changes = np.where(lengths > 1e-9, changes, 0.0)
    return _log_ratio(bass.astype(np.float64)), _log_ratio(np.pad(changes, (CHROMA_REACH, 0)))


def _log_ratio(values: NDArray[np.float64]) -> float:
    """Return the log of a bar's strongest half beat between the beats over that on them."""
    places = np.arange(len(values)) % HALVES_PER_BAR
    means = [float(values[places == place].mean()) for place in range(HALVES_PER_BAR)]
    return float(np.log((max(means[1::2]) + 1e-6) / (max(means[::2]) + 1e-6)))
