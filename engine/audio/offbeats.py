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

HALVES_PER_BAR = 8
MIN_BEATS = 16
# Half beats before and after that are compared to say how far the harmony turns.
CHROMA_REACH = 4
# From which the bass is surely between the beats: half as loud again as on them.
MIN_BASS_EVIDENCE = 0.4


def correct_half_beat_slip(
    signal: NDArray[np.float32], features: SpectralFeatures, grid: BeatGrid, *, sample_rate_hz: int
) -> BeatGrid:
    """Move the beats by half a beat if bass and harmony agree that they lie between.

    An off-beat strum or clap can be louder than anything on the beat. The bass alone is no
    proof, it may be what answers: the chord must change there too, not after it.
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
    """How much more the bass strikes, and the harmony turns, between the beats than on them.

    Returns
    -------
    tuple of (float, float)
        Natural logarithms of the two ratios; negative where the beats are the beat.
    """
    halves_s = np.stack([beats_s, (beats_s + with_end(beats_s)[1:]) / 2], axis=1).ravel()
    reach = max(1, round(0.035 / features.hop_s))
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
    """Of the strongest half beat of the bar between the beats, over the strongest on them."""
    places = np.arange(len(values)) % HALVES_PER_BAR
    means = [float(values[places == place].mean()) for place in range(HALVES_PER_BAR)]
    return float(np.log((max(means[1::2]) + 1e-6) / (max(means[::2]) + 1e-6)))
