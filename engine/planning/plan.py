"""The choreography of a song: which clip dances which eights, and why.

Pure and deterministic. The song is cut into *cells*: its eights, counted anew from each
section's start, the stretch before them and the stretch after them (a stretch shorter than an
eight joins the eight beside it when some clip is long enough). From left to right each cell
goes to the clip that breaks the fewest rules, in the order of ``constraints.Violations``, and
that clip dances on for as many eights as it and the section have. A section whose label was danced
before is danced with the same moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from engine.contract import (
    Clip,
    NoMatchingMoves,
    Plan,
    PlannedMove,
    Section,
    SongAnalysis,
    Wishes,
)
from engine.planning.alignment import Warp, align, align_evenly
from engine.planning.candidates import Candidate, CandidatePool, choose_candidates
from engine.planning.cells import Cell, Slot, cut_into_cells, divide, next_slot
from engine.planning.constraints import Violations
from engine.planning.ending import find_ending, holding, up_to_pose
from engine.planning.entries import Entry, clip_eight, find_entry
from engine.planning.grids import SongGrid, song_grid
from engine.planning.plan_state import Placement, PlanState

PACES = {0.5: ", at half its pace: a step on every other beat", 2.0: ", in double time"}
"""What is said of a clip that does not dance one beat of its own to a beat of the song."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A clip dancing ``n_cells`` cells, how it is aligned, and why it is this one."""

    candidate: Candidate
    n_cells: int
    warp: Warp
    why: str
    entry: int = 0


