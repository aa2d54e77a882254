"""Where the beats are: the course of the tempo, then the best chain of onsets along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

# One octave less a hair: of a tempo, its half and its double exactly one lies inside.
MIN_TEMPO_BPM, MAX_TEMPO_BPM = 87.5, 174.5
PRIOR_TEMPO_BPM = 126.0
N_TEMPI = 120
TEMPO_WINDOW_S, TEMPO_STEP_S = 8.0, 1.0
LAG_WEIGHTS = np.array([1.0, 0.9, 0.7, 0.6])
TIGHTNESS = 150.0
SILENCE_DB, FAINT_BEAT_DB = -45.0, -24.0
MIN_ONSET_STRENGTH = 0.01
MIN_CLARITY = 0.15
ONSET_REACH_S = 0.04
MAX_DEVIATION_S = 0.02
MIN_RISE = 1.5

_SMOOTHING_WINDOW = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BeatGrid:
    """The beats of a signal.

    Attributes
    ----------
    tempo_bpm : float
        Beats per minute, by the median stretch of eight beats.
    beats_s : ndarray, shape (n_beats,), float64
        Beat times in seconds, strictly increasing.
    clarity : float
        How alike the onsets are one beat later, in [0, 1]: clicks near 1, noise near 0.
    """

    tempo_bpm: float
    beats_s: NDArray[np.float64]
    clarity: float


def find_beats(
    signal: NDArray[np.float32],
    features: SpectralFeatures,
    *,
    sample_rate_hz: int,
    expected_bpm: float | None = None,
) -> BeatGrid:
    """Locate the beats.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples.
    features : SpectralFeatures
        What ``compute_features`` measured of it.
    expected_bpm : float or None
        A tempo that someone noted; it tips the scales only between tempi that fit alike.

    Notes
    -----
    Tempo course: autocorrelation in windows and a Viterbi path, after Klapuri, Eronen and
    Astola (2006). Beats: dynamic programming of Ellis (2007), as ``librosa.beat.beat_track``,
    with the tempo allowed to drift; then each is drawn to the attack it belongs to.
    """
    onsets = _normalize_onset_strength(features.onset_strength, hop_s=features.hop_s)
    periods, clarity = _estimate_tempo_curve(
        onsets, hop_s=features.hop_s, expected_bpm=expected_bpm
    )
    frames = _track_beats(onsets, periods)
    start_s, end_s = find_audible_span(features)
    beats_s = _extend_over_span(
        np.asarray(frames * features.hop_s, np.float64),
        start_s=start_s,
        end_s=end_s,
        period_s=periods * features.hop_s,
        hop_s=features.hop_s,
    )
    beats_s = _trim_faint_ends(beats_s, features)
    beats_s = snap_to_onsets(signal, beats_s, sample_rate_hz=sample_rate_hz)
    beats_s = beats_s[(beats_s >= 0) & (beats_s <= len(signal) / sample_rate_hz)]
    return BeatGrid(tempo_bpm=_tempo_bpm(beats_s), beats_s=beats_s, clarity=clarity)


def _tempo_bpm(beats_s: NDArray[np.float64]) -> float:
    """Beats per minute by the median stretch of eight beats (fewer if there are fewer)."""
    if len(beats_s) < 2:
        return 0.0
    stretch = min(8, len(beats_s) - 1)
    return 60 * stretch / float(np.median(beats_s[stretch:] - beats_s[:-stretch]))


def _normalize_onset_strength(onsets: NDArray[np.float32], *, hop_s: float) -> NDArray[np.float64]:
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


def _estimate_tempo_curve(
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


def _track_beats(onsets: NDArray[np.float64], periods: NDArray[np.float64]) -> NDArray[np.intp]:
    """Frames of the beats: most onset strength at intervals nearest to the period.

    A beat looks back at least 0.7 periods, so as many frames at once depend on none of each
    other and are computed together.
    """
    n_frames = len(onsets)
    block = max(1, int(0.7 * periods.min()))
    score, back = onsets.copy(), np.full(n_frames, -1)
    for start in range(block, n_frames, block):
        frames = np.arange(start, min(start + block, n_frames))
        period = periods[frames].mean()
        intervals = np.arange(max(block, int(0.7 * period)), int(1.4 * period) + 1)
        previous = frames[:, None] - intervals
        cost = TIGHTNESS * np.log(intervals / period) ** 2
        gains = np.where(previous >= 0, score[previous] - cost, -np.inf)
        best = gains.argmax(axis=1)
        gain = gains[np.arange(len(frames)), best]
        linked = gain > -1e9
        score[frames[linked]] += gain[linked]
        back[frames[linked]] = frames[linked] - intervals[best[linked]]
    last_beat = n_frames - int(1.2 * periods[-1])
    chain = [max(0, last_beat) + int(score[max(0, last_beat) :].argmax())]
    while back[chain[-1]] >= 0:
        chain.append(int(back[chain[-1]]))
    return np.array(chain[::-1])


def find_audible_span(features: SpectralFeatures) -> tuple[float, float]:
    """First and last second that is not quiet."""
    loud = np.flatnonzero(features.level > features.level.max() * 10 ** (SILENCE_DB / 20))
    return float(loud[0] * features.hop_s), float(loud[-1] * features.hop_s)


def _extend_over_span(
    beats_s: NDArray[np.float64],
    *,
    start_s: float,
    end_s: float,
    period_s: NDArray[np.float64],
    hop_s: float,
) -> NDArray[np.float64]:
    """The chain cut to where there is sound, and carried on to its first and last moment."""
    beats_s = beats_s[(beats_s >= start_s - ONSET_REACH_S) & (beats_s <= end_s)]
    if not len(beats_s):
        return beats_s
    first, last = (period_s[min(len(period_s) - 1, int(at / hop_s))] for at in beats_s[[0, -1]])
    before = np.arange(beats_s[0] - first, start_s - ONSET_REACH_S, -first)[::-1]
    after = np.arange(beats_s[-1] + last, end_s, last)
    return np.concatenate([before, beats_s, after])


def _trim_faint_ends(
    beats_s: NDArray[np.float64], features: SpectralFeatures
) -> NDArray[np.float64]:
    """The beats from the first to the last that is not far softer than a usual one.

    Tape hiss before the music is sound, but nothing to dance to.
    """
    if len(beats_s) < 2:
        return beats_s
    edges = np.append(beats_s, 2 * beats_s[-1] - beats_s[-2]) - ONSET_REACH_S
    frames = np.clip((edges / features.hop_s).astype(int), 0, len(features.level) - 1)
    loudest = np.maximum.reduceat(features.level, frames)[:-1]
    audible = np.flatnonzero(loudest > np.median(loudest) * 10 ** (FAINT_BEAT_DB / 20))
    return beats_s[audible[0] : audible[-1] + 1] if len(audible) else beats_s


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
