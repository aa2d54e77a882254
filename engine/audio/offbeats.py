"""Which of two pulses half a beat apart is the beat, where strums or claps answer the bass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.audio.beats import ATTACK_S, drawn_to_attacks, sounding
from engine.audio.features import either_side, harmony, with_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.beats import BeatGrid
    from engine.audio.spectra import Sound

HALVES_PER_BAR = 8
MIN_BEATS = 16
# Half beats before and after that are compared to say how far the harmony turns.
TURN_REACH = 4
# From which the bass is surely between the beats: half as loud again as on them.
MIN_LOW = 0.4


def on_the_bass(
    signal: NDArray[np.float32], sound: Sound, grid: BeatGrid, *, sample_rate_hz: int
) -> BeatGrid:
    """Move the beats by half a beat if bass and harmony agree that they lie between.

    An off-beat strum or clap can be louder than anything on the beat. The bass alone is no
    proof, it may be what answers: the chord must change there too, not after it.
    """
    if len(grid.beats_s) < MIN_BEATS:
        return grid
    low, turn = offbeat_evidence(sound, grid.beats_s)
    if low < MIN_LOW or turn < 0:
        return grid
    middles_s = (grid.beats_s[1:] + grid.beats_s[:-1]) / 2
    first_s, last_s = 2 * grid.beats_s[[0, -1]] - middles_s[[0, -1]]
    start_s, end_s = sounding(sound)
    beats_s = np.concatenate([[first_s], middles_s, [last_s]])
    beats_s = beats_s[(beats_s >= start_s - ATTACK_S) & (beats_s <= end_s)]
    beats_s = drawn_to_attacks(signal, beats_s, sample_rate_hz=sample_rate_hz)
    inside = (beats_s >= 0) & (beats_s <= len(signal) / sample_rate_hz)
    return replace(grid, beats_s=beats_s[inside])


def offbeat_evidence(sound: Sound, beats_s: NDArray[np.float64]) -> tuple[float, float]:
    """How much more the bass strikes, and the harmony turns, between the beats than on them.

    Returns
    -------
    tuple of (float, float)
        Natural logarithms of the two ratios; negative where the beats are the beat.
    """
    halves_s = np.stack([beats_s, (beats_s + with_end(beats_s)[1:]) / 2], axis=1).ravel()
    reach = max(1, round(0.035 / sound.hop_s))
    index = np.round(halves_s / sound.hop_s).astype(int)[:, None] + np.arange(-reach, reach + 1)
    low = sound.low_onsets[np.clip(index, 0, len(sound.low_onsets) - 1)].max(axis=1)
    chroma = np.sqrt(harmony(sound, with_end(halves_s))[:, :12])
    after, before = either_side(chroma, reach=TURN_REACH)
    lengths = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    turns = 1 - (after * before).sum(axis=1) / np.maximum(lengths, 1e-9)
    turns = np.where(lengths > 1e-9, turns, 0.0)
    return _log_ratio(low.astype(np.float64)), _log_ratio(np.pad(turns, (TURN_REACH, 0)))


def _log_ratio(values: NDArray[np.float64]) -> float:
    """Of the strongest half beat of the bar between the beats, over the strongest on them."""
    places = np.arange(len(values)) % HALVES_PER_BAR
    means = [float(values[places == place].mean()) for place in range(HALVES_PER_BAR)]
    return float(np.log((max(means[1::2]) + 1e-6) / (max(means[::2]) + 1e-6)))
