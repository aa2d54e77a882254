"""What is true of a MIDI piece: its beats and bars, by its tempo map and its time signatures."""

from __future__ import annotations

import io
from dataclasses import dataclass

import mido
import numpy as np
from numpy.typing import NDArray

MIN_BPM, MAX_BPM = 87.5, 174.5
"""The octave in which a piece is counted to dance; a beat outside is doubled or halved."""

MIN_PIECE_S, MIN_NOTES = 24.0, 100
MIN_ON_GRID = 0.85
"""Share of the notes on sixteenths or triplets: a score played in freely has no true beats."""

ON_GRID_BEATS = 0.035
BAR_QUARTERS = 4
"""Two bars of 2/4 are one bar to a dancer."""

MAX_TEMPO_SPREAD = 0.12
"""Relative deviation of the beats' lengths above which a piece is nothing to dance to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Beats and bars of a piece, in seconds.

    Attributes
    ----------
    tempo_bpm : float
        By the median beat.
    beats_s, bars_s : ndarray, float64
        Every beat, and the first beat of each group of four.
    end_s : float
        Where the piece, or the part of it that is judged, ends.
    """

    tempo_bpm: float
    beats_s: NDArray[np.float64]
    bars_s: NDArray[np.float64]
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a MIDI file holds; positions in quarter notes, tempi in seconds to the quarter."""

    notes: tuple[float, ...]
    last_note_off: float
    tempi: tuple[tuple[float, float], ...]
    signatures: tuple[tuple[float, int, int], ...]


def read_truth(content: bytes, *, max_s: float) -> Truth | None:
    """Return what is true of a MIDI file, or None where it is no steady piece in bars of four."""
    score = _read_score(content)
    if score is None or not _is_usable(score):
        return None
    quarters = np.arange(0, int(score.last_note_off) + 1)
    times_s = _seconds_at(score, quarters.astype(float))
    first_s, last_s = _seconds_at(score, np.array([score.notes[0], score.last_note_off]))
    end_s = min(float(last_s), max_s)
    inside = (times_s >= first_s - 0.05) & (times_s <= end_s)
    beats_s, is_bar = times_s[inside], (quarters % BAR_QUARTERS == 0)[inside]
    if len(beats_s) < 16 or end_s - first_s < MIN_PIECE_S:
        return None
    lengths_s = np.diff(beats_s)
    if lengths_s.std() / lengths_s.mean() > MAX_TEMPO_SPREAD:
        return None
    return _counted_to_dance(beats_s, is_bar, end_s=end_s)


def _counted_to_dance(
    beats_s: NDArray[np.float64], is_bar: NDArray[np.bool_], *, end_s: float
) -> Truth:
    """Return the truth with a tempo within the octave that is danced to."""
    tempo_bpm = 60 / float(np.median(np.diff(beats_s)))
    while tempo_bpm < MIN_BPM:
        middles_s = (beats_s[1:] + beats_s[:-1]) / 2
        beats_s = np.sort(np.concatenate([beats_s, middles_s]))
        one = int(np.flatnonzero(is_bar)[0]) * 2 if is_bar.any() else 0
        is_bar = (np.arange(len(beats_s)) - one) % 4 == 0
        tempo_bpm *= 2
    while tempo_bpm > MAX_BPM:
        first = int(np.flatnonzero(is_bar)[0]) % 2 if is_bar.any() else 0
        beats_s, is_bar = beats_s[first::2], is_bar[first::2]
        one = int(np.flatnonzero(is_bar)[0])
        is_bar = (np.arange(len(beats_s)) - one) % 4 == 0
        tempo_bpm /= 2
    return Truth(tempo_bpm=tempo_bpm, beats_s=beats_s, bars_s=beats_s[is_bar], end_s=end_s)


def _is_usable(score: Score) -> bool:
    """Whether the notes lie on the grid, in 4/4 or 2/4 throughout."""
    notes = np.array(score.notes)
    if len(notes) < MIN_NOTES:
        return False
    distances = np.minimum.reduce([np.abs(notes * n - np.round(notes * n)) / n for n in (3, 4)])
    signatures = {(above, below) for _, above, below in score.signatures}
    return bool((distances < ON_GRID_BEATS).mean() >= MIN_ON_GRID) and signatures in (
        {(4, 4)},
        {(2, 4)},
    )


def _seconds_at(score: Score, quarters: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return when positions sound, by the tempo map."""
    starts = np.array([at for at, _ in score.tempi])
    lengths_s = np.array([length_s for _, length_s in score.tempi])
    before_s = np.concatenate([[0.0], np.cumsum(np.diff(starts) * lengths_s[:-1])])
    index = np.searchsorted(starts, quarters, side="right") - 1
    return np.asarray(before_s[index] + (quarters - starts[index]) * lengths_s[index])


def _read_score(content: bytes) -> Score | None:
    """Return what a MIDI file holds, or None where it cannot be read."""
    try:
        file = mido.MidiFile(file=io.BytesIO(content))
        messages = list(mido.merge_tracks(file.tracks))
    except (OSError, EOFError, ValueError, KeyError, IndexError):
        return None
    at, notes, last_off = 0.0, [], 0.0
    tempi, signatures = [(0.0, 0.5)], []
    for message in messages:
        at += message.time / file.ticks_per_beat
        if message.type == "set_tempo":
            tempi = [entry for entry in tempi if entry[0] < at] + [(at, message.tempo / 1e6)]
        elif message.type == "time_signature":
            signatures.append((at, message.numerator, message.denominator))
        elif message.type == "note_on" and message.velocity:
            notes.append(at)
        elif message.type in ("note_on", "note_off"):
            last_off = at
    if not notes:
        return None
    return Score(
        notes=tuple(notes),
        last_note_off=last_off,
        tempi=tuple(tempi),
        signatures=tuple(signatures or [(0.0, 4, 4)]),
    )
