"""What the wishes make of a clip: whether it may count as wished, and its share of the dance.

Moves are given out as seats are in a parliament (D'Hondt): next comes who has the least moves for
its share. With equal shares every clip is danced once before any comes again; a clip of twice
the share comes twice as often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.planning.rules import ENERGY_RANK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.contract import Clip, Wishes

ENERGY_STEP_SHARE = 0.4
"""Share of a clip whose energy is one step from the wished one, of one that has it."""

STYLE_SHARE = 0.1
"""Share of a clip that suits a wished style least, of one that suits it best.

Between them it grows with the square, as most clips suit a style neither well nor badly."""

MIN_AS_ENERGETIC = 3
"""So many clips, of two labels at least, carry a dance of one energy; else the next one helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What the wishes say of one clip.

    Attributes
    ----------
    share : float
        Its part of the moves against the clip that fits best, in (0, 1].
    is_nearest : bool
        Whether no clips nearer to the wished energy would suffice.
    """

    share: float = 1.0
    is_nearest: bool = True


NO_PREFERENCE = Preference()


def preferences(
    clips: Sequence[Clip], wishes: Wishes, *, style_fits: Sequence[float]
) -> list[Preference]:
    """Return what the wishes say of each clip, in order.

    Parameters
    ----------
    clips : sequence of Clip
        All that may be danced.
    style_fits : sequence of float
        How well each suits the wished style among them, in [0, 1]; without one of no meaning.
    """
    distances = [_distance(clip, wishes) for clip in clips]
    farthest = _farthest_needed(clips, distances)
    shares = [
        ENERGY_STEP_SHARE**distance * (STYLE_SHARE + (1 - STYLE_SHARE) * fit**2)
        if wishes.style
        else ENERGY_STEP_SHARE**distance
        for distance, fit in zip(distances, style_fits, strict=True)
    ]
    return [
        Preference(share=share / max(shares), is_nearest=distance <= farthest)
        for share, distance in zip(shares, distances, strict=True)
    ]


def _distance(clip: Clip, wishes: Wishes) -> int:
    """Return the steps from a clip's energy to the wished one, 0 … 2."""
    if wishes.energy_level is None:
        return 0
    return abs(ENERGY_RANK[clip.energy_level] - ENERGY_RANK[wishes.energy_level])


def _farthest_needed(clips: Sequence[Clip], distances: Sequence[int]) -> int:
    """Return the least distance within which there are clips enough for a dance."""
    for distance in sorted(set(distances)):
        near = [clip for clip, far in zip(clips, distances, strict=True) if far <= distance]
        if len(near) >= MIN_AS_ENERGETIC and len({clip.move_label for clip in near}) > 1:
            return distance
    return max(distances, default=0)
