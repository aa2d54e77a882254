"""How a song ends: on a last hit, which the dancers hold a pose on, or in a fade."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.contract import BEATS_PER_EIGHT, Ending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.contract import PlannedMove, Section, SongAnalysis

LOUD, SILENT = 0.5, 0.1
"""Shares of the song's usual loudness: what a hit has, and what nobody hears."""

MIN_POSE_S, MAX_POSE_S = 0.4, 8.0
"""A pose is a moment; where a song rings on for longer, or stops at once, they dance to its end."""

MIN_FADE_S = 1.5
MIN_FADE_STRETCHES = 6
MAX_FADE_S = 6.0
ATTACK = 1.1
MIN_ATTACKS_HZ = 0.8
"""Music that fades goes on, so it grows louder at its beats; a last chord that rings out only
falls."""

HOLD_S = 0.001
"""How much of the clip the pose takes: a warp has no step of no length."""


def find_ending(analysis: SongAnalysis) -> Ending | None:
    """Find how a song ends by the loudness of its last seconds.

    Parameters
    ----------
    analysis : SongAnalysis
        Its peaks tell the loudness, its beats where a pose may begin.

    Returns
    -------
    Ending or None
        A pose from the last beat that is struck; a fade of the picture where the music goes on
        while it fades; None where it does neither, for instance where it is cut off.
    """
    peaks = np.asarray(analysis.peaks, dtype=np.float64)
    heard = peaks[peaks > 0]
    if not len(heard) or len(analysis.beats_s) <= BEATS_PER_EIGHT:
        return None
    loudness, step_s = peaks / np.median(heard), analysis.duration_s / len(peaks)
    fade = _fade(loudness, step_s=step_s, duration_s=analysis.duration_s)
    return fade or _pose(loudness, analysis.beats_s, step_s=step_s, end_s=analysis.duration_s)


def _fade(loudness: NDArray[np.float64], *, step_s: float, duration_s: float) -> Ending | None:
    quiet, silent = (_after_last(loudness >= level) for level in (LOUD, SILENT))
    falling = loudness[quiet:silent]
    if len(falling) * step_s < MIN_FADE_S or len(falling) < MIN_FADE_STRETCHES:
        return None
    attacks = int(np.sum(falling[1:] > ATTACK * falling[:-1]))
    if attacks < MIN_ATTACKS_HZ * len(falling) * step_s:
        return None
    return Ending(kind="fade", start_s=max(quiet * step_s, duration_s - MAX_FADE_S))


def _pose(
    loudness: NDArray[np.float64], beats_s: NDArray[np.float64], *, step_s: float, end_s: float
) -> Ending | None:
    places = np.clip((beats_s / step_s).astype(int), 0, len(loudness) - 1)
    after = np.clip(places + 1, 0, len(loudness) - 1)
    struck = np.flatnonzero(np.maximum(loudness[places], loudness[after]) >= LOUD)
    is_cut_off = loudness[-1] >= LOUD
    if is_cut_off or not len(struck) or struck[-1] < BEATS_PER_EIGHT:
        return None
    hit_s = float(beats_s[struck[-1]])
    return Ending(kind="pose", start_s=hit_s) if MIN_POSE_S <= end_s - hit_s <= MAX_POSE_S else None


def _after_last(is_so: NDArray[np.bool_]) -> int:
    return int(np.flatnonzero(is_so)[-1]) + 1 if is_so.any() else 0


def up_to_pose(analysis: SongAnalysis, ending: Ending | None) -> SongAnalysis:
    """Return the song as far as it is danced: up to the pose, else all of it."""
    if ending is None or ending.kind != "pose":
        return analysis
    return replace(
        analysis,
        duration_s=ending.start_s,
        beats_s=analysis.beats_s[analysis.beats_s < ending.start_s],
        sections=_ended(analysis.sections, ending.start_s),
    )


def _ended(sections: Sequence[Section], end_s: float) -> tuple[Section, ...]:
    """Return the sections before the end; the last one reaches up to it."""
    before = [section for section in sections if section.start_s < end_s]
    return (*before[:-1], *(replace(section, end_s=end_s) for section in before[-1:]))


def holding(move: PlannedMove, *, end_s: float) -> PlannedMove:
    """Return the last move with its last picture held until the song ends, at ``end_s`` seconds."""
    last_s = move.clip_times_s[-1]
    return replace(
        move,
        clip_times_s=(*move.clip_times_s[:-1], last_s - HOLD_S, last_s),
        song_times_s=(*move.song_times_s, end_s),
        why=f"{move.why} Its pose is held from {move.end_s:.1f} s on.",
    )
