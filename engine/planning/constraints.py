"""The rules by which the next move is chosen, and the memory of the dance they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.contract import Section, Wishes
from engine.planning.candidates import ENERGY_RANK, Cast, Dancer

MOST_OF_OTHER_DIFFICULTY = 0.4
"""Share of the eights that easier moves may have: the rest is "mostly" of the wished difficulty."""

SAME_LABEL_AT_MOST = 2
"""So many moves of one label may follow each other."""


SAME_LABEL_COST = 0.25
"""What following a move of the same label costs in fit: more than a step of energy."""


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
        """Where it starts."""
        return self.bounds[0]

    @property
    def last(self) -> int:
        """Where it ends."""
        return self.bounds[-1]

    @property
    def is_joined(self) -> bool:
        """Whether it can be divided without dividing an eight."""
        return len(self.bounds) > 2

    def goes_on_in(self, other: Cell) -> bool:
        """Whether one move may dance through both."""
        return (self.section, self.is_eight) == (other.section, other.is_eight)


class Rules(NamedTuple):
    """What a choice breaks; earlier fields weigh more, the smallest tuple is the best choice."""

    clip_twice: bool
    misplaced_end: bool
    label_thrice: bool
    spoils_return: bool
    hard_opening: bool
    cuts_off_beat: bool
    difficulty_excess: float
    times_danced: int
    misfit: float
    clip_id: str

    @property
    def breaks_shape(self) -> bool:
        """Whether it breaks a rule of the dance's shape, and not only a preference."""
        return any(self[:5])

    @property
    def would_gain_from_less(self) -> bool:
        """Whether dancing fewer eights might break less."""
        return self.spoils_return or self.difficulty_excess > 0


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


class Step(NamedTuple):
    """One move of a section, as it is remembered for the section's return."""

    dancer: Dancer
    n_cells: int


