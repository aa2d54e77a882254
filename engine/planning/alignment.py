"""Aligning a clip's beats with a song's beats by warping time.

Positions count beats: 0 is the first beat of a grid, 2.5 lies between the third and fourth.
A grid turns positions into seconds. Aligning a clip with a stretch of song means: as the song
advances by one beat, the clip advances by ``ratio`` of its own beats. The warp is piecewise
linear in the beats, as in beat-synchronous time stretching.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from engine.contract import MAX_SPEED, MIN_SPEED
from engine.planning.grids import EPSILON, ClipGrid, SongGrid

MAX_BEAT_SPEED = 2.5
"""No single beat of a clip is shown faster than this, or slower than its inverse.

Twice the greatest mean speed: a beat that the analysis found half a beat off still passes, a
stumble of several beats does not."""

MIN_TAP_SPEED = 0.135
"""The last beat, the tap, may be shown as slowly as this: a picture for 0.27 s at most."""


@dataclass(frozen=True, slots=True)
class Warp:
    """Where each picture of a clip falls in the song; linear between the given times.

    Attributes
    ----------
    clip_times_s, song_times_s : tuple of float
        Seconds in the clip and in the song; equally many, at least two, strictly increasing.
    """

    clip_times_s: tuple[float, ...]
    song_times_s: tuple[float, ...]

    @property
    def speed(self) -> float:
        """Mean seconds of clip per second of song."""
        played_s = self.clip_times_s[-1] - self.clip_times_s[0]
        return played_s / (self.song_times_s[-1] - self.song_times_s[0])

    @property
    def is_even(self) -> bool:
        """Whether no single step is shown much too fast or too slow."""
        clip, song = self.clip_times_s, self.song_times_s
        steps = range(len(song) - 1)
        speeds = [(clip[i + 1] - clip[i]) / (song[i + 1] - song[i]) for i in steps]
        slowest = min((*speeds[:-1], MAX_BEAT_SPEED))
        ends_well = speeds[-1] >= MIN_TAP_SPEED
        return slowest >= 1 / MAX_BEAT_SPEED and max(speeds) <= MAX_BEAT_SPEED and ends_well


def fits(
    song: SongGrid, clip: ClipGrid, *, first: int, last: int, entry: int, ratio: float
) -> bool:
    """Whether a clip reaches over a stretch of song at a fair speed.

    Parameters
    ----------
    first, last : int
        The stretch, as indices into the song's grid, ``first < last``.
    entry : int
        Beat of the clip it is entered at, ≥ 0; must be one of its entries.
    ratio : float
        Clip beats per song beat.

    Returns
    -------
    bool
        True if the clip has enough beats from there and its mean speed is within
        ``MIN_SPEED`` … ``MAX_SPEED``.
    """
    stop = entry + ratio * (song.positions[last] - song.positions[first])
    if entry >= clip.n_entries or stop > clip.end + EPSILON:
        return False
    speed = (clip.at(stop) - clip.times_s[entry]) / song.seconds(first, last)
    return MIN_SPEED <= speed <= MAX_SPEED


def align(
    song: SongGrid, clip: ClipGrid, *, first: int, last: int, entry: int, ratio: float
) -> Warp:
    """Put every beat of a clip on its beat of the song.

    Parameters
    ----------
    first, last, entry, ratio
        As in ``fits``, for which they must be true.

    Returns
    -------
    Warp
        A point for every song beat of the stretch, at double tempo two; it starts and ends on
        the very floats of the song's grid.
    """
    start = song.positions[first]
    steps = list(song.positions[first : last + 1])
    if ratio > 1:
        between = [(a + b) / 2 for a, b in pairwise(steps)]
        steps = sorted(steps + between)
    clip_times = tuple(clip.at(entry + ratio * (step - start)) for step in steps)
    song_times = tuple(song.at(step) for step in steps)
    # The ends are the grid's own floats, so that neighbours meet without a gap of one bit.
    ends = (song.times_s[first], *song_times[1:-1], song.times_s[last])
    return Warp((clip.times_s[entry], *clip_times[1:]), ends)


def align_evenly(
    song: SongGrid, clip: ClipGrid, *, first: int, last: int, ratio: float
) -> Warp | None:
    """Cover a stretch at one speed, without regard to its beats.

    For where the song has no steady beat, so that no clip can follow it.

    Parameters
    ----------
    first, last : int
        The stretch, as indices into the song's grid, ``first < last``.
    ratio : float
        Clip beats per song beat; the speed is as near to it as the clip is long.

    Returns
    -------
    Warp or None
        From the clip's first beat on, within ``MIN_SPEED`` … ``MAX_SPEED``; None if even at
        the slowest the clip is too short.
    """
    length_s = song.seconds(first, last)
    available = (clip.times_s[-1] - clip.times_s[0]) / length_s
    usual = ratio * clip.period_s / song.period_s
    speed = max(min(usual, MAX_SPEED, available), MIN_SPEED)
    if speed > available:
        return None
    start_s = clip.times_s[0]
    return Warp((start_s, start_s + speed * length_s), (song.times_s[first], song.times_s[last]))
