"""The moves: phrases of one eight each, and the repertoire of clips they are put together to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from modules.demo.motion import COUNTS, Dance, Phrase

FPS = 30
LEAD_IN_BEATS = 1.3
TAIL_S = 0.6

type Difficulty = Literal["beginner", "intermediate", "advanced"]
type Energy = Literal["low", "medium", "high"]

CLOSED = {
    "lead.left": "pair_side",
    "follow.right": "pair_side",
    "lead.right": "on_back",
    "follow.left": "on_shoulder",
}
OPEN = {
    "lead.left": "pair_low",
    "follow.right": "pair_low",
    "lead.right": "pair_low",
    "follow.left": "pair_low",
}
LIFTED = {"lead.left": "pair_high", "follow.right": "pair_high"}
FREE_RIGHT = {"lead.right": "rest", "follow.left": "rest"}

_SIDE = (0.17, 0.25, 0.42, 0.44, 0.27, 0.19, 0.02, 0.0)
_SMALL_SIDE = tuple(0.45 * value for value in _SIDE)
_WALK = (0.16, 0.32, 0.46, 0.48, 0.30, 0.14, 0.0, 0.0)
_OVER = (0.0, 0.0, 0.0, 0.0, 0.33, 0.70, 1.0, 1.0)

BASIC = Phrase("basic", {"v": _SIDE, "gap": (0.46,) * COUNTS}, ((0, CLOSED),))
SIDE_BASIC = Phrase("side_basic", {"v": _SIDE, "gap": (0.66,) * COUNTS}, ((0, OPEN),))
FORWARD_BACK = Phrase("forward_back", {"u": _WALK, "gap": (0.62,) * COUNTS}, ((0, OPEN),))
RIGHT_TURN = Phrase(
    "right_turn",
    {
        "v": _SMALL_SIDE,
        "follow.h": tuple(-value for value in _OVER),
        "gap": (0.66,) * 4 + (0.7,) * 4,
    },
    ((0, OPEN), (4.4, LIFTED | FREE_RIGHT), (7.6, OPEN)),
)
LEFT_TURN = Phrase(
    "left_turn",
    {"v": _SMALL_SIDE, "follow.h": _OVER, "gap": (0.66,) * 4 + (0.7,) * 4},
    ((0, OPEN), (4.4, LIFTED | FREE_RIGHT), (7.6, OPEN)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """One clip of the repertoire: what is danced, how, and how it is annotated."""

    clip_id: str
    move_label: str
    difficulty: Difficulty
    energy_level: Energy
    tempo_bpm: float
    phrases: tuple[Phrase, ...]
    facing: float = 0.45
    zoom: float = 1.0
    roles: str = "both"
    notes: str = ""

    @property
    def beats_s(self) -> tuple[float, ...]:
        """Its beats in the clip, the closing one included; the first one is a one."""
        first_s = LEAD_IN_BEATS * 60.0 / self.tempo_bpm
        return tuple(
            first_s + beat * 60.0 / self.tempo_bpm for beat in range(COUNTS * len(self.phrases) + 1)
        )

    @property
    def frames(self) -> int:
        """Number of pictures."""
        return round((self.beats_s[-1] + TAIL_S) * FPS)

    @property
    def duration_s(self) -> float:
        """Length of picture and sound."""
        return self.frames / FPS

    @property
    def seed(self) -> int:
        """What sets this clip's backdrop apart, the same on every machine."""
        return crc32(self.clip_id.encode())

    @property
    def dance(self) -> Dance:
        """The routine as movement."""
        size = {"low": 0.85, "medium": 1.0, "high": 1.18}[self.energy_level]
        return Dance(self.phrases, self.facing, size)


REPERTOIRE = (
    Routine(
        clip_id="basic_1",
        move_label="basic_step",
        difficulty="beginner",
        energy_level="low",
        tempo_bpm=110,
        phrases=(BASIC, BASIC),
    ),
    Routine(
        clip_id="right_1",
        move_label="lady_right_turn",
        difficulty="intermediate",
        energy_level="medium",
        tempo_bpm=124,
        phrases=(SIDE_BASIC, RIGHT_TURN),
    ),
    Routine(
        clip_id="fb",
        move_label="forward_backward",
        difficulty="beginner",
        energy_level="high",
        tempo_bpm=130,
        phrases=(FORWARD_BACK, LEFT_TURN),
    ),
)
