"""How right a listener is about one piece."""

from __future__ import annotations

from dataclasses import dataclass

import mir_eval
import numpy as np
from numpy.typing import NDArray

from hearing.listeners import Heard
from hearing.truth import Truth

BEAT_WINDOW_S = 0.07
TEMPO_TOLERANCE = 0.04
WINDOW_S = 10.0
OFF_BEAT_FROM = 0.3
"""Distance from the nearest beat, in beats, from which a window sits between the beats."""

SAME_TEMPO = 0.12
"""Relative difference of the beats' lengths up to which a window has the right tempo."""

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was right about one piece.

    Attributes
    ----------
    beats_f, ones_f : float
        F-measure of the beats, and of the bars' first beats, within 70 ms.
    tempo : str
        ``right`` within 4 %, ``half``, ``double``, ``other``, or ``refused``.
    windows, off_beat : int
        Stretches of 10 s in which the tempo is right, and those of them half a beat off.
    """

    name: str
    beats_f: float
    ones_f: float
    tempo: str
    windows: int
    off_beat: int
    processor_s: float


def judge(name: str, truth: Truth, heard: Heard) -> Verdict:
    """Hold what was heard against the truth, up to where the truth ends."""
    beats_s = heard.beats_s[heard.beats_s <= truth.end_s + BEAT_WINDOW_S]
    bars_s = heard.bars_s
    windows, off_beat = _off_beat_windows(truth, beats_s)
    return Verdict(
        name=name,
        beats_f=_f_measure(truth.beats_s, beats_s),
        ones_f=NAN if bars_s is None else _f_measure(truth.bars_s, bars_s[bars_s <= truth.end_s]),
        tempo=_tempo_word(truth, beats_s),
        windows=windows,
        off_beat=off_beat,
        processor_s=heard.processor_s,
    )


def _f_measure(true_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> float:
    return float(mir_eval.beat.f_measure(true_s, found_s, BEAT_WINDOW_S)) if len(found_s) else 0.0


def _tempo_word(truth: Truth, beats_s: NDArray[np.float64]) -> str:
    if len(beats_s) < 2:
        return "refused"
    ratio = 60 / float(np.median(np.diff(beats_s))) / truth.tempo_bpm
    for word, factor in (("right", 1.0), ("half", 0.5), ("double", 2.0)):
        if abs(ratio / factor - 1) <= TEMPO_TOLERANCE:
            return word
    return "other"


def _off_beat_windows(truth: Truth, beats_s: NDArray[np.float64]) -> tuple[int, int]:
    """Count the windows in which the tempo is right, and those that sit between the beats."""
    windows = off_beat = 0
    for start_s in np.arange(truth.beats_s[0], truth.beats_s[-1] - WINDOW_S, WINDOW_S):
        near = beats_s[(beats_s >= start_s) & (beats_s < start_s + WINDOW_S)]
        if len(near) < 4:
            continue
        positions = np.interp(near, truth.beats_s, np.arange(len(truth.beats_s)))
        if abs(float(np.median(np.diff(positions))) - 1) > SAME_TEMPO:
            continue
        windows += 1
        off_beat += float(np.median(np.abs(positions - np.round(positions)))) > OFF_BEAT_FROM
    return windows, off_beat


def summary(verdicts: list[Verdict]) -> dict[str, float | int]:
    """Return the figures of many pieces."""
    windows = sum(v.windows for v in verdicts)
    ones = [v.ones_f for v in verdicts if not np.isnan(v.ones_f)]
    return {
        "pieces": len(verdicts),
        "beats_f": round(float(np.mean([v.beats_f for v in verdicts])), 3),
        "ones_f": round(float(np.mean(ones)), 3) if ones else NAN,
        "tempo_right": sum(v.tempo == "right" for v in verdicts),
        "windows": windows,
        "off_beat": sum(v.off_beat for v in verdicts),
        "processor_s": round(sum(v.processor_s for v in verdicts), 1),
    }
