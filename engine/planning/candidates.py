"""Who may dance: the clips that fit the song's tempo and the wished difficulty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from random import Random

import numpy as np

from engine.contract import (
    BEATS_PER_EIGHT,
    DIFFICULTIES,
    Clip,
    Difficulty,
    NoMatchingMoves,
    Wishes,
)
from engine.planning.grids import ClipGrid, SongGrid, clip_grid
from engine.planning.preferences import NO_PREFERENCE, Preference, preferences
from engine.planning.rules import (
    DIFFICULTY_RANK,
    ENERGY_RANK,
    has_enough_as_wished,
    list_allowed,
    tell_why_harder,
    tempo_ratio,
)

OPENING_WORDS = frozenset({"intro", "intros", "introduction", "opening", "entrada", "saludo"})
CLOSING_WORDS = frozenset(
    {"outro", "outros", "ending", "endings", "final", "finale", "finales", "closing", "cierre"}
    | {"despedida"}
)
"""Words of a label or name, or first words of the notes, that give a clip its end of the song."""

SCORE_WEIGHT, ENERGY_WEIGHT, TEMPO_WEIGHT, CHANCE_WEIGHT = 0.40, 0.35, 0.15, 0.10
"""What makes a clip fit a slot: the wishes, the section's energy, its tempo, and the seed.

They sum to 1. Chosen, not measured: the best score counts a little more than the right energy,
and the seed decides only between clips that are nearly as good."""

STYLE_GAIN = 1.5
"""A wished style weighs so much more than the wishes do without one.

Chosen such that the best answer to a style goes before a clip one step of energy nearer."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A clip that fits the song, with what the planner asks of it again and again.

    Attributes
    ----------
    ratio : float
        Clip beats per song beat, one of ``RATIOS``.
    relative_score : float
        Its fit to the wishes among all candidates, in [0, 1]; with a style in [0, 1.5].
    chance : float
        The seed's say, in [0, 1).
    tempo_fit : float
        1 at its own speed, 0.2 at 0.80 times it and 0 at 1.25 times it.
    preference : Preference
        What the wishes say of it.
    """

    grid: ClipGrid
    ratio: float
    relative_score: float
    chance: float
    tempo_fit: float
    preference: Preference = NO_PREFERENCE

    @property
    def clip(self) -> Clip:
        """The clip itself."""
        return self.grid.clip

    @property
    def eights(self) -> int:
        """How many whole eights of the song it can fill."""
        return int(self.grid.whole_beats / self.ratio) // BEATS_PER_EIGHT

    @property
    def eights_in_step(self) -> int:
        """How many whole eights of the song it can fill from its own one on."""
        return int((self.grid.whole_beats - self.clip.one) / self.ratio) // BEATS_PER_EIGHT

    @cached_property
    def figure_beats(self) -> tuple[float, float] | None:
        """First and last clip beat of its figure, between beats too; None if it has none."""
        figure, times_s = self.clip.figure, self.grid.times_s
        if figure is None:
            return None
        positions = np.interp([figure.start_s, figure.end_s], times_s, self.grid.positions)
        return float(positions[0]), float(positions[1])

    @cached_property
    def opens(self) -> bool:
        """Whether it says that it is made for the song's start."""
        return not OPENING_WORDS.isdisjoint(self._telling_words)

    @cached_property
    def closes(self) -> bool:
        """Whether it says that it is made for the song's end."""
        return not CLOSING_WORDS.isdisjoint(self._telling_words)

    @property
    def _telling_words(self) -> list[str]:
        named = re.findall(r"[a-z]+", f"{self.clip.move_label} {self.clip.name}".lower())
        return named + re.findall(r"[a-z]+", self.clip.notes.lower())[:1]

    @property
    def rank(self) -> int:
        """How hard it is: 0, 1, 2."""
        return DIFFICULTY_RANK[self.clip.difficulty]

    def fit(self, energy: float) -> float:
        """Return how well it fits a slot; more is better, in [0, 1.2].

        Parameters
        ----------
        energy : float
            The energy wanted, in [0, 2]: 0 low, 1 medium, 2 high.
        """
        near = 1 - abs(ENERGY_RANK[self.clip.energy_level] - energy) / 2
        return (
            SCORE_WEIGHT * self.relative_score
            + ENERGY_WEIGHT * near
            + TEMPO_WEIGHT * self.tempo_fit
            + CHANCE_WEIGHT * self.chance
        )


@dataclass(frozen=True, eq=False)
class CandidatePool:
    """All clips that may be danced to one song.

    Attributes
    ----------
    candidates : tuple of Candidate
        Those that fill at least one eight, by clip id; at least one.
    short : tuple of Candidate
        Those too short for an eight; they may cover the song's very start and end.
    main_rank : int
        The difficulty most eights must have: 0, 1, 2.
    relaxed : str
        Why harder moves were let in; empty if none were.
    """

    candidates: tuple[Candidate, ...]
    short: tuple[Candidate, ...]
    main_rank: int
    relaxed: str = ""

    @cached_property
    def has_rooms(self) -> bool:
        """Whether it is known of any clip where it was filmed."""
        return any(candidate.clip.room for candidate in self.candidates)

    @cached_property
    def has_opening(self) -> bool:
        """Whether any clip is made for the song's start."""
        return any(candidate.opens for candidate in self.candidates)

    @cached_property
    def has_closing(self) -> bool:
        """Whether any clip is made for the song's end."""
        return any(candidate.closes for candidate in self.candidates)

    @cached_property
    def easiest_rank(self) -> int:
        """The difficulty of the first eight: 0, 1, 2."""
        return min(candidate.rank for candidate in self.candidates)

    @cached_property
    def has_main(self) -> bool:
        """Whether enough clips have the wished difficulty to dance most of the song."""
        return has_enough_as_wished(_difficulties(self.candidates), DIFFICULTIES[self.main_rank])


