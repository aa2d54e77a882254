"""The meter: which of the pulses half a beat apart is the beat, and where bars begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.audio.bar_positions import (
    POSITIONS,
    SLOTS_PER_BEAT,
    estimate_bar_positions,
    slots_of,
)
from engine.audio.beats import find_audible_span
from engine.audio.offbeats import correct_half_beat_slip, offbeat_evidence
from engine.audio.onset_snapping import ONSET_REACH_S, snap_to_onsets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.beats import BeatGrid
    from engine.audio.spectra import SpectralFeatures

# Every constant was tuned on the tuning halves of benchmarks/hearing.py and benchmarks/analysis.py.

MIN_BEATS = 16
"""Four bars: fewer are no evidence."""

EVIDENCE_SHARE = 0.1
"""How much a slot's evidence counts: its neighbours saw nearly the same."""

HALF_BEAT_COST = 25.0
"""What it costs that the pulse slips by half a beat; a section's evidence must outweigh it."""

BAR_COST = 8.0
"""What it costs that a bar is a beat or more too short or too long."""

STAY_BONUS, SURE_BONUS = 5.0, 1000.0
"""Evidence per beat for the pulse as it was tracked: it moves only on clear evidence,
and never where the chords are sure."""

SURE_CHROMA_CHANGE = -0.13
"""Log ratio of the chords' changes between the beats to those on them from which the beats are
surely the beats, whatever is struck between."""

MIN_INTERVAL = 0.7
"""Least distance of two beats against the usual: nearer ones are one beat."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meter:
    """The beats of a signal and what speaks for bars.

    Attributes
    ----------
    grid : BeatGrid
        The beats.
    bar_evidence : ndarray, shape (n_beats,), float64
        Natural logarithm of how likely each beat is the first of a bar, over the mean beat.
    """

    grid: BeatGrid
    bar_evidence: NDArray[np.float64]


def settle_meter(
    signal: NDArray[np.float32], features: SpectralFeatures, grid: BeatGrid, *, sample_rate_hz: int
) -> Meter:
    """Return the beats where the bars say they are, stretch by stretch.

    A strum or clap between the beats can be louder than anything on them, and a tracker may slip
    onto it for a while. What is struck when, and where the chords turn, tells the positions in
    the bar; a path through them changes sides only where a whole stretch says so.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples in [-1, 1].
    features : SpectralFeatures
        What ``compute_features`` gives for the signal.
    grid : BeatGrid
        The beats as tracked; fewer than ``MIN_BEATS`` stay as they are.
    sample_rate_hz : int
        Samples per second, > 0.

    Notes
    -----
    The path is Viterbi's through the bar's positions, as the bar pointer of Whiteley, Cemgil and
    Godsill (2006), "Bayesian modelling of temporal structure in musical audio".
    """
    if len(grid.beats_s) < MIN_BEATS:
        return Meter(grid=grid, bar_evidence=np.zeros(len(grid.beats_s)))
    grid = correct_half_beat_slip(signal, features, grid, sample_rate_hz=sample_rate_hz)
    is_sure = offbeat_evidence(features, grid.beats_s)[1] < SURE_CHROMA_CHANGE
    shares = estimate_bar_positions(features, grid.beats_s)
    path = _find_path(shares, stay_bonus=SURE_BONUS if is_sure else STAY_BONUS)
    on_beat = np.flatnonzero(path % SLOTS_PER_BEAT == 0)
    beats_s = slots_of(grid.beats_s)[on_beat]
    kept = _far_enough(beats_s)
    on_beat, beats_s = on_beat[kept], beats_s[kept]
    if np.any(on_beat % SLOTS_PER_BEAT):
        beats_s = snap_to_onsets(signal, beats_s, sample_rate_hz=sample_rate_hz)
    start_s, end_s = find_audible_span(features)
    inside = (beats_s >= max(0.0, start_s - ONSET_REACH_S)) & (beats_s <= end_s)
    evidence = shares[on_beat, 0]
    return Meter(
        grid=replace(grid, beats_s=beats_s[inside]),
        bar_evidence=(evidence - evidence.mean())[inside],
    )


def _find_path(shares: NDArray[np.float64], *, stay_bonus: float) -> NDArray[np.intp]:
    """Return each slot's position in its bar: most evidence less the cost of irregular steps."""
    steps = np.arange(POSITIONS)
    off = (steps[None, :] - steps[:, None] - 1) % POSITIONS
    cost = np.where(off == 0, 0.0, np.where(off % SLOTS_PER_BEAT == 0, BAR_COST, HALF_BEAT_COST))
    cost = np.where(off % 2 == 1, np.inf, cost)
    evidence = EVIDENCE_SHARE * shares
    evidence[::SLOTS_PER_BEAT, ::SLOTS_PER_BEAT] += EVIDENCE_SHARE * stay_bonus
    total, back = evidence[0], []
    for row in evidence[1:]:
        before = total[:, None] - cost
        back.append(before.argmax(axis=0))
        total = before.max(axis=0) + row
    path = [int(total.argmax())]
    for choices in reversed(back):
        path.append(int(choices[path[-1]]))
    return np.array(path[::-1])


def _far_enough(beats_s: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the indices of the beats, without those that follow another too soon."""
    usual_s = float(np.median(np.diff(beats_s)))
    kept = [0]
    for index in range(1, len(beats_s)):
        if beats_s[index] - beats_s[kept[-1]] >= MIN_INTERVAL * usual_s:
            kept.append(index)
    return np.array(kept)
