"""The rules by which the next move is chosen, in the order of their weight."""

from __future__ import annotations

from typing import NamedTuple

MAX_OTHER_DIFFICULTY_SHARE = 0.4
"""Share of the eights that other moves may have: the rest is "mostly" of the wished difficulty.

Below a half, as moves that return with their section are danced whatever the share."""

MAX_SAME_LABEL = 2
"""So many moves of one label may follow each other."""

SAME_LABEL_COST = 0.25
"""What following a move of the same label costs in fit, see ``Candidate.fit``.

More than a step of energy (0.175), less than two."""

LEAVES_ROOM_COST = 1.0
"""What a change of room within a section costs, beside what the new room lacks."""

LEAVES_SCENE_COST = 0.6
"""What another scene of the room costs within a section: mostly another couple."""

LONE_EIGHT_COST = 1.1
"""What a move of a single eight costs where a longer one could be: a little more than a room.

On 37 real clips, two songs, three difficulties and seeds, 0.3 gives 29 % moves of one eight and
16 % of the cuts to another room, 0.7 gives 23 % and 19 %, 1.1 gives 20 % and 21 %."""


STYLE_COST = 1.0
"""What a move costs that adds nothing to a wished style: as much as a change of room."""


class Violations(NamedTuple):
    """What a choice breaks, as a lexicographic cost: the smallest tuple is the best choice.

    Attributes
    ----------
    out_of_step, clip_twice, cuts_figure, misplaced_end, label_thrice, spoils_return, \
    hard_opening, cuts_off_beat : bool
        The rules of the dance's shape, but for the last, in the order of their weight.
    misses_energy : bool
        Whether clips nearer to the wished energy would suffice.
    unrest : float
        What changing the room costs here, and moves of a single eight that it makes or leaves
        room for nothing else than.
    difficulty_excess : float
        Eights too many of another difficulty than wished, ≥ 0.
    wear : float
        Moves the clip would have danced then, for its share of the dance.
    cost : float
        The less it fits, the more; see ``Candidate.fit``.
    clip_id : str
        Decides between equals, so that the order of the library does not matter.
    """

    out_of_step: bool
    clip_twice: bool
    cuts_figure: bool
    misplaced_end: bool
    label_thrice: bool
    spoils_return: bool
    hard_opening: bool
    cuts_off_beat: bool
    misses_energy: bool
    unrest: float
    difficulty_excess: float
    wear: float
    cost: float
    clip_id: str

    @property
    def breaks_shape(self) -> bool:
        """Whether it breaks a rule of the dance's shape, and not only a preference."""
        return any(self[:7])

    @property
    def would_gain_from_less(self) -> bool:
        """Whether dancing fewer eights might break less."""
        wasteful = self.unrest > 0 or self.difficulty_excess > 0
        return self.out_of_step or self.spoils_return or wasteful
