"""The finished plan as data, for the player, and what can be measured of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.contract import Figure, Plan, PlannedMove, SongAnalysis

VERSION = 2
DIGITS = 4
"""Decimals of times written: a tenth of a millisecond."""


def timeline(plan: Plan, analysis: SongAnalysis, *, title: str) -> dict[str, Any]:
    """Return the choreography as plain JSON values, version 2.

    ``ones`` are indices into ``beats_s``; ``clip_start_s``, ``clip_end_s``, ``clip_one_s`` and
    ``figure`` are seconds in the clip's own time, ``clip_eight`` is the eight of the clip that the
    move begins with, ``camera`` names the room. Version 1 had ``first_one`` in place of ``ones``,
    and nothing of the clip but its id.

    Parameters
    ----------
    plan, analysis
        A song's plan, and the analysis it was made from.
    title : str
        What the song is called.

    Returns
    -------
    dict
        Times in seconds to 0.1 ms, tempo in BPM to 0.01, speeds to 0.0001, peaks to 0.001.
    """
    return {
        "version": VERSION,
        "song": {
            "title": title,
            "duration_s": round(analysis.duration_s, DIGITS),
            "tempo_bpm": round(analysis.tempo_bpm, 2),
        },
        "beats_s": [round(float(beat_s), DIGITS) for beat_s in analysis.beats_s],
        "ones": list(analysis.ones),
        "sections": [
            asdict(section)
            | {"start_s": round(section.start_s, DIGITS), "end_s": round(section.end_s, DIGITS)}
            for section in analysis.sections
        ],
        "moves": [_move(move) for move in plan.moves],
        "relaxed": list(plan.relaxed),
        "relaxed_because": dict(plan.reasons),
        "peaks": [round(float(peak), 3) for peak in analysis.peaks],
        "seed": plan.seed,
    }


def _move(move: PlannedMove) -> dict[str, Any]:
    clip = move.clip
    return {
        "index": move.index,
        "start_s": round(move.start_s, DIGITS),
        "end_s": round(move.end_s, DIGITS),
        "eights": move.eights,
        "clip_id": move.clip.clip_id,
        "move_label": move.clip.move_label,
        "name": move.clip.name,
        "speed": round(move.speed, DIGITS),
        "why": move.why,
        "clip_start_s": round(move.clip_times_s[0], DIGITS),
        "clip_end_s": round(move.clip_times_s[-1], DIGITS),
        "clip_one_s": round(clip.keyframes_s[clip.one], DIGITS),
        "clip_eight": move.clip_eight,
        "figure": None if clip.figure is None else _figure(clip.figure),
        "camera": clip.room,
    }


def _figure(figure: Figure) -> dict[str, float]:
    return {"start_s": round(figure.start_s, DIGITS), "end_s": round(figure.end_s, DIGITS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How well a plan keeps to the beat; the numbers of the table in the documentation.

    Attributes
    ----------
    cut_error_max_s : float
        Farthest cut from its nearest song beat, in seconds; the song's start is no cut.
    clip_beat_error_p50_s, clip_beat_error_p95_s : float
        Distance of the clips' beats, as shown, from the nearest song beat, in seconds.
    speed_min, speed_max : float
        Mean speed of the slowest and the fastest move.
    gap_max_s : float
        Longest stretch of song that no move covers, in seconds.
    """

    cut_error_max_s: float
    clip_beat_error_p50_s: float
    clip_beat_error_p95_s: float
    speed_min: float
    speed_max: float
    gap_max_s: float


def measure(plan: Plan, analysis: SongAnalysis) -> Measures:
    """Measure a plan against the song's beats.

    Parameters
    ----------
    plan : Plan
        With at least one move.
    analysis : SongAnalysis
        The one it was made from, with at least one beat.
    """
    clip_beats = clip_beat_errors_s(plan, analysis.beats_s)
    speeds = [move.speed for move in plan.moves]
    return Measures(
        cut_error_max_s=float(cut_errors_s(plan, analysis.beats_s).max(initial=0.0)),
        clip_beat_error_p50_s=_percentile(clip_beats, 50),
        clip_beat_error_p95_s=_percentile(clip_beats, 95),
        speed_min=min(speeds),
        speed_max=max(speeds),
        gap_max_s=float(gaps_s(plan, duration_s=analysis.duration_s).max(initial=0.0)),
    )


def distances_s(times_s: Sequence[float], beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of each time from its nearest beat.

    Parameters
    ----------
    times_s : sequence of float
        Seconds, in any order.
    beats_s : ndarray, shape (n_beats,), float64
        Strictly increasing, at least one.

    Returns
    -------
    ndarray, shape (n_times,), float64
        Seconds, ≥ 0.
    """
    times = np.asarray(times_s, dtype=np.float64)
    after = np.clip(np.searchsorted(beats_s, times), 0, len(beats_s) - 1)
    before = np.maximum(after - 1, 0)
    return np.asarray(np.minimum(np.abs(beats_s[after] - times), np.abs(beats_s[before] - times)))


def cut_errors_s(plan: Plan, beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of every cut from its nearest beat; the song's start is no cut.

    Parameters
    ----------
    beats_s : ndarray, shape (n_beats,), float64
        The song's beats in seconds, strictly increasing, at least one.

    Returns
    -------
    ndarray, shape (n_moves - 1,), float64
        Seconds, ≥ 0.
    """
    return distances_s([move.start_s for move in plan.moves[1:]], beats_s)


def clip_beat_errors_s(plan: Plan, beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of every clip beat, where the warp shows it, from its song beat.

    Beats of a clip before the song's first or after its last are not counted: there is nothing
    to dance to.

    Parameters
    ----------
    beats_s : ndarray, shape (n_beats,), float64
        The song's beats in seconds, strictly increasing, at least one.

    Returns
    -------
    ndarray, shape (n_clip_beats,), float64
        Seconds, ≥ 0.
    """
    shown: list[float] = []
    for move in plan.moves:
        keyframes = np.array(move.clip.keyframes_s)
        low, high = move.clip_times_s[0], move.clip_times_s[-1]
        inside = keyframes[(keyframes >= low) & (keyframes < high)]
        shown += np.interp(inside, move.clip_times_s, move.song_times_s).tolist()
    return distances_s([at for at in shown if beats_s[0] <= at <= beats_s[-1]], beats_s)


def gaps_s(plan: Plan, *, duration_s: float) -> NDArray[np.float64]:
    """Return the stretches of song without a picture: before, between and after the moves.

    Parameters
    ----------
    duration_s : float
        Length of the song in seconds.

    Returns
    -------
    ndarray, shape (n_moves + 1,), float64
        Seconds, ≥ 0.
    """
    starts = np.array([*(move.start_s for move in plan.moves), duration_s])
    ends = np.array([0.0, *(move.end_s for move in plan.moves)])
    return np.asarray(np.maximum(0.0, starts - ends))


def _percentile(values: NDArray[np.float64], percent: float) -> float:
    return float(np.percentile(values, percent)) if len(values) else 0.0
