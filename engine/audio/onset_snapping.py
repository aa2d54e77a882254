"""Beats moved onto the onsets that sound there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ONSET_REACH_S = 0.04
MAX_DEVIATION_S = 0.02
MIN_RISE = 1.5


def snap_to_onsets(
    signal: NDArray[np.float32], beats_s: NDArray[np.float64], *, sample_rate_hz: int
) -> NDArray[np.float64]:
    """Each beat moved to the steepest rise near it, as far as its neighbours bear it out.

    Instruments on one beat attack up to 20 ms apart; dancers step on their common pulse. So a
    beat is put halfway between its own attack and the line through its neighbours, and onto the
    line if the attack is astray.
    """
    nearest_onsets = [
        _find_onset_near(signal, round(beat_s * sample_rate_hz), sample_rate_hz)
        for beat_s in beats_s
    ]
    shifts_s = np.array([shift for shift, _ in nearest_onsets])
    clear = np.array([is_clear for _, is_clear in nearest_onsets], dtype=bool)
    if np.count_nonzero(clear) < 4:
        return beats_s
    index = np.arange(len(beats_s))
    moved = np.where(clear, beats_s + shifts_s, beats_s)
    moved = np.where(clear, moved, beats_s + np.interp(index, index[clear], shifts_s[clear]))
    expected = _predict_from_neighbours(moved)
    stray = np.abs(moved - expected) > MAX_DEVIATION_S
    return np.asarray(np.where(stray, expected, (moved + expected) / 2))


def _find_onset_near(
    signal: NDArray[np.float32], sample: int, sample_rate_hz: int
) -> tuple[float, bool]:
    """Seconds from a sample to the steepest rise of energy near it, and whether it is clear."""
    reach, width, step = (round(x * sample_rate_hz) for x in (ONSET_REACH_S, 0.005, 0.0015))
    low, high = sample - reach - width, sample + reach + width
    piece = signal[max(0, low) : max(0, high)].astype(float)
    piece = np.pad(piece, (max(0, -low), max(0, high - len(signal))))
    edges = np.diff(piece, prepend=0.0) ** 2
    energy = np.convolve(edges, np.ones(width) / width, mode="valid")[::step]
    loudness = np.log(energy + 1e-3 * energy.max() + 1e-12)
    lag = max(1, round(width / step))
    rise = loudness[lag:] - loudness[:-lag]
    # [samples]: where the later of the two windows starts, which is where the rise begins
    starts = (np.arange(len(rise)) + lag) * step - reach - width
    best = int((rise * np.exp(-0.5 * (starts / (0.5 * reach)) ** 2)).argmax())
    return float(starts[best]) / sample_rate_hz, bool(rise[best] > MIN_RISE)


def _predict_from_neighbours(
    beats_s: NDArray[np.float64], *, reach: int = 4
) -> NDArray[np.float64]:
    """Each beat as a robust line through its neighbours has it: median of their predictions."""
    expected = beats_s.copy()
    for index in range(len(beats_s)):
        low, high = max(0, index - reach), min(len(beats_s), index + reach + 1)
        near, at = beats_s[low:high], np.arange(low, high)
        if len(near) < 5:
            continue
        period = float(np.median(np.diff(near)))
        expected[index] = np.median(near + (index - at) * period)
    return expected