def choose_candidates(
    song: SongGrid, clips: Sequence[Clip], wishes: Wishes, *, seed: int
) -> CandidatePool:
    """Return the clips that may be danced to this song.

    Beginners get beginner moves only; the others get moves up to their own difficulty. With
    fewer than two clips of the very difficulty, it is relaxed by one step.

    Parameters
    ----------
    clips : sequence of Clip
        In any order; one without increasing beats is left out, one given twice counts once.
    seed : int
        Shuffles clips that fit equally well, each by its own name.

    Raises
    ------
    NoMatchingMoves
        If no clip can follow the song's tempo for at least one eight, or none of those is easy
        enough even then.
    """
    fitting = _fitting_candidates(song, clips, wishes, seed=seed)
    whole = [candidate for candidate in fitting if candidate.eights >= 1]
    if not whole:
        raise NoMatchingMoves(_why_none(song, clips))
    is_relaxed = not has_enough_as_wished(_difficulties(whole), wishes.difficulty)
    may_dance = list_allowed(wishes.difficulty, is_relaxed=is_relaxed)
    allowed = [candidate for candidate in whole if candidate.clip.difficulty in may_dance]
    if not allowed:
        raise NoMatchingMoves(
            f"None of the {len(whole)} moves that fit this song is easy enough for "
            f"{wishes.difficulty}; try a higher difficulty."
        )
    allowed = _preferred(allowed, wishes)
    wished = DIFFICULTY_RANK[wishes.difficulty]
    hardest = max(candidate.rank for candidate in allowed)
    return CandidatePool(
        candidates=tuple(allowed),
        short=tuple(d for d in fitting if d.eights < 1 and d.rank <= max(wished, hardest)),
        main_rank=wished,
        relaxed=_why_harder(allowed, wishes) if hardest > wished else "",
    )


def _preferred(candidates: Sequence[Candidate], wishes: Wishes) -> list[Candidate]:
    """Return the candidates with what the wishes say of each."""
    said = preferences(
        [candidate.clip for candidate in candidates],
        wishes,
        style_fits=[candidate.relative_score / STYLE_GAIN for candidate in candidates],
    )
    return [replace(c, preference=each) for c, each in zip(candidates, said, strict=True)]


def _difficulties(candidates: Sequence[Candidate]) -> list[Difficulty]:
    return [candidate.clip.difficulty for candidate in candidates]


def _why_harder(allowed: Sequence[Candidate], wishes: Wishes) -> str:
    n = _difficulties(allowed).count(wishes.difficulty)
    return tell_why_harder(n, wishes.difficulty, moves="moves that can follow this song")


def _fitting_candidates(
    song: SongGrid, clips: Sequence[Clip], wishes: Wishes, *, seed: int
) -> list[Candidate]:
    """Return the clips that can follow the song's tempo, each once, by clip id."""
    usable = sorted({c.clip_id: c for c in clips if _has_beats(c)}.values(), key=_clip_id)
    relative_scores = _relative_scores(
        {clip.score for clip in usable}, has_style=bool(wishes.style)
    )
    candidates = []
    for clip in usable:
        grid = clip_grid(clip)
        speed = grid.period_s / song.period_s
        ratio = tempo_ratio(speed)
        if ratio is not None:
            candidates.append(
                Candidate(
                    grid=grid,
                    ratio=ratio,
                    relative_score=relative_scores[clip.score],
                    # By name, so that one clip more or less leaves the others' chance alone.
                    chance=Random(f"{seed}:{clip.clip_id}").random(),  # noqa: S311
                    tempo_fit=1 - 4 * abs(1 - ratio * speed),
                )
            )
    return candidates


def _relative_scores(scores: set[float], *, has_style: bool) -> dict[float, float]:
    """Spread the scores over 0 … 1, or 0 … ``STYLE_GAIN`` where a style is wished.

    By rank, for without a style most scores lie close together; with one their distances tell
    how much better one clip answers than another, and are kept.
    """
    ranked = sorted(scores)
    if not has_style or len(ranked) < 2:
        return {score: i / max(len(ranked) - 1, 1) for i, score in enumerate(ranked)}
    low, high = ranked[0], ranked[-1]
    return {score: STYLE_GAIN * (score - low) / (high - low) for score in ranked}


def _clip_id(clip: Clip) -> str:
    return clip.clip_id


def _has_beats(clip: Clip) -> bool:
    times = (*clip.keyframes_s, clip.duration_s)
    return bool(clip.keyframes_s) and all(a < b for a, b in pairwise(times))


def _why_none(song: SongGrid, clips: Sequence[Clip]) -> str:
    tempo_bpm = 60 / song.period_s
    if not clips:
        return "The library holds no move for these wishes."
    return (
        f"None of the {len(clips)} moves for these wishes can follow this song: at "
        f"{tempo_bpm:.0f} beats a minute each is too slow, too fast, or shorter than eight beats."
    )
