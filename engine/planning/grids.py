"""The beats of a song or a clip as a grid that turns positions into seconds.

Positions count beats: 0 is the first beat of a grid, 2.5 lies between the third and fourth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, floor
from statistics import median

from engine.contract import BEATS_PER_BAR, Clip, SongAnalysis

EPSILON = 1e-9
"""Beats below which two positions are one: rounding, nothing visible."""

MIN_LAST_BEAT = 0.75
"""A clip that is cut off so far into its last beat holds that beat, shown slower, down to 0.75."""

MIN_TAP = 0.13
"""On the tap, 4 or 8, the dancers stand still: there so little of the beat does.

Two pictures at 120 BPM. Without it, a turn cut just after its tap could not be danced."""

MIN_STEP_BEATS = 0.1
"""A last bit of song shorter than this joins the beat before it: 50 ms at 120 BPM, less than two
pictures."""


@dataclass(frozen=True)
class Grid:
    """Times of consecutive beats, and of what lies before the first and after the last.

    Attributes
    ----------
    times_s : tuple of float
        Strictly increasing. All are a beat apart, save the last, which may be any end.
    positions : tuple of float
        Beat position of each time: 0, 1, 2, …, and of the end.
    period_s : float
        Median length of a beat in seconds, > 0.
    """

    times_s: tuple[float, ...]
    positions: tuple[float, ...]
    period_s: float

    def at(self, position: float) -> float:
        """Return the time in seconds of a beat position in [0, ``end``], linear between beats."""
        last = len(self.times_s) - 2
        i = min(floor(position + EPSILON), last)
        step = self.positions[i + 1] - self.positions[i]
        share = (position - self.positions[i]) / step
        return self.times_s[i] + share * (self.times_s[i + 1] - self.times_s[i])

    @property
    def end(self) -> float:
        """The last position, in beats."""
        return self.positions[-1]


@dataclass(frozen=True)
class SongGrid(Grid):
    """The beats of a whole song, 0 to its end, carried on where none were found.

    Attributes
    ----------
    lead_beats : int
        How many beats were added before the first found one: beat ``i`` of the song is
        index ``i + lead_beats`` here.
    n_beats : int
        How many beats were found.
    """

    lead_beats: int
    n_beats: int

    @property
    def last_beat(self) -> int:
        """Index of the last beat that was found."""
        return self.lead_beats + self.n_beats - 1

    @property
    def last(self) -> int:
        """Index of the song's end."""
        return len(self.times_s) - 1

    def seconds(self, first: int, last: int) -> float:
        """Return the length in seconds between two indices of ``times_s``."""
        return self.times_s[last] - self.times_s[first]


@dataclass(frozen=True)
class ClipGrid(Grid):
    """The beats of a clip, carried on to its end.

    Attributes
    ----------
    n_entries : int
        The clip may be entered at the first so many positions: its keyframes on beats.
    """

    clip: Clip
    n_entries: int

    @cached_property
    def whole_beats(self) -> int:
        """Number of whole beats it holds."""
        return floor(self.end + EPSILON)


def song_grid(analysis: SongAnalysis) -> SongGrid:
    """Carry the song's beats on to its very start and end.

    The time before the first beat is divided evenly into beats of about the usual length (a
    remainder under half a beat joins the first beat); after the last beat they go on at the
    usual length, the last one cut short by the end of the song.

    Parameters
    ----------
    analysis : SongAnalysis
        May hold no beat at all; then the noted tempo carries the grid, and 120 BPM without one.

    Returns
    -------
    SongGrid
        Times in seconds from 0 to ``analysis.duration_s``.
    """
    duration_s = analysis.duration_s
    found = [float(beat) for beat in analysis.beats_s if 0 <= beat < duration_s]
    period_s = _period_s(found, 60.0 / analysis.tempo_bpm if analysis.tempo_bpm > 0 else 0.5)
    beats = found or [0.0]
    lead_beats = floor(beats[0] / period_s + 0.5)
    if lead_beats:
        times = [beats[0] * i / lead_beats for i in range(lead_beats)] + beats
    else:
        times = [0.0, *beats[1:]]
    times_s, positions = _extrapolated(times, end_s=duration_s, period_s=period_s)
    return SongGrid(times_s, positions, period_s, lead_beats=lead_beats, n_beats=len(found))


def clip_grid(clip: Clip) -> ClipGrid:
    """Return a clip's beats, carried on to the end of the clip, which may cut the last one short.

    Parameters
    ----------
    clip : Clip
        With at least one keyframe, all of them before ``duration_s``.
    """
    entries = list(clip.keyframes_s)
    period_s = _period_s(entries, 60.0 / clip.tempo_bpm)
    times_s, positions = _extrapolated(entries, end_s=clip.duration_s, period_s=period_s)
    last = positions[-1]
    ends_with_tap = (ceil(last) - clip.one) % BEATS_PER_BAR == 0
    if last % 1 >= (MIN_TAP if ends_with_tap else MIN_LAST_BEAT):
        positions = (*positions[:-1], float(ceil(last)))
    return ClipGrid(times_s, positions, period_s, clip=clip, n_entries=len(entries))


def _period_s(beats: Sequence[float], otherwise: float) -> float:
    if len(beats) < 2:
        return otherwise
    return median(b - a for a, b in pairwise(beats))


def _extrapolated(
    beats: list[float], *, end_s: float, period_s: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Append beats a period apart until ``end_s``, which is the last time."""
    times = list(beats)
    while end_s - times[-1] > (1 + MIN_STEP_BEATS) * period_s:
        times.append(times[-1] + period_s)
    positions = [float(i) for i in range(len(times))]
    rest_s = end_s - times[-1]
    if rest_s > MIN_STEP_BEATS * period_s or len(times) == 1:
        times.append(end_s)
        positions.append(positions[-1] + max(rest_s / period_s, EPSILON))
    else:
        times[-1] = end_s
    return tuple(times), tuple(positions)
