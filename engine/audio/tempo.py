"""The tempo of a song from moment to moment, by a tempogram and the smoothest path through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py.

MIN_TEMPO_BPM, MAX_TEMPO_BPM = 87.5, 174.5
"""One octave less a hair: of a tempo, its half and its double exactly one lies inside."""

PRIOR_TEMPO_BPM = 126.0
"""The usual tempo of bachata; one half an octave away scores 0.025 less."""

N_TEMPI = 120
"""Candidate tempi, geometrically spaced: 0.6 % apart."""

TEMPO_WINDOW_S, TEMPO_STEP_S = 8.0, 1.0
"""Length of a window of the tempogram, and from one window to the next."""

LAG_WEIGHTS = np.array([1.0, 0.9, 0.7, 0.6])
"""How much the autocorrelation at one, two, three and four beats counts."""

OCTAVE_COST = 4.0
"""What a change of tempo by an octave from one window to the next costs."""

EXPECTED_TEMPO_BONUS = 0.15
"""Most that an expected tempo adds; less than a beat that is really there scores."""

MIN_ONSET_STRENGTH = 0.01
"""Onset strength too faint to be audible, such as a lone tone's rounding errors."""

# A Gaussian of deviation 2 frames: onsets this far apart are still one beat.
_SMOOTHING_WINDOW = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)


def normalize_onset_strength(onsets: NDArray[np.float32], *, hop_s: float) -> NDArray[np.float64]:
    """Return the onset strength over its surroundings, loud and soft passages alike.

    The mean over 0.3 s is taken off, and what is left divided by its power over 6 s.

    Parameters
    ----------
    onsets : ndarray, shape (n_frames,), float32
        Onset strength envelope, >= 0.
    hop_s : float
        Seconds from one frame to the next.

    Returns
    -------
    ndarray, shape (n_frames,), float64
        At least 0, of about unit power.
    """
    above = np.maximum(0, onsets - _moving_mean(onsets.astype(float), round(0.3 / hop_s)))
    power = _moving_mean(above**2, round(6 / hop_s))
    overall = float(np.mean(above**2))
    return above / np.sqrt(power + 0.05 * overall + MIN_ONSET_STRENGTH**2)


def _moving_mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the mean over ``width`` values around each; fewer at the ends."""
    half = max(1, width // 2)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low, high = np.maximum(0, index - half), np.minimum(len(values), index + half + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low))


def estimate_tempo_curve(
    onsets: NDArray[np.float64], *, hop_s: float, expected_bpm: float | None
) -> tuple[NDArray[np.float64], float]:
    """Return the beat period at every frame, and how clear the beat is.

    Parameters
    ----------
    onsets : ndarray, shape (n_frames,), float64
        Onset strength as ``normalize_onset_strength`` gives it.
    hop_s : float
        Seconds from one frame to the next.
    expected_bpm : float or None
        An annotated tempo, in beats per minute; it may be off by octaves.

    Returns
    -------
    periods : ndarray, shape (n_frames,), float64
        Frames per beat.
    clarity : float
        Median over the windows of the weighted autocorrelation at the tempo found, at most
        about 1: clicks near 1, noise near 0.

    Notes
    -----
    Source: autocorrelation of the onset strength in windows and a Viterbi path through it, after
    Klapuri, Eronen and Astola (2006), "Analysis of the meter of acoustic musical signals", with
    plain autocorrelation for their comb filters.
    """
    tempi = np.geomspace(MIN_TEMPO_BPM, MAX_TEMPO_BPM, N_TEMPI)
    periods = 60 / tempi / hop_s
    width, step = round(TEMPO_WINDOW_S / hop_s), round(TEMPO_STEP_S / hop_s)
    width = min(width, len(onsets))
    starts = np.arange(0, max(1, len(onsets) - width + 1), step)
    scores = np.array([_score_tempi(onsets[start : start + width], periods) for start in starts])
    penalty = np.log2(tempi / PRIOR_TEMPO_BPM) ** 2 * 0.1
    if expected_bpm is not None:
        # folded into the octave
        distance = np.abs((np.log2(tempi / expected_bpm) + 0.5) % 1 - 0.5)
        penalty = penalty + EXPECTED_TEMPO_BONUS * np.minimum(1, distance / 0.1)
    path = _find_smoothest_path(scores - penalty, np.log2(tempi))
    clarity = float(np.median(scores[np.arange(len(path)), path]))
    centres = starts + width / 2
    return np.interp(np.arange(len(onsets)), centres, periods[path]), clarity


def _score_tempi(onsets: NDArray[np.float64], periods: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a tempogram's column: mean autocorrelation at one to four beats, per period."""
    n_frames = len(onsets)
    smooth = np.convolve(onsets, _SMOOTHING_WINDOW, mode="same")
    smooth = smooth - smooth.mean()
    spectrum = np.fft.rfft(smooth, 2 * n_frames)
    autocorrelation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2)[:n_frames]
    # the sum keeps what is too faint to be audible from being like anything
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
    """Return the tempo's index per window: most score less the cost of its changes (Viterbi)."""
    cost = OCTAVE_COST * np.abs(octaves[:, None] - octaves[None, :])
    total, back = scores[0], []
    for row in scores[1:]:
        moves = total[None, :] - cost
        back.append(moves.argmax(axis=1))
        total = row + moves.max(axis=1)
    path = [int(total.argmax())]
    for choices in reversed(back):
        path.append(int(choices[path[-1]]))
    return np.array(path[::-1])
