"""Who may dance: the clips that fit the song's tempo and the wished difficulty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from jobrunner.contract import BEATS_PER_EIGHT, Clip, NoMatchingMoves, Wishes
from jobrunner.warp import ClipGrid, SongGrid, clip_grid, tempo_ratio

DIFFICULTY_RANK = {"beginner": 0, "intermediate": 1, "advanced": 2}
ENERGY_RANK = {"low": 0, "medium": 1, "high": 2}

FEWEST_DANCERS = 2
"""With fewer clips than this, difficulty is relaxed: a clip would follow itself."""

SCORE_SHARE, ENERGY_SHARE, TEMPO_SHARE, CHANCE_SHARE = 0.40, 0.35, 0.15, 0.10
"""What makes a clip fit a place: the wishes, the section's energy, its tempo, and the seed."""


@dataclass(frozen=True, eq=False)
class Dancer:
    """A clip that fits the song, with what the planner asks of it again and again.

    ``standing`` is its fit to the wishes among all dancers, ``chance`` the seed's say; both
    in [0, 1].
    """

    grid: ClipGrid
    ratio: float
    standing: float
    chance: float
    tempo_fit: float

    @property
    def clip(self) -> Clip:
        """The clip itself."""
        return self.grid.clip

    @property
    def eights(self) -> int:
        """How many whole eights of the song it can fill."""
        return int(self.grid.whole_beats / self.ratio) // BEATS_PER_EIGHT

    def plays(self, part: str) -> bool:
        """Whether its label says that it is for this part: ``intro`` or ``outro``."""
        return part in self.clip.move_label.split("_")

    @property
    def rank(self) -> int:
        """How hard it is: 0, 1, 2."""
        return DIFFICULTY_RANK[self.clip.difficulty]

    def fit(self, energy: float) -> float:
        """Rate it for a place of this energy (0 low … 2 high), in [0, 1]."""
        near = 1 - abs(ENERGY_RANK[self.clip.energy_level] - energy) / 2
        return (
            SCORE_SHARE * self.standing
            + ENERGY_SHARE * near
            + TEMPO_SHARE * self.tempo_fit
            + CHANCE_SHARE * self.chance
        )


@dataclass(frozen=True, eq=False)
class Cast:
    """All who may dance to one song.

    ``short`` are those too short for an eight; they may cover the song's very start and end.
    ``main_rank`` is the difficulty most eights must have.
    """

    dancers: tuple[Dancer, ...]
    short: tuple[Dancer, ...]
    main_rank: int
    relaxed: tuple[str, ...]

    def find(self, clip_id: str) -> Dancer:
        """Give the dancer of a clip."""
        return next(dancer for dancer in self.dancers if dancer.clip.clip_id == clip_id)

    def has(self, part: str) -> bool:
        """Whether any clip is made for this part: ``intro`` or ``outro``."""
        return any(dancer.plays(part) for dancer in self.dancers)

    @property
    def easiest_rank(self) -> int:
        """The difficulty of the first eight."""
        return min(dancer.rank for dancer in self.dancers)

    @property
    def has_main(self) -> bool:
        """Whether any clip has the wished difficulty."""
        return any(dancer.rank == self.main_rank for dancer in self.dancers)


def choose_cast(song: SongGrid, clips: Sequence[Clip], wishes: Wishes, *, seed: int) -> Cast:
    """Give the clips that may dance to this song.

    Beginners get beginner moves only; the others get moves up to their own difficulty. With
    fewer than two such clips the difficulty is relaxed by one step.

    Raises
    ------
    NoMatchingMoves
        If no clip can follow the song's tempo for at least one eight, or none of those is easy
        enough even then.
    """
    fitting = _dancers(song, clips, seed=seed)
    whole = [dancer for dancer in fitting if dancer.eights >= 1]
    if not whole:
        raise NoMatchingMoves(_why_none(song, clips))
    wished = DIFFICULTY_RANK[wishes.difficulty]
    for limit in (wished, wished + 1):
        allowed = [dancer for dancer in whole if dancer.rank <= limit]
        if len(allowed) >= FEWEST_DANCERS:
            break
    if not allowed:
        raise NoMatchingMoves(
            f"None of the {len(whole)} moves that fit this song is easy enough for "
            f"{wishes.difficulty}; try a higher difficulty."
        )
    hardest = max(dancer.rank for dancer in allowed)
    return Cast(
        dancers=tuple(allowed),
        short=tuple(d for d in fitting if d.eights < 1 and d.rank <= max(wished, hardest)),
        main_rank=wished,
        relaxed=("difficulty",) if hardest > wished else (),
    )


def _dancers(song: SongGrid, clips: Sequence[Clip], *, seed: int) -> list[Dancer]:
    """Give the clips that can follow the song's tempo, each once, by clip id."""
    usable = sorted({c.clip_id: c for c in clips if _has_beats(c)}.values(), key=_clip_id)
    places = {score: i for i, score in enumerate(sorted({clip.score for clip in usable}))}
    dancers = []
    for clip in usable:
        grid = clip_grid(clip)
        ratio = tempo_ratio(song, grid)
        if ratio is not None:
            dancers.append(
                Dancer(
                    grid=grid,
                    ratio=ratio,
                    standing=places[clip.score] / max(len(places) - 1, 1),
                    # By name, so that one clip more or less leaves the others' chance alone.
                    chance=Random(f"{seed}:{clip.clip_id}").random(),  # noqa: S311
                    tempo_fit=1 - 4 * abs(1 - ratio * grid.period_s / song.period_s),
                )
            )
    return dancers


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
