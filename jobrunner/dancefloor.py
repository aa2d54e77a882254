"""The rules by which the next move is chosen, and the memory of the dance they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from jobrunner.casting import ENERGY_RANK, Cast, Dancer
from jobrunner.contract import Section, Wishes

MOST_OF_OTHER_DIFFICULTY = 0.4
"""Share of the eights that easier moves may have: the rest is "mostly" of the wished difficulty."""

SAME_LABEL_AT_MOST = 2
"""So many moves of one label may follow each other."""


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
    is_eight : bool
        Whether a whole eight is inside.
    ends_on_beat : bool
        Whether it ends on a beat that was found, or with the song.
    """

    bounds: tuple[int, ...]
    one: int
    section: int
    is_eight: bool
    ends_on_beat: bool

    @property
    def first(self) -> int:
        """Where it starts."""
        return self.bounds[0]

    @property
    def last(self) -> int:
        """Where it ends."""
        return self.bounds[-1]

    def goes_on_in(self, other: Cell) -> bool:
        """Whether one move may dance through both."""
        return (self.section, self.is_eight) == (other.section, other.is_eight)


class Rules(NamedTuple):
    """What a choice breaks; earlier fields weigh more, the smallest tuple is the best choice."""

    clip_twice: bool
    misplaced_end: bool
    label_thrice: bool
    begins_next_section: bool
    hard_opening: bool
    cuts_off_beat: bool
    difficulty_share: bool
    times_danced: int
    misfit: float
    clip_id: str

    @property
    def breaks_shape(self) -> bool:
        """Whether it breaks a rule of the dance's shape, and not only a preference."""
        return any(self[:5])


class Place(NamedTuple):
    """Where in the song a move is wanted: the cells still to dance, up to its section's end."""

    cells: Sequence[Cell]
    run: int
    """How many of the cells, from the first, belong to its section."""


def place_of(queue: Sequence[Cell]) -> Place:
    """Look at the front of the queue."""
    run = 1
    while run < len(queue) and queue[0].goes_on_in(queue[run]):
        run += 1
    return Place(queue, run)


