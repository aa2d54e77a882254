"""The tempo of a song from moment to moment, by a tempogram and the smoothest path through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# One octave less a hair: of a tempo, its half and its double exactly one lies inside.
MIN_TEMPO_BPM, MAX_TEMPO_BPM = 87.5, 174.5
PRIOR_TEMPO_BPM = 126.0
N_TEMPI = 120
TEMPO_WINDOW_S, TEMPO_STEP_S = 8.0, 1.0
LAG_WEIGHTS = np.array([1.0, 0.9, 0.7, 0.6])
MIN_ONSET_STRENGTH = 0.01

_SMOOTHING_WINDOW = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)


def normalize_onset_strength(onsets: NDArray[np.float32], *, hop_s: float) -> NDArray[np.float64]:
    """Onsets over their surroundings, loud and soft passages alike; about unit power."""
    above = np.maximum(0, onsets - _moving_mean(onsets.astype(float), round(0.3 / hop_s)))
    power = _moving_mean(above**2, round(6 / hop_s))
    overall = float(np.mean(above**2))
    return above / np.sqrt(power + 0.05 * overall + MIN_ONSET_STRENGTH**2)


def _moving_mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Mean over ``width`` values around each; fewer at the ends."""
    half = max(1, width // 2)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low, high = np.maximum(0, index - half), np.minimum(len(values), index + half + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low))


def estimate_tempo_curve(
    onsets: NDArray[np.float64], *, hop_s: float, expected_bpm: float | None
) -> tuple[NDArray[np.float64], float]:
    """Beat period in frames at every frame, and the clarity of the beat."""
    tempi = np.geomspace(MIN_TEMPO_BPM, MAX_TEMPO_BPM, N_TEMPI)
    periods = 60 / tempi / hop_s
    width, step = round(TEMPO_WINDOW_S / hop_s), round(TEMPO_STEP_S / hop_s)
    width = min(width, len(onsets))
    starts = np.arange(0, max(1, len(onsets) - width + 1), step)
    scores = np.array([_score_tempi(onsets[start : start + width], periods) for start in starts])
    penalty = np.log2(tempi / PRIOR_TEMPO_BPM) ** 2 * 0.1
    if expected_bpm is not None:
        # folded into the octave; 0.15 is less than a beat that is really there scores
        distance = np.abs((np.log2(tempi / expected_bpm) + 0.5) % 1 - 0.5)
        penalty = penalty + 0.15 * np.minimum(1, distance / 0.1)
    path = _find_smoothest_path(scores - penalty, np.log2(tempi))
    clarity = float(np.median(scores[np.arange(len(path)), path]))
    centres = starts + width / 2
    return np.interp(np.arange(len(onsets)), centres, periods[path]), clarity


def _score_tempi(onsets: NDArray[np.float64], periods: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean autocorrelation at one to four beats, per candidate period."""
    n_frames = len(onsets)
    smooth = np.convolve(onsets, _SMOOTHING_WINDOW, mode="same")
    smooth = smooth - smooth.mean()
    spectrum = np.fft.rfft(smooth, 2 * n_frames)
    autocorrelation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2)[:n_frames]
    # onsets too faint to be heard, such as a lone tone's rounding errors, are like nothing
    autocorrelation = autocorrelation / (autocorrelation[0] + 0.05 * n_frames)
    lags = periods[:, None] * np.arange(1, len(LAG_WEIGHTS) + 1)
    reach = n_frames * 0.7
    weights = np.where(lags < reach, LAG_WEIGHTS, 0)
    fair = n_frames / np.maximum(n_frames - lags, n_frames * 0.3)
    values = np.interp(lags, np.arange(n_frames), autocorrelation) * fair
    return np.asarray((values * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9))


def _find_smoothest_path(
    scores: NDArray[np.float64], octaves: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Viterbi: the tempo per window, best in sum of score less 4 per octave of change."""
    cost = 4 * np.abs(octaves[:, None] - octaves[None, :])
    total, back = scores[0], []
    for row in scores[1:]:
        moves = total[None, :] - cost
        back.append(moves.argmax(axis=1))
        total = row + moves.max(axis=1)
    path = [int(total.argmax())]
    for choices in reversed(back):
        path.append(int(choices[path[-1]]))
    return np.array(path[::-1])
