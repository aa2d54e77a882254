"""Where a clip is entered: on its own one, so that its tap falls on the song's 4 and 8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.contract import BEATS_PER_BAR, BEATS_PER_EIGHT
from engine.planning.alignment import fits
from engine.planning.candidates import Candidate
from engine.planning.cells import Cell
from engine.planning.grids import EPSILON, SongGrid


class Entry(NamedTuple):
    """A beat to enter a clip at, and what the stretch from there on keeps of the dance.

    Attributes
    ----------
    beat : int
        Index of the clip's beat that the stretch starts on.
    is_in_step : bool
        Whether ones of the clip fall on ones of the song.
    has_figure : bool
        Whether the clip's whole figure is shown; True where it has none.
    """

    beat: int
    is_in_step: bool
    has_figure: bool


def find_entry(
    song: SongGrid, candidate: Candidate, cells: Sequence[Cell], *, ends_song: bool
) -> Entry | None:
    """Find the beat to enter a clip at, so that it reaches over the cells.

    Parameters
    ----------
    cells : sequence of Cell
        Neighbours, at least one.
    ends_song : bool
        Whether the song ends with them: the clip is then aligned by its end, where its pose is,
        and otherwise begun as early as it can be, as it was recorded.

    Returns
    -------
    Entry or None
        One in step before any other, then one that shows the figure; None where the clip is too
        short, or would have to be played too fast or too slowly.
    """
    first, last = cells[0].first, cells[-1].last
    usable = [
        Entry(
            beat,
            is_in_step=_is_in_step(song, candidate, cells, beat),
            has_figure=_has_figure(candidate, beat, song.positions[last] - song.positions[first]),
        )
        for beat in range(candidate.grid.n_entries)
        if fits(song, candidate.grid, first=first, last=last, entry=beat, ratio=candidate.ratio)
    ]
    if not usable:
        return None
    latest = 1 if ends_song else -1
    return max(usable, key=lambda e: (e.is_in_step, e.has_figure, latest * e.beat))


def _is_in_step(song: SongGrid, candidate: Candidate, cells: Sequence[Cell], beat: int) -> bool:
    """Whether the clip, entered at ``beat``, has a one where the cells' eight has it."""
    cell = cells[0]
    one = cell.last if not cell.is_eight and cell.first == 0 else cell.one
    before = (song.positions[one] - song.positions[cell.first]) * candidate.ratio
    count = (beat + before - candidate.clip.one) % BEATS_PER_BAR
    return min(count, BEATS_PER_BAR - count) < EPSILON


def _has_figure(candidate: Candidate, beat: int, n_song_beats: float) -> bool:
    figure = candidate.figure_beats
    if figure is None:
        return True
    first, last = figure
    return beat <= first + EPSILON and last - EPSILON <= beat + candidate.ratio * n_song_beats


def clip_eight(candidate: Candidate, beat: int) -> int:
    """Return which eight of the clip a stretch entered at ``beat`` begins with, 0 the first."""
    return max(0, (beat - candidate.clip.one)) // BEATS_PER_EIGHT