@dataclass
class DanceFloor:
    """The dance so far, and what it allows next."""

    cast: Cast
    wishes: Wishes
    sections: Sequence[Section]
    broken: dict[str, None] = field(default_factory=dict)
    _danced: Counter[str] = field(default_factory=Counter)
    _eights: Counter[int] = field(default_factory=Counter)
    _labels: list[str] = field(default_factory=list)
    _previous: str = ""
    _section: int = -1
    _step: int = 0
    _steps: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def opens_with(self, dancer: Dancer) -> bool:
        """Whether this is the first eight, and the clip as easy as any."""
        return not self._eights and dancer.rank == self.cast.easiest_rank

    def times_danced(self, dancer: Dancer) -> int:
        """Count the moves a clip has danced."""
        return self._danced[dancer.clip.clip_id]

    def most_cells(self, place: Place, dancer: Dancer) -> int:
        """Count the cells a clip may dance here: the section's, a closing move's place kept."""
        keep = int(self.cast.has("outro") and not dancer.plays("outro"))
        most = min(place.run, len(place.cells) - keep, dancer.eights)
        return max(most, 1)

    def energy_at(self, cell: Cell) -> float:
        """Give the energy wanted, 0 low … 2 high: the section's, drawn towards the wish."""
        energy = ENERGY_RANK[self.sections[cell.section].energy]
        wish = self.wishes.energy_level
        return float(energy) if wish is None else (energy + ENERGY_RANK[wish]) / 2

    def rules(self, place: Place, dancer: Dancer, n_cells: int) -> Rules:
        """Say what it would break if this clip danced the next ``n_cells`` cells."""
        clip = dancer.clip
        return Rules(
            clip_twice=clip.clip_id == self._previous,
            misplaced_end=self._is_misplaced(place, dancer, n_cells),
            label_thrice=self._is_third(clip.move_label),
            begins_next_section=self._begins_next(place, dancer, n_cells),
            hard_opening=not self._eights and dancer.rank > self.cast.easiest_rank,
            cuts_off_beat=not place.cells[n_cells - 1].ends_on_beat,
            difficulty_share=self._tips_share(dancer, n_cells),
            times_danced=self.times_danced(dancer),
            misfit=round(-dancer.fit(self.energy_at(place.cells[0])), 9),
            clip_id=clip.clip_id,
        )

    def remembered(self, place: Place) -> tuple[Dancer, int] | None:
        """Give the move of this place when the section's label was danced before.

        None where nothing is remembered, where the clip would follow itself, and for the moves
        that belong to the song's ends.
        """
        cell = place.cells[0]
        if not cell.is_eight or (len(place.cells) == 1 and self.cast.has("outro")):
            return None
        steps = self._steps.get(self.sections[cell.section].label, [])
        step = self._step if cell.section == self._section else 0
        if step >= len(steps) or steps[step][0] == self._previous:
            return None
        dancer = self.cast.find(steps[step][0])
        if dancer.plays("intro"):
            return None
        return dancer, min(steps[step][1], self.most_cells(place, dancer))

    def note(self, cells: Sequence[Cell], dancer: Dancer) -> None:
        """Remember a move that was chosen, and the rules it broke."""
        clip = dancer.clip
        if clip.clip_id == self._previous:
            self.broken["clip_twice"] = None
        if self._is_third(clip.move_label):
            self.broken["label_thrice"] = None
        self._danced[clip.clip_id] += 1
        self._labels.append(clip.move_label)
        self._previous = clip.clip_id
        if cells[0].is_eight:
            self._eights[dancer.rank] += len(cells)
            self._learn(cells, dancer)

    @property
    def keeps_difficulty(self) -> bool:
        """Whether most eights have the wished difficulty."""
        return 2 * self._eights[self.cast.main_rank] > self._eights.total() or not self._eights

    def _learn(self, cells: Sequence[Cell], dancer: Dancer) -> None:
        section = cells[0].section
        if section != self._section:
            self._section, self._step = section, 0
        steps = self._steps.setdefault(self.sections[section].label, [])
        if self._step == len(steps):
            steps.append((dancer.clip.clip_id, len(cells)))
        self._step += 1

    def _is_misplaced(self, place: Place, dancer: Dancer, n_cells: int) -> bool:
        """Whether an opening or closing move is elsewhere, or missing where there is one."""
        opens = not self._previous
        closes = n_cells == len(place.cells)
        lacks_intro = opens and self.cast.has("intro") and not dancer.plays("intro")
        lacks_outro = closes and self.cast.has("outro") and not dancer.plays("outro")
        strays = (dancer.plays("intro") and not opens) or (dancer.plays("outro") and not closes)
        return lacks_intro or lacks_outro or strays

    def _is_third(self, label: str) -> bool:
        recent = self._labels[-SAME_LABEL_AT_MOST:]
        return len(recent) == SAME_LABEL_AT_MOST and set(recent) == {label}

    def _begins_next(self, place: Place, dancer: Dancer, n_cells: int) -> bool:
        """Whether the section that follows is remembered to begin with the like of this."""
        if n_cells != place.run or n_cells == len(place.cells):
            return False
        steps = self._steps.get(self.sections[place.cells[n_cells].section].label)
        return steps is not None and steps[0][0] == dancer.clip.clip_id

    def _tips_share(self, dancer: Dancer, n_cells: int) -> bool:
        """Whether it would make moves of another difficulty than wished too many."""
        main = self.cast.main_rank
        if dancer.rank == main or not self.cast.has_main:
            return False
        total = self._eights.total() + n_cells
        others = total - self._eights[main]
        return others > MOST_OF_OTHER_DIFFICULTY * total