@dataclass
class DanceFloor:
    """The dance so far, and what it allows next.

    ``broken`` holds the rules that could not be kept, each with the reason of the first time.
    """

    cast: Cast
    wishes: Wishes
    sections: Sequence[Section]
    broken: dict[str, str] = field(default_factory=dict)
    _danced: Counter[str] = field(default_factory=Counter)
    _eights: Counter[int] = field(default_factory=Counter)
    _labels: list[str] = field(default_factory=list)
    _previous: str = ""
    _steps: dict[str, dict[int, Step]] = field(default_factory=dict)

    def opens_with(self, dancer: Dancer) -> bool:
        """Whether this is the first eight, and the clip as easy as any."""
        return not self._eights and dancer.rank == self.cast.easiest_rank

    def times_danced(self, dancer: Dancer) -> int:
        """Count the moves a clip has danced."""
        return self._danced[dancer.clip.clip_id]

    def most_cells(self, place: Place, dancer: Dancer) -> int:
        """Count the cells a clip may dance here.

        As many as the section has, up to the next move that is remembered for it; a closing
        move's place is kept.
        """
        keep = int(self.cast.has_closing and not dancer.closes)
        most = min(place.run, len(place.cells) - keep, dancer.eights)
        if place.cells[0].is_eight:
            eight = place.cells[0].eight
            later = [known for known in self._steps_of(place.cells[0]) if known > eight]
            most = min([most, *(known - eight for known in later)])
        return max(most, 1)

    def energy_at(self, cell: Cell) -> float:
        """Give the energy wanted, 0 low … 2 high: the section's, drawn towards the wish."""
        energy = ENERGY_RANK[self.sections[cell.section].energy]
        wish = self.wishes.energy_level
        return float(energy) if wish is None else (energy + ENERGY_RANK[wish]) / 2

    def rules(self, place: Place, dancer: Dancer, n_cells: int) -> Rules:
        """Say what it would break if this clip danced the next ``n_cells`` cells."""
        clip = dancer.clip
        again = SAME_LABEL_COST * (self._labels[-1:] == [clip.move_label])
        return Rules(
            clip_twice=clip.clip_id == self._previous,
            misplaced_end=any(self._misplaces(place, dancer, n_cells)),
            label_thrice=self._is_third(clip.move_label),
            spoils_return=self._spoils_return(place, dancer, n_cells),
            hard_opening=self._opens_hard(dancer),
            cuts_off_beat=not place.cells[n_cells - 1].ends_on_beat,
            difficulty_excess=self._excess(dancer, n_cells),
            times_danced=self.times_danced(dancer),
            misfit=round(again - dancer.fit(self.energy_at(place.cells[0])), 9),
            clip_id=clip.clip_id,
        )

    def remembered(self, place: Place) -> Step | None:
        """Give the move this place had when its section was danced before.

        None where nothing is remembered, and for the moves that belong to the song's ends:
        another one takes the opening move's place, and keeps it.
        """
        cell = place.cells[0]
        if not cell.is_eight or (len(place.cells) == 1 and self.cast.has_closing):
            return None
        step = self._steps_of(cell).get(cell.eight)
        if step is None or step.dancer.opens:
            return None
        return Step(step.dancer, min(step.n_cells, self.most_cells(place, step.dancer)))

    def may_return(self, step: Step) -> bool:
        """Whether the remembered move would not follow itself."""
        return step.dancer.clip.clip_id != self._previous

    def note(self, place: Place, dancer: Dancer, n_cells: int, *, at_s: float) -> None:
        """Remember a move that is danced from ``at_s`` on, and the rules it breaks."""
        clip, cell = dancer.clip, place.cells[0]
        self._note_broken(place, dancer, n_cells, at_s)
        self._danced[clip.clip_id] += 1
        self._labels.append(clip.move_label)
        self._previous = clip.clip_id
        if cell.is_eight:
            self._eights[dancer.rank] += n_cells
            steps = self._steps_of(cell)
            known = steps.get(cell.eight)
            if known is None or known.dancer.opens:
                steps[cell.eight] = Step(dancer, n_cells)

    def note_repeat(self, dancer: Dancer, *, at_s: float) -> None:
        """Say so when a newly chosen move has been danced though another has not."""
        if not self.times_danced(dancer):
            return
        fresh = [other for other in self.cast.dancers if self._is_fresh(other)]
        if fresh:
            self.breaks(
                "repeats",
                f"{_name(dancer)} repeats at {at_s:.1f} s: of the {len(fresh)} moves not danced "
                "yet, each is too short there or would break another rule.",
            )

    def breaks(self, rule: str, reason: str) -> None:
        """Note a rule that is not kept; the reason of the first time stays."""
        self.broken.setdefault(rule, reason)

    @property
    def keeps_difficulty(self) -> bool:
        """Whether most eights have the wished difficulty."""
        return 2 * self._eights[self.cast.main_rank] > self._eights.total() or not self._eights

    def _steps_of(self, cell: Cell) -> dict[int, Step]:
        """Give what is remembered of a section, by the eight it starts at."""
        return self._steps.setdefault(self.sections[cell.section].label, {})

    def _note_broken(self, place: Place, dancer: Dancer, n_cells: int, at_s: float) -> None:
        name, only = _name(dancer), "no other move fits there."
        lacks_opening, lacks_closing, strays = self._misplaces(place, dancer, n_cells)
        if dancer.clip.clip_id == self._previous:
            self.breaks("clip_twice", f"{name} follows itself at {at_s:.1f} s: {only}")
        if self._is_third(dancer.clip.move_label):
            label = dancer.clip.move_label
            self.breaks("label_thrice", f"A third {label} in a row at {at_s:.1f} s: {only}")
        if lacks_opening:
            self.breaks("intro", "No opening move fits the start of the song.")
        if lacks_closing:
            self.breaks("outro", "No closing move fits the end of the song.")
        if strays:
            rule = "intro" if dancer.opens else "outro"
            self.breaks(rule, f"{name} dances at {at_s:.1f} s: {only}")
        if place.cells[0].is_eight and self._opens_hard(dancer):
            self.breaks("opening", f"The first eight is {dancer.clip.difficulty}: {only}")

    def _misplaces(self, place: Place, dancer: Dancer, n_cells: int) -> tuple[bool, bool, bool]:
        """Whether an opening move lacks, a closing move lacks, or one is elsewhere."""
        first = not self._previous
        last = n_cells == len(place.cells)
        strays = (dancer.opens and not first) or (dancer.closes and not last)
        lacks_opening = first and self.cast.has_opening and not dancer.opens
        return lacks_opening, last and self.cast.has_closing and not dancer.closes, strays

    def _opens_hard(self, dancer: Dancer) -> bool:
        return not self._eights and dancer.rank > self.cast.easiest_rank

    def _is_fresh(self, dancer: Dancer) -> bool:
        ends = dancer.opens or dancer.closes
        return not (ends or self.times_danced(dancer) or self._excess(dancer, 1))

    def _is_third(self, label: str) -> bool:
        recent = self._labels[-SAME_LABEL_AT_MOST:]
        return len(recent) == SAME_LABEL_AT_MOST and set(recent) == {label}

    def _spoils_return(self, place: Place, dancer: Dancer, n_cells: int) -> bool:
        """Whether the moves remembered for what follows could not come after this one."""
        if n_cells == len(place.cells):
            return False
        cell, follower = place.cells[0], place.cells[n_cells]
        steps = self._steps_of(follower)
        if not steps:  # a section of one move, followed by its like
            return n_cells == place.run and cell.eight == 0 and self._steps_of(cell) is steps
        if follower.eight not in steps or steps[follower.eight].dancer.opens:
            return False
        eights = sorted(eight for eight in steps if eight >= follower.eight)[:2]
        coming = [steps[eight].dancer.clip for eight in eights]
        labels = [*self._labels[-1:], dancer.clip.move_label, *(c.move_label for c in coming)]
        thrice = any(len(set(labels[i : i + 3])) == 1 for i in range(len(labels) - 2))
        return thrice or coming[0].clip_id == dancer.clip.clip_id

    def _excess(self, dancer: Dancer, n_cells: int) -> float:
        """Count the eights too many that moves of another difficulty than wished would have.

        Where too few moves have the wished difficulty, only harder ones can be too many.
        """
        main, easier_counts = self.cast.main_rank, self.cast.has_main

        def counts(rank: int) -> bool:
            return rank > main or (easier_counts and rank < main)

        if not counts(dancer.rank):
            return 0.0
        others = sum(n for rank, n in self._eights.items() if counts(rank)) + n_cells
        most = MOST_OF_OTHER_DIFFICULTY * (self._eights.total() + n_cells)
        return max(0.0, round(others - most, 9))


def _name(dancer: Dancer) -> str:
    return dancer.clip.name or dancer.clip.clip_id
