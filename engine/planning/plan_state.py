"""The plan as far as it is made: what it remembers, and what it allows next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.contract import Section, Wishes
from engine.planning.candidates import Candidate, CandidatePool
from engine.planning.cells import Cell, Slot
from engine.planning.constraints import (
    LEAVES_ROOM_COST,
    LEAVES_SCENE_COST,
    LONE_EIGHT_COST,
    MAX_OTHER_DIFFICULTY_SHARE,
    MAX_SAME_LABEL,
    SAME_LABEL_COST,
    STYLE_COST,
    Violations,
)
from engine.planning.entries import Entry
from engine.planning.rules import ENERGY_RANK


class Placement(NamedTuple):
    """One move of a section, and its cells, as remembered for the section's return."""

    candidate: Candidate
    n_cells: int


@dataclass
class PlanState:
    """The plan so far, and what it allows next.

    Its methods take the ``Slot`` where a move is wanted, a ``Candidate`` of the pool for it, and
    ``n_cells``, how many of the slot's cells it would dance: 1 … ``max_cells``.

    Attributes
    ----------
    sections : sequence of Section
        At least one; ``Cell.section`` is an index into it.
    relaxed : dict of str to str
        The rules that could not be kept, each with the reason of the first time.
    """

    pool: CandidatePool
    wishes: Wishes
    sections: Sequence[Section]
    relaxed: dict[str, str] = field(default_factory=dict)
    _uses: Counter[str] = field(default_factory=Counter)
    _eights: Counter[int] = field(default_factory=Counter)
    _labels: list[str] = field(default_factory=list)
    _previous: str = ""
    _room: str = ""
    _scene: str = ""
    _section: int = -1
    _placements: dict[str, dict[int, Placement]] = field(default_factory=dict)

    def opens_with(self, candidate: Candidate) -> bool:
        """Whether this is the first eight, and the clip as easy as any."""
        return not self._eights and candidate.rank == self.pool.easiest_rank

    def times_used(self, candidate: Candidate) -> int:
        """Return how many moves a clip has danced."""
        return self._uses[candidate.clip.clip_id]

    def max_cells(self, slot: Slot, candidate: Candidate) -> int:
        """Return how many cells a clip may dance here, ≥ 1.

        As many as the section has, up to the next move that is remembered for it; a closing
        move's slot is kept.
        """
        keep = int(self.pool.has_closing and not candidate.closes)
        most = min(self._open_cells(slot), len(slot.cells) - keep, candidate.eights)
        return max(most, 1)

    def _open_cells(self, slot: Slot) -> int:
        """Return how many cells nothing is remembered for, ≥ 1, from the slot's first on."""
        if not slot.cells[0].is_eight:
            return slot.run
        eight = slot.cells[0].eight
        later = [known for known in self._placements_of(slot.cells[0]) if known > eight]
        return min([slot.run, *(known - eight for known in later)])

    def energy_at(self, cell: Cell) -> float:
        """Return the energy wanted, 0 low … 2 high: the section's, drawn half-way to the wish."""
        energy = ENERGY_RANK[self.sections[cell.section].energy]
        wish = self.wishes.energy_level
        return float(energy) if wish is None else (energy + ENERGY_RANK[wish]) / 2

    def violations(
        self, slot: Slot, candidate: Candidate, n_cells: int, entry: Entry | None
    ) -> Violations:
        """Return what it would break if this clip danced the next ``n_cells`` cells, ≥ 1.

        ``entry`` says where it is entered; None where it cannot follow the beats.
        """
        clip = candidate.clip
        again = SAME_LABEL_COST * (self._labels[-1:] == [clip.move_label])
        return Violations(
            out_of_step=entry is None or not entry.is_in_step,
            clip_twice=clip.clip_id == self._previous,
            cuts_figure=entry is None or not entry.has_figure,
            misplaced_end=any(self._misplacements(slot, candidate, n_cells)),
            label_thrice=self._is_third(clip.move_label),
            spoils_return=self._spoils_return(slot, candidate, n_cells),
            hard_opening=self._opens_hard(candidate),
            cuts_off_beat=not slot.cells[n_cells - 1].ends_on_beat,
            misses_energy=not candidate.preference.is_nearest,
            unrest=self._unrest(slot, candidate, n_cells),
            difficulty_excess=self._excess(candidate, n_cells),
            wear=self._wear(candidate),
            cost=round(again - candidate.fit(self.energy_at(slot.cells[0])), 9),
            clip_id=clip.clip_id,
        )

    def _unrest(self, slot: Slot, candidate: Candidate, n_cells: int) -> float:
        """Return what other rooms, moves of a single eight and lack of style cost here, ≥ 0."""
        lone_cost = LONE_EIGHT_COST * self._lone_eights(slot, candidate, n_cells)
        style_cost = STYLE_COST * self._lacks_style(candidate)
        return round(self.room_cost(slot, candidate) + lone_cost + style_cost, 9)

    def _lacks_style(self, candidate: Candidate) -> float:
        """Return how little the clip adds to a wished style, 0 … 1; the less, the oftener."""
        if not self.wishes.style:
            return 0.0
        return 1 - candidate.preference.share / (1 + self.times_used(candidate))

    def _lone_eights(self, slot: Slot, candidate: Candidate, n_cells: int) -> float:
        """Return how many moves of one eight come of dancing ``n_cells``, beyond what must be.

        It is one itself; half a one for each that it forces: it leaves one eight over, or nothing
        longer can come after it.
        """
        open_cells = self._open_cells(slot)
        forced, rest = 0, open_cells - n_cells
        if rest > 1 and not self._can_follow_longer(candidate):
            forced, rest = 1, rest - 1
        return (n_cells == 1 < open_cells) + (forced + (rest == 1)) / 2

    def _can_follow_longer(self, candidate: Candidate) -> bool:
        """Whether a move of several eights may come next in this room."""
        label, room = candidate.clip.move_label, candidate.clip.room
        is_second = self._labels[-1:] == [label]
        return any(
            other.eights_in_step > 1
            and other.preference.is_nearest
            and other is not candidate
            and not (is_second and other.clip.move_label == label)
            and (self.wishes.camera == "change" or other.clip.room == room)
            for other in self.pool.candidates
        )

    def room_cost(self, slot: Slot, candidate: Candidate) -> float:
        """Return what it costs to dance on in the candidate's room, ≥ 0.

        Within a section staying is free, but for another scene of the room. At its start, and
        where the room is left, it costs the share of the section, 0 … 1, that the room's clips
        cannot dance well.
        """
        room, section = candidate.clip.room, slot.cells[0].section
        if self.wishes.camera == "change" or not self.pool.has_rooms:
            return 0.0
        stays = section == self._section
        if stays and room == self._room and room:
            return LEAVES_SCENE_COST * (candidate.clip.scene != self._scene)
        lacks = max(0.0, 1 - self._eights_of_room(room, slot) / slot.run) if room else 1.0
        return round(lacks + LEAVES_ROOM_COST * stays, 9)

    def _eights_of_room(self, room: str, slot: Slot) -> float:
        """Return how many eights the room's clips can dance well, each for its share of the dance.

        A move of one eight needs a longer one beside it. What was danced before counts half, and
        less with a style, whose share says how often it comes.
        """
        clips = [c for c in self.pool.candidates if c.clip.room == room and self._is_free(c)]
        longer = [clip for clip in clips if clip.eights_in_step > 1]
        single = [clip for clip in clips if clip.eights_in_step == 1]
        if slot.run > 1:
            single = sorted(single, key=self._wear)[: len(longer)]
        return sum(self._eights_left(each) for each in (*longer, *single))

    def _eights_left(self, candidate: Candidate) -> float:
        used = self.times_used(candidate)
        times = used if self.wishes.style else min(used, 1)
        return candidate.eights_in_step * candidate.preference.share / (1 + times)

    def _is_free(self, candidate: Candidate) -> bool:
        if not candidate.preference.is_nearest:
            return False
        ends = candidate.opens or candidate.closes
        return not (ends or self._excess(candidate, 1))

    def remembered(self, slot: Slot) -> Placement | None:
        """Return the move this slot had when its section was danced before.

        None where nothing is remembered, and for the moves that belong to the song's ends:
        another one takes the opening move's slot, and keeps it.
        """
        cell = slot.cells[0]
        if not cell.is_eight or (len(slot.cells) == 1 and self.pool.has_closing):
            return None
        placement = self._placements_of(cell).get(cell.eight)
        if placement is None or placement.candidate.opens:
            return None
        return Placement(
            placement.candidate, min(placement.n_cells, self.max_cells(slot, placement.candidate))
        )

    def may_return(self, placement: Placement) -> bool:
        """Whether the remembered move would not follow itself."""
        return placement.candidate.clip.clip_id != self._previous

    def record(self, slot: Slot, candidate: Candidate, n_cells: int, *, at_s: float) -> None:
        """Remember a move danced from ``at_s`` seconds on, and the rules it breaks."""
        clip, cell = candidate.clip, slot.cells[0]
        self._record_violations(slot, candidate, n_cells, at_s)
        self._uses[clip.clip_id] += 1
        self._labels.append(clip.move_label)
        self._previous = clip.clip_id
        self._room, self._scene, self._section = clip.room, clip.scene, cell.section
        if cell.is_eight:
            self._eights[candidate.rank] += n_cells
            placements = self._placements_of(cell)
            known = placements.get(cell.eight)
            if known is None or known.candidate.opens:
                placements[cell.eight] = Placement(candidate, n_cells)

    def record_repeat(self, candidate: Candidate, *, at_s: float) -> None:
        """Relax ``repeats`` when a newly chosen move was danced before and another never was."""
        if not self.times_used(candidate):
            return
        room = candidate.clip.room if self.wishes.camera == "stay" else ""
        fresh = [
            other
            for other in self.pool.candidates
            if self._is_fresh(other) and room in ("", other.clip.room)
            if self._wear(other) < self._wear(candidate)
        ]
        if fresh:
            self.relax(
                "repeats",
                f"{_name(candidate)} repeats at {at_s:.1f} s: of the {len(fresh)} moves not danced "
                "yet, each is too short there or would break another rule.",
            )

    def relax(self, rule: str, reason: str) -> None:
        """Note a rule that is not kept, and why; the reason of the first time stays."""
        self.relaxed.setdefault(rule, reason)

    @property
    def keeps_difficulty(self) -> bool:
        """Whether most eights have the wished difficulty."""
        return 2 * self._eights[self.pool.main_rank] > self._eights.total() or not self._eights

    def _placements_of(self, cell: Cell) -> dict[int, Placement]:
        """Return what is remembered of a section, by the eight it starts at."""
        return self._placements.setdefault(self.sections[cell.section].label, {})

    def _record_violations(
        self, slot: Slot, candidate: Candidate, n_cells: int, at_s: float
    ) -> None:
        name, only = _name(candidate), "no other move fits there."
        lacks_opening, lacks_closing, misplaced = self._misplacements(slot, candidate, n_cells)
        if candidate.clip.clip_id == self._previous:
            self.relax("clip_twice", f"{name} follows itself at {at_s:.1f} s: {only}")
        if self._is_third(candidate.clip.move_label):
            label = candidate.clip.move_label
            self.relax("label_thrice", f"A third {label} in a row at {at_s:.1f} s: {only}")
        if lacks_opening:
            self.relax("intro", "No opening move fits the start of the song.")
        if lacks_closing:
            self.relax("outro", "No closing move fits the end of the song.")
        if misplaced:
            rule = "intro" if candidate.opens else "outro"
            self.relax(rule, f"{name} dances at {at_s:.1f} s: {only}")
        if slot.cells[0].is_eight and self._opens_hard(candidate):
            self.relax("opening", f"The first eight is {candidate.clip.difficulty}: {only}")

    def _misplacements(
        self, slot: Slot, candidate: Candidate, n_cells: int
    ) -> tuple[bool, bool, bool]:
        """Whether an opening move lacks, a closing move lacks, or one is elsewhere."""
        first = not self._previous
        last = n_cells == len(slot.cells)
        misplaced = (candidate.opens and not first) or (candidate.closes and not last)
        lacks_opening = first and self.pool.has_opening and not candidate.opens
        return lacks_opening, last and self.pool.has_closing and not candidate.closes, misplaced

    def _opens_hard(self, candidate: Candidate) -> bool:
        return not self._eights and candidate.rank > self.pool.easiest_rank

    def _wear(self, candidate: Candidate) -> float:
        """Return the moves the clip would have danced with this one, for its share."""
        return round((self.times_used(candidate) + 1) / candidate.preference.share, 9)

    def _is_fresh(self, candidate: Candidate) -> bool:
        return self._is_free(candidate) and not self.times_used(candidate)

    def _is_third(self, label: str) -> bool:
        recent = self._labels[-MAX_SAME_LABEL:]
        return len(recent) == MAX_SAME_LABEL and set(recent) == {label}

    def _spoils_return(self, slot: Slot, candidate: Candidate, n_cells: int) -> bool:
        """Whether the moves remembered for what follows could not come after this one."""
        if n_cells == len(slot.cells):
            return False
        cell, follower = slot.cells[0], slot.cells[n_cells]
        placements = self._placements_of(follower)
        if not placements:  # a section of one move, followed by its like
            return (
                n_cells == slot.run and cell.eight == 0 and self._placements_of(cell) is placements
            )
        if follower.eight not in placements or placements[follower.eight].candidate.opens:
            return False
        eights = sorted(eight for eight in placements if eight >= follower.eight)[:2]
        coming = [placements[eight].candidate.clip for eight in eights]
        labels = [*self._labels[-1:], candidate.clip.move_label, *(c.move_label for c in coming)]
        thrice = any(len(set(labels[i : i + 3])) == 1 for i in range(len(labels) - 2))
        return thrice or coming[0].clip_id == candidate.clip.clip_id

    def _excess(self, candidate: Candidate, n_cells: int) -> float:
        """Count the eights too many that moves of another difficulty than wished would have.

        Where too few moves have the wished difficulty, only harder ones can be too many.
        """
        main, easier_counts = self.pool.main_rank, self.pool.has_main

        def counts(rank: int) -> bool:
            return rank > main or (easier_counts and rank < main)

        if not counts(candidate.rank):
            return 0.0
        others = sum(n for rank, n in self._eights.items() if counts(rank)) + n_cells
        most = MAX_OTHER_DIFFICULTY_SHARE * (self._eights.total() + n_cells)
        return max(0.0, round(others - most, 9))


def _name(candidate: Candidate) -> str:
    return candidate.clip.name or candidate.clip.clip_id
