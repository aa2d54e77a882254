"""The song cut into cells: the stretches that clips are chosen for."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from engine.contract import BEATS_PER_EIGHT, Section
from engine.planning.grids import SongGrid


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of the song that one clip dances: an eight, or what lies around the eights.

    Attributes
    ----------
    bounds : tuple of int
        Indices into the song's grid: start, places where it may be divided, end.
    one : int
        Index of the first beat of its eight; the start where there is no eight.
    section : int
        Index of the section it belongs to.
    eight : int
        How many eights of its section come before it.
    is_eight : bool
        Whether a whole eight is inside.
    ends_on_beat : bool
        Whether it ends on a beat that was found, or with the song.
    """

    bounds: tuple[int, ...]
    one: int
    section: int
    eight: int
    is_eight: bool
    ends_on_beat: bool

    @property
    def first(self) -> int:
        """Where it starts, as an index into the song's grid."""
        return self.bounds[0]

    @property
    def last(self) -> int:
        """Where it ends, as an index into the song's grid."""
        return self.bounds[-1]

    @property
    def is_joined(self) -> bool:
        """Whether it can be divided without dividing an eight."""
        return len(self.bounds) > 2

    def goes_on_in(self, other: Cell) -> bool:
        """Whether one move may dance through both."""
        return (self.section, self.is_eight) == (other.section, other.is_eight)


class Slot(NamedTuple):
    """Where in the song a move is wanted.

    Attributes
    ----------
    cells : sequence of Cell
        All cells still to dance, at least one.
    run : int
        How many of them, from the first, one move may dance through: those of its section.
    """

    cells: Sequence[Cell]
    run: int


def next_slot(queue: Sequence[Cell]) -> Slot:
    """Return the slot at the front of a queue of at least one cell."""
    run = 1
    while run < len(queue) and queue[0].goes_on_in(queue[run]):
        run += 1
    return Slot(queue, run)


def cut_into_cells(
    song: SongGrid, counted: Sequence[int], sections: Sequence[Section]
) -> list[Cell]:
    """Cut the song into cells that touch, from its start to its end.

    Parameters
    ----------
    counted : sequence of int
        The song's ones as indices of found beats, see ``SongAnalysis.ones``.
    sections : sequence of Section
        At least one, touching, from 0 to the song's end.

    Returns
    -------
    list of Cell
        At least one. A stretch shorter than an eight is joined to the eight beside it.
    """
    ones = [song.lead_beats + one for one in counted if one < song.n_beats]
    start, stop, end = (ones[0], ones[-1], song.last) if ones else (0, 0, song.last)
    before = range(start, 0, -BEATS_PER_EIGHT)
    after = range(stop, end, BEATS_PER_EIGHT)
    edges = list(pairwise(sorted({0, *before, *ones, *after, end})))
    spans = _joined(edges, cut_short={one for one in ones if one != start})
    if len(spans) > 1 and _length(spans[0]) < BEATS_PER_EIGHT:
        spans[:2] = [(*spans[0], *spans[1][1:])]
    if len(spans) > 1 and spans[-1][0] == stop and not _is_eight(song, stop, end):
        spans[-2:] = [(*spans[-2], end)]
    return _numbered([_cell(song, span, sections) for span in spans])


def _joined(spans: Sequence[tuple[int, int]], *, cut_short: set[int]) -> list[tuple[int, ...]]:
    """Join what a section's last eight lacks of eight beats to the eight before it.

    The song's first and last stretch are not looked at, nor any that starts at none of
    ``cut_short``.
    """
    joined: list[tuple[int, ...]] = []
    for span in spans:
        is_short = _length(span) < BEATS_PER_EIGHT and span[0] in cut_short and span != spans[-1]
        if is_short and joined:
            joined[-1] = (*joined[-1], span[1])
        else:
            joined.append(span)
    return joined


def _cell(song: SongGrid, bounds: tuple[int, ...], sections: Sequence[Section]) -> Cell:
    """Make a cell; it belongs to the section in which its eight has its middle."""
    first, last = max(pairwise(bounds), key=_length)
    middle_s = (song.times_s[first] + song.times_s[last]) / 2
    section = bisect_right([section.start_s for section in sections], middle_s) - 1
    return Cell(
        bounds=bounds,
        one=first,
        section=max(section, 0),
        eight=0,
        is_eight=_is_eight(song, first, last),
        ends_on_beat=bounds[-1] <= song.last_beat or bounds[-1] == song.last,
    )


def _numbered(cells: Sequence[Cell]) -> list[Cell]:
    """Count the eights of each section."""
    eights: Counter[int] = Counter()
    numbered = []
    for cell in cells:
        numbered.append(replace(cell, eight=eights[cell.section]))
        eights[cell.section] += cell.is_eight
    return numbered


def _is_eight(song: SongGrid, first: int, last: int) -> bool:
    """Whether a stretch is eight found beats, the last of which the song's end may cut short."""
    starts_found = song.lead_beats <= first
    ends_found = last <= song.last_beat or last == song.last == song.last_beat + 1
    return starts_found and ends_found and last - first == BEATS_PER_EIGHT


def divide(song: SongGrid, cell: Cell) -> list[Cell]:
    """Divide a cell where it was joined, else in two halves.

    Parameters
    ----------
    cell : Cell
        At least two beats long.

    Returns
    -------
    list of Cell
        Two or more; the longest keeps the eight if there is one.
    """
    bounds = cell.bounds
    if not cell.is_joined:
        bounds = (cell.first, (cell.first + cell.last) // 2, cell.last)
    return [
        Cell(
            bounds=span,
            one=span[0],
            section=cell.section,
            eight=cell.eight,
            is_eight=cell.is_eight and span[0] == cell.one and _length(span) == BEATS_PER_EIGHT,
            ends_on_beat=span[1] <= song.last_beat or span[1] == song.last,
        )
        for span in pairwise(bounds)
    ]


def _length(bounds: tuple[int, ...]) -> int:
    return bounds[-1] - bounds[0]