def plan(
    analysis: SongAnalysis,
    clips: Sequence[Clip],
    wishes: Wishes,
    *,
    seed: int,
    relaxed: Sequence[str] = (),
    reasons: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Choreograph a song.

    Parameters
    ----------
    analysis : SongAnalysis
        The song's beats, the one, and its sections.
    clips : sequence of Clip
        What may be danced, each with its fit to the wishes; their order does not matter.
    wishes : Wishes
        The difficulty decides who may dance; the energy tints that of the sections.
    seed : int
        Another seed gives another choreography of like quality.
    relaxed, reasons
        What was dropped to find the clips, and why; handed on before what is dropped here.

    Returns
    -------
    Plan
        Moves from 0 to the end of the song, each on its beats at 0.80 to 1.25 times its speed.
        ``relaxed`` names the rules that could not be kept, ``reasons`` says why of each.

    Raises
    ------
    NoMatchingMoves
        If no clip fits the song.
    """
    ending = find_ending(analysis)
    danced, duration_s = up_to_pose(analysis, ending), analysis.duration_s
    song = song_grid(danced)
    pool = choose_candidates(song, clips, wishes, seed=seed)
    sections = _sections(danced)
    state = PlanState(pool, wishes, sections)
    cells = cut_into_cells(song, danced.ones, sections)
    chosen = enumerate(_choices(song, state, cells))
    moves = [_planned_move(song, index, *choice) for index, choice in chosen]
    if ending is not None and ending.kind == "pose":
        moves[-1] = holding(moves[-1], end_s=duration_s)
    dropped = _all_relaxed(pool, state, relaxed, reasons)
    return Plan(
        moves=tuple(moves), relaxed=tuple(dropped), seed=seed, reasons=dropped, ending=ending
    )


def _all_relaxed(
    pool: CandidatePool, state: PlanState, relaxed: Sequence[str], reasons: Mapping[str, str]
) -> dict[str, str]:
    """Return everything that was relaxed and why: first for the clips, then for the plan."""
    dropped = dict.fromkeys(relaxed, "No move on offer answered this wish.") | dict(reasons)
    for word, reason in (*_difficulty(pool, state), *state.relaxed.items()):
        dropped.setdefault(word, reason)
    return dropped


def _sections(analysis: SongAnalysis) -> Sequence[Section]:
    """Return the song's sections; a song without any is one."""
    return analysis.sections or (
        Section(start_s=0.0, end_s=analysis.duration_s, label="A", energy="medium"),
    )


def _difficulty(pool: CandidatePool, state: PlanState) -> Iterator[tuple[str, str]]:
    """Say why the difficulty is not as wished, if it is not."""
    if pool.relaxed:
        yield "difficulty", pool.relaxed
    if not state.keeps_difficulty:
        wished = state.wishes.difficulty
        yield "difficulty", f"Too few {wished} moves can follow this song to dance most of it."


def _choices(
    song: SongGrid, state: PlanState, cells: list[Cell]
) -> Iterator[tuple[list[Cell], Choice]]:
    """Choose from left to right; a cell that nobody can dance is divided."""
    queue = list(cells)
    while queue:
        slot = next_slot(queue)
        at_s = song.times_s[queue[0].first]
        placement = state.remembered(slot)
        if placement is not None and _must_divide(song, placement, queue):
            last = placement.n_cells - 1
            queue[last : last + 1] = _divided(song, state, queue[last])
            continue
        choice = _returning(song, state, slot, placement) or _best_choice(song, state, slot)
        if choice is None:
            queue[:1] = _divided(song, state, queue[0])
            continue
        _record(state, slot, placement, choice, at_s)
        danced, queue = queue[: choice.n_cells], queue[choice.n_cells :]
        yield danced, choice


def _must_divide(song: SongGrid, placement: Placement, cells: Sequence[Cell]) -> bool:
    """Whether a returning move reaches over its eights, but not over what joined the last."""
    last = cells[placement.n_cells - 1]
    return last.is_joined and not _can_dance(song, placement.candidate, cells, placement.n_cells)


def _can_dance(song: SongGrid, candidate: Candidate, cells: Sequence[Cell], n_cells: int) -> bool:
    return _entry(song, candidate, cells, n_cells) is not None


def _entry(
    song: SongGrid, candidate: Candidate, cells: Sequence[Cell], n_cells: int
) -> Entry | None:
    """Find where the clip is entered to dance the first ``n_cells`` of all that are left."""
    return find_entry(song, candidate, cells[:n_cells], ends_song=n_cells == len(cells))


def _record(
    state: PlanState, slot: Slot, placement: Placement | None, choice: Choice, at_s: float
) -> None:
    """Let the plan's state remember a choice, and the rules it breaks."""
    danced = Placement(choice.candidate, choice.n_cells)
    if placement is not None and danced != placement:
        label = state.sections[slot.cells[0].section].label
        why = (
            "cannot follow the beats there"
            if state.may_return(placement)
            else "would follow itself"
        )
        name = placement.candidate.clip.name or placement.candidate.clip.clip_id
        state.relax("returning", f"Part {label} returns otherwise at {at_s:.1f} s: {name} {why}.")
    if placement is None or danced.candidate is not placement.candidate:
        state.record_repeat(choice.candidate, at_s=at_s)
    state.record(slot, choice.candidate, choice.n_cells, at_s=at_s)


def _returning(
    song: SongGrid, state: PlanState, slot: Slot, placement: Placement | None
) -> Choice | None:
    """Return the move this slot had when its section was danced before."""
    if placement is None or not state.may_return(placement):
        return None
    label = state.sections[slot.cells[0].section].label
    for n_cells in range(placement.n_cells, 0, -1):
        entry = _entry(song, placement.candidate, slot.cells, n_cells)
        if entry is None:
            continue
        warp = _warp(song, placement.candidate, slot.cells[:n_cells], entry)
        if warp.is_even:
            why = f"Part {label} returns, and its moves with it."
            return Choice(placement.candidate, n_cells, warp, why, entry.beat)
    return None


def _best_choice(song: SongGrid, state: PlanState, slot: Slot) -> Choice | None:
    """Return the choice that breaks the fewest rules, or None when nobody can dance here."""
    pool = state.pool
    candidates = pool.candidates if slot.cells[0].is_eight else (*pool.candidates, *pool.short)
    options = [
        option for candidate in candidates for option in _options(song, state, slot, candidate)
    ]
    options.sort(key=lambda option: option[0])
    for violations, candidate, n_cells, entry in options:
        if violations.breaks_shape and slot.cells[0].is_joined:
            return None  # divided, the cell is open to more clips
        warp = _warp(song, candidate, slot.cells[:n_cells], entry)
        if warp.is_even:
            return Choice(candidate, n_cells, warp, _why(state, slot, candidate), entry.beat)
    return _evenly_aligned(song, state, slot, candidates)


def _options(
    song: SongGrid, state: PlanState, slot: Slot, candidate: Candidate
) -> Iterator[tuple[Violations, Candidate, int, Entry]]:
    """Yield what the clip may dance here: as many cells as it can, fewer where that helps."""
    for n_cells in range(state.max_cells(slot, candidate), 0, -1):
        entry = _entry(song, candidate, slot.cells, n_cells)
        if entry is None:
            continue
        violations = state.violations(slot, candidate, n_cells, entry)
        yield violations, candidate, n_cells, entry
        if not violations.would_gain_from_less:
            return


def _evenly_aligned(
    song: SongGrid, state: PlanState, slot: Slot, candidates: Sequence[Candidate]
) -> Choice | None:
    """Cover a cell whose beats no clip can follow; cells that can be divided are, first."""
    cell = slot.cells[0]
    if cell.is_joined:
        return None
    for candidate in sorted(candidates, key=lambda each: state.violations(slot, each, 1, None)):
        warp = align_evenly(
            song, candidate.grid, first=cell.first, last=cell.last, ratio=candidate.ratio
        )
        if warp is not None:
            at_s = song.times_s[cell.first]
            state.relax("beats", f"The song has no steady beat at {at_s:.1f} s.")
            why = "The song has no steady beat here: the move goes on through it."
            return Choice(candidate, 1, warp, why)
    return None


def _divided(song: SongGrid, state: PlanState, cell: Cell) -> list[Cell]:
    """Divide a cell where it was joined, else in two halves, which is said."""
    at_s = song.times_s[cell.first]
    if not cell.is_joined:
        if cell.last - cell.first < 2:
            raise NoMatchingMoves(f"No move is long enough for the song at {at_s:.1f} s.")
        state.relax("eights", f"No move can dance the eight at {at_s:.1f} s as a whole.")
    return divide(song, cell)


def _warp(song: SongGrid, candidate: Candidate, cells: Sequence[Cell], entry: Entry) -> Warp:
    first, last = cells[0].first, cells[-1].last
    return align(
        song, candidate.grid, first=first, last=last, entry=entry.beat, ratio=candidate.ratio
    )


def _why(state: PlanState, slot: Slot, candidate: Candidate) -> str:
    """Return in a sentence why this clip is danced here."""
    cell, clip = slot.cells[0], candidate.clip
    section = state.sections[cell.section]
    if not cell.is_eight:
        return "It covers the song beside its eights."
    level, wanted = clip.energy_level, section.energy
    if level == wanted:
        fit = f"{level} energy, as in part {section.label}"
    else:
        fit = f"{level} energy for the {wanted} energy of part {section.label}"
    times = state.times_used(candidate)
    seen = f"danced {times}x before" if times else "not danced before"
    pace = PACES.get(candidate.ratio, "")
    opens = state.opens_with(candidate)
    return f"{'An easy start: ' + fit if opens else fit[0].upper() + fit[1:]}, {seen}{pace}."


def _planned_move(song: SongGrid, index: int, cells: Sequence[Cell], choice: Choice) -> PlannedMove:
    """Write a choice down as a move of the plan."""
    first = min(max(cells[0].first - song.lead_beats, 0), max(song.n_beats - 1, 0))
    last = min(max(cells[-1].last - song.lead_beats, first), max(song.n_beats - 1, first))
    return PlannedMove(
        index=index,
        clip=choice.candidate.clip,
        first_beat=first,
        n_beats=last - first,
        eights=sum(cell.is_eight for cell in cells),
        clip_times_s=choice.warp.clip_times_s,
        song_times_s=choice.warp.song_times_s,
        speed=choice.warp.speed,
        why=choice.why,
        clip_eight=clip_eight(choice.candidate, choice.entry),
    )
