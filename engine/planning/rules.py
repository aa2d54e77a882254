"""What the search for clips and the planner must agree on: who can follow, and who is too hard.

Light enough for every process: nothing here loads numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.contract import BEATS_PER_EIGHT, DIFFICULTIES, ENERGY_LEVELS, MAX_SPEED, MIN_SPEED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.contract import Difficulty

RATIOS = (1.0, 0.5, 2.0)
"""Clip beats per song beat: the same tempo, a clip at half the tempo, one at twice the tempo."""

DIFFICULTY_RANK = {difficulty: rank for rank, difficulty in enumerate(DIFFICULTIES)}
ENERGY_RANK = {energy: rank for rank, energy in enumerate(ENERGY_LEVELS)}

MIN_AS_WISHED = 2
"""With fewer clips of the very difficulty, harder ones come in: a clip would follow itself."""


def tempo_ratio(speed: float) -> float | None:
    """Return how many clip beats go on a song beat, one of ``RATIOS``.

    Parameters
    ----------
    speed : float
        Seconds of clip per second of song, > 0, if one clip beat went on each song beat: the
        song's tempo divided by the clip's.

    Returns
    -------
    float or None
        None when even at half or double tempo the speed would leave
        ``MIN_SPEED`` … ``MAX_SPEED``.
    """
    return next((ratio for ratio in RATIOS if MIN_SPEED <= ratio * speed <= MAX_SPEED), None)


def can_dance_an_eight(*, song_bpm: float, clip_bpm: float, n_beats: int) -> bool:
    """Whether a clip can dance at least eight beats of a song.

    Parameters
    ----------
    song_bpm, clip_bpm : float
        Mean tempi in beats per minute, > 0; the planner judges by the very beats.
    n_beats : int
        How many beats the clip has.
    """
    ratio = tempo_ratio(song_bpm / clip_bpm)
    return ratio is not None and n_beats >= BEATS_PER_EIGHT * ratio


def list_allowed(wished: Difficulty, *, is_relaxed: bool = False) -> tuple[Difficulty, ...]:
    """Return the difficulties that may be danced, up to the wished one, easiest first.

    Parameters
    ----------
    is_relaxed : bool
        Whether the next harder one, if there is one, is let in; beginners get beginner moves
        only without it.
    """
    return DIFFICULTIES[: DIFFICULTY_RANK[wished] + 1 + is_relaxed]


def has_enough_as_wished(difficulties: Iterable[Difficulty], wished: Difficulty) -> bool:
    """Whether so many clips have the very difficulty that it need not be relaxed.

    Parameters
    ----------
    difficulties : iterable of Difficulty
        Of the clips at hand, one for each.
    """
    return sum(difficulty == wished for difficulty in difficulties) >= MIN_AS_WISHED


def tell_why_harder(n_as_wished: int, wished: Difficulty, *, moves: str) -> str:
    """Return the sentence that says why the difficulty was relaxed.

    Parameters
    ----------
    n_as_wished : int
        How many clips have the very difficulty.
    moves : str
        The moves it is said of, as "moves that can follow this song".
    """
    return f"Only {n_as_wished} of the {moves} are {wished}: moves one step harder were let in."
