"""A plan as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.contract import Plan, PlannedMove, SongAnalysis

HEADING = f"{'#':>3}  {'from':>8} {'to':>8}  {'part':<5}{'eights':>6} {'speed':>6}  move"


def explained(plan: Plan, analysis: SongAnalysis) -> Iterator[str]:
    """Give the plan line by line: times, part, eights, speed, move, and below it why."""
    yield HEADING
    indent = " " * (len(HEADING) - len("move"))
    for move in plan.moves:
        yield (
            f"{move.index + 1:>3}  {_clock(move.start_s):>8} {_clock(move.end_s):>8}  "
            f"{_part(analysis, move):<5}{move.eights:>6} {move.speed:>5.2f}x  "
            f"{move.clip.name} ({move.clip.clip_id}, {move.clip.difficulty})"
        )
        yield f"{indent}{move.why}"
    yield ""


def summed_up(plan: Plan, analysis: SongAnalysis) -> Iterator[str]:
    """Say in three lines what the choreography is like."""
    clips = {move.clip.clip_id for move in plan.moves}
    eights = sum(move.eights for move in plan.moves)
    yield (
        f"{len(plan.moves)} moves of {len(clips)} clips, {eights} eights, "
        f"{_clock(analysis.duration_s)} at {analysis.tempo_bpm:.1f} BPM, seed {plan.seed}"
    )
    parts = " ".join(f"{section.label}({section.energy})" for section in analysis.sections)
    yield f"parts: {parts}"
    yield f"relaxed: {', '.join(plan.relaxed) or 'nothing'}"


def _part(analysis: SongAnalysis, move: PlannedMove) -> str:
    """Label of the section in which a move has its middle."""
    middle_s = (move.start_s + move.end_s) / 2
    for section in analysis.sections:
        if section.start_s <= middle_s < section.end_s:
            return section.label
    return "-"


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(time_s, 60)
    return f"{int(minutes)}:{seconds:05.2f}"
