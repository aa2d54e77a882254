"""Where the eights of a song begin: the ones, also after a bar that was inserted or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.audio.segment_features import (
    chroma_change,
    mean_chroma,
    mean_timbre,
    onset_strength_at,
    robustly_scaled,
    standardized,
    sums_around,
    with_end,
)
from engine.contract import BEATS_PER_EIGHT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py.

PHRASE_WEIGHT, CHORD_WEIGHT, BASS_WEIGHT, BAR_WEIGHT = 3.0, 1.0, 0.5, 2.0
"""How much each kind of evidence for the one counts."""

SECOND_BAR_WEIGHT = 0.85
"""How much the evidence of the eight's second bar counts for its one."""

START_BONUS = 0.15
"""Evidence per eight of the song that its first beat is a one."""

SHIFT_COSTS = {2: 16.0, 4: 34.0, 6: 16.0}
"""What it costs that an eight is cut short so many beats after its one, against the evidence of
one eight; half an eight off the bars still agree, so that costs most."""

EIGHTS_AT_ENDS = 3
"""Whole eights before the first eight that is cut short, and after the last."""

PEAK_EXPONENT = 1.5
"""The highest peaks of novelty count for more than their share: sections, not chords."""

MIN_TEXTURE_DEVIATION = 0.02
"""Deviation of timbre or chroma too faint to be heard."""


def find_ones(
    features: SpectralFeatures, beats_s: NDArray[np.float64], *, bar_evidence: NDArray[np.float64]
) -> tuple[int, ...]:
    """Return the indices of the beats that start an eight; the first is 0 … 7.

    These are the downbeats of every second bar: eight beats apart, save where a song goes on
    before an eight is over; there they are 2, 4 or 6 apart. If nothing tells the beats apart the
    first is 0: songs begin on the one.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole song.
    beats_s : ndarray, shape (n_beats,), float64
        Seconds, strictly increasing; at least 8.
    bar_evidence : ndarray, shape (n_beats,), float64
        How much speaks for each beat being the first of a bar, as ``settle_meter`` says; 0 on
        the mean.

    Returns
    -------
    tuple of int
        Indices into ``beats_s``, increasing.

    Notes
    -----
    Chords change and basses enter on the first beat of a bar (Goto 2001, "An audio-based
    real-time beat tracking system"; Papadopoulos and Peeters 2011), which tells the bars; phrases
    begin on the one, so each peak of novelty (Foote 2000) votes for its beat, by its height. How
    loud a beat is overall says nothing: drums answer on the off-beats, in bachata on the tap. The
    ones are the chain of beats with the most evidence, by dynamic programming.
    """
    evidence = _one_evidence(features, beats_s, bar_evidence)
    n_beats = len(evidence)
    score = np.full(n_beats, -np.inf)
    back = np.full(n_beats, -1)
    start = evidence[:BEATS_PER_EIGHT].copy()
    start[0] += START_BONUS * n_beats / BEATS_PER_EIGHT
    score[: len(start)] = start
    margin = EIGHTS_AT_ENDS * BEATS_PER_EIGHT
    for beat in range(2, n_beats):
        steps = [(BEATS_PER_EIGHT, 0.0)]
        if margin <= beat <= n_beats - margin:
            steps += SHIFT_COSTS.items()
        for step, cost in steps:
            if beat < step:
                continue
            total = score[beat - step] - cost + evidence[beat]
            if total > score[beat] and (beat >= BEATS_PER_EIGHT or step == BEATS_PER_EIGHT):
                score[beat], back[beat] = total, beat - step
    ones = [max(0, n_beats - BEATS_PER_EIGHT) + int(score[-BEATS_PER_EIGHT:].argmax())]
    while back[ones[-1]] >= 0:
        ones.append(int(back[ones[-1]]))
    return tuple(ones[::-1])


def _one_evidence(
    features: SpectralFeatures, beats_s: NDArray[np.float64], bar_evidence: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how much speaks for each beat being a one; 0 on the mean."""
    edges_s = with_end(beats_s)
    chroma = mean_chroma(features, edges_s)
    bars = CHORD_WEIGHT * (
        standardized(chroma_change(chroma[:, :12], reach=2))
        + standardized(chroma_change(chroma[:, 12:], reach=2))
    ) + BASS_WEIGHT * standardized(
        onset_strength_at(features.low_onset_strength, features.hop_s, beats_s)
    )
    bars = bars + BAR_WEIGHT * standardized(bar_evidence)
    # chords turn as far at the second bar of an eight: which bar is the one, phrases tell
    second = np.append(bars[4:], np.zeros(min(4, len(bars))))
    phrases = _phrase_novelty(features, edges_s) * len(beats_s) / BEATS_PER_EIGHT
    evidence = bars + SECOND_BAR_WEIGHT * second + PHRASE_WEIGHT * phrases
    return np.asarray(evidence - evidence.mean())


def _phrase_novelty(
    features: SpectralFeatures, edges_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each beat's share in the peaks of novelty; all 0 if there are none."""
    texture = np.hstack(
        [
            robustly_scaled(mean_timbre(features, edges_s), faint=MIN_TEXTURE_DEVIATION),
            robustly_scaled(mean_chroma(features, edges_s), faint=MIN_TEXTURE_DEVIATION),
        ]
    )
    # over one eight phrases show, over two whole sections, whatever the chords do within
    votes = [
        _novelty_peaks(texture, reach=reach) for reach in (BEATS_PER_EIGHT, 2 * BEATS_PER_EIGHT)
    ]
    return np.asarray(np.mean(votes, axis=0))


def _novelty_peaks(texture: NDArray[np.float64], *, reach: int) -> NDArray[np.float64]:
    """Return the heights of the novelty's peaks over what is around them, as shares.

    Novelty: Foote (2000), with a checkerboard kernel of ``reach`` beats each way without taper,
    over inner products; the correlation is then the squared distance of the two halves' sums.
    """
    votes = np.zeros(len(texture))
    if len(texture) < 3 * reach:
        return votes
    after, before = sums_around(texture, reach=reach)
    novelty = np.linalg.norm(after - before, axis=1)
    # the first and the last are no peaks: what comes before and after them was not seen
    for index in range(1, len(novelty) - 1):
        near = novelty[max(0, index - 4) : index + 5]
        around = novelty[max(0, index - 8) : index + 9]
        if novelty[index] == near.max():
            votes[index + reach] = max(0.0, float(novelty[index] - around.mean()))
    votes **= PEAK_EXPONENT
    return np.asarray(votes / max(float(votes.sum()), 1e-9))
