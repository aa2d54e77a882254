"""Snapping beats to the onsets they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py.

ONSET_REACH_S = 0.04
"""How far from a beat its onset is looked for, either way."""

MAX_DEVIATION_S = 0.02
"""How far an onset may lie from the line through its neighbours: as instruments on one beat do."""

MIN_RISE = 1.5
"""Rise of log energy within 5 ms from which an onset is clear: 4.5 times the energy."""


def snap_to_onsets(
    signal: NDArray[np.float32], beats_s: NDArray[np.float64], *, sample_rate_hz: int
) -> NDArray[np.float64]:
    """Return each beat moved to its onset, as far as its neighbours bear it out.

    Instruments on one beat begin up to 20 ms apart; dancers step on their common pulse. So a
    beat is put halfway between its own onset and the line through its neighbours, and onto the
    line if the onset is astray.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples in [-1, 1].
    beats_s : ndarray, shape (n_beats,), float64
        Beat times in seconds, strictly increasing.
    sample_rate_hz : int
        Samples per second, > 0.

    Returns
    -------
    ndarray, shape (n_beats,), float64
        Seconds; the beats as they were if fewer than four have a clear onset.
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
    """Return the seconds from a sample to its onset, and whether that is clear.

    The onset is the steepest rise of the first difference's log energy, near ones first.
    """
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
    """Return each beat by a robust line through its neighbours: median of their predictions.

    The line's slope is the median interval; up to ``reach`` neighbours on either side.
    """
    expected = beats_s.copy()
    for index in range(len(beats_s)):
        low, high = max(0, index - reach), min(len(beats_s), index + reach + 1)
        near, at = beats_s[low:high], np.arange(low, high)
        if len(near) < 5:
            continue
        period = float(np.median(np.diff(near)))
        expected[index] = np.median(near + (index - at) * period)
    return expected
