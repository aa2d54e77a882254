"""Beat tracking: the tempo curve, then the best chain of onsets along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.audio.onset_snapping import ONSET_REACH_S, snap_to_onsets
from engine.audio.tempo import estimate_tempo_curve, normalize_onset_strength

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py.

TIGHTNESS = 150.0
"""Ellis's alpha: the cost of an interval unlike the period; librosa's default is 100."""

SILENCE_DB = -45.0
"""Level against the loudest frame's below which nothing sounds."""

FAINT_BEAT_DB = -24.0
"""Level against a median beat's below which there is nothing to dance to."""

MIN_CLARITY = 0.15
"""Clarity below which there is no beat: white noise and irregular syllables stay below."""


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
    """Return the beats of a signal.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples in [-1, 1], at least one window of the features.
    features : SpectralFeatures
        What ``compute_features`` gives for the signal.
    sample_rate_hz : int
        Samples per second, > 0.
    expected_bpm : float or None
        An annotated tempo; it tips the scales only between tempi that fit alike.

    Returns
    -------
    BeatGrid
        Without a beat ``clarity`` is below ``MIN_CLARITY``; the caller decides.

    Notes
    -----
    Tempo: ``engine.audio.tempo``. Beats: dynamic programming of Ellis (2007), "Beat tracking by
    dynamic programming", as ``librosa.beat.beat_track`` 0.11, with the tempo allowed to drift;
    then each is snapped to its onset.
    """
    onsets = normalize_onset_strength(features.onset_strength, hop_s=features.hop_s)
    periods, clarity = estimate_tempo_curve(onsets, hop_s=features.hop_s, expected_bpm=expected_bpm)
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
    """Return beats per minute by the median stretch of eight beats (fewer if there are fewer)."""
    if len(beats_s) < 2:
        return 0.0
    stretch = min(8, len(beats_s) - 1)
    return 60 * stretch / float(np.median(beats_s[stretch:] - beats_s[:-stretch]))


def _track_beats(onsets: NDArray[np.float64], periods: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the frames of the beats: most onset strength at intervals nearest to the period.

    Ellis (2007), equations 1 to 3, with the period of the frame for his one global period.

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
    """Return the first and the last moment that is not silent, in seconds.

    Parameters
    ----------
    features : SpectralFeatures
        Of a signal that is not silent throughout.
    """
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
    """Cut the beats to where something sounds, and carry them on to its first and last moment."""
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
    """Return the beats from the first to the last that is not far softer than a usual one.

    Tape hiss before the music is sound, but nothing to dance to.
    """
    if len(beats_s) < 2:
        return beats_s
    edges = np.append(beats_s, 2 * beats_s[-1] - beats_s[-2]) - ONSET_REACH_S
    frames = np.clip((edges / features.hop_s).astype(int), 0, len(features.level) - 1)
    loudest = np.maximum.reduceat(features.level, frames)[:-1]
    audible = np.flatnonzero(loudest > np.median(loudest) * 10 ** (FAINT_BEAT_DB / 20))
    return beats_s[audible[0] : audible[-1] + 1] if len(audible) else beats_s
