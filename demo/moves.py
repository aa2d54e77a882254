"""The repertoire: which clips there are, what is danced in them and how they are annotated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from demo import phrases as p
from demo.motion import COUNTS, Dance, Phrase

FPS = 30
LEAD_IN_BEATS = 1.1
TAIL_S = 0.4

type Difficulty = Literal["beginner", "intermediate", "advanced"]
type Energy = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Routine:
    """One clip: what is danced in it, seen from where, and how it is annotated.

    ``facing`` is the direction from lead to follow at the start (radians, 0 to the right,
    positive away from the audience); ``ending`` is what follows the last eight, else the first
    phrase again.
    """

    clip_id: str
    difficulty: Difficulty
    energy_level: Energy
    tempo_bpm: float
    phrases: tuple[Phrase, ...]
    notes: str
    facing: float = 0.45
    zoom: float = 1.06
    roles: Literal["both", "lead_focus", "follow_focus"] = "both"
    ending: Phrase | None = None

    @property
    def move_label(self) -> str:
        """Its clip's name without the number."""
        return self.clip_id.rpartition("_")[0]

    @property
    def beats_s(self) -> tuple[float, ...]:
        """Its beats in the clip, the closing one included; the first one is a one."""
        first_s = LEAD_IN_BEATS * 60.0 / self.tempo_bpm
        count = COUNTS * len(self.phrases) + 1
        return tuple(first_s + beat * 60.0 / self.tempo_bpm for beat in range(count))

    @property
    def frames(self) -> int:
        """Number of pictures."""
        return round((self.beats_s[-1] + TAIL_S) * FPS)

    @property
    def duration_s(self) -> float:
        """Length of picture and sound."""
        return self.frames / FPS

    @property
    def library_id(self) -> str:
        """The clip's id in a library, where a real clip may be called as the routine is."""
        return f"drawn_{self.clip_id}"

    @property
    def seed(self) -> int:
        """What sets this clip's backdrop apart, the same on every machine."""
        return crc32(self.clip_id.encode())

    @property
    def dance(self) -> Dance:
        """The routine as movement."""
        size = {"low": 0.82, "medium": 1.0, "high": 1.2}[self.energy_level]
        return Dance(self.phrases, self.facing, size, self.ending)


REPERTOIRE: tuple[Routine, ...] = (
    Routine(
        "basic_step_1", "beginner", "low", 104, (p.BASIC, p.BASIC),
        "Basic step in closed hold, small and calm",
    ),
    Routine(
        "basic_step_2", "beginner", "medium", 126, (p.BASIC, p.ROUND_BASIC),
        "Basic step in closed hold, then turning as a couple", facing=-0.5,
    ),
    Routine(
        "basic_step_3", "beginner", "high", 138, (p.BASIC, p.BASIC),
        "Energetic basic step with strong hip accents", facing=0.75, zoom=1.12,
    ),
    Routine(
        "side_basic_1", "beginner", "low", 112, (p.SIDE_BASIC, p.SIDE_BASIC),
        "Side to side in open hold, romantic and playful", facing=-0.7,
    ),
    Routine(
        "forward_backward_1", "beginner", "medium", 120, (p.FORWARD_BACK, p.FORWARD_BACK),
        "Three steps forward, three steps back", facing=0.25,
    ),
    Routine(
        "cross_body_lead_1", "beginner", "high", 130, (p.CROSS_BODY, p.CROSS_BODY),
        "Cross body lead there and back", facing=0.3, roles="lead_focus",
    ),
    Routine(
        "cross_body_lead_2", "intermediate", "low", 106, (p.SIDE_BASIC, p.CROSS_BODY_TURN),
        "Cross body lead with an inside turn, smooth", facing=-0.25, roles="lead_focus",
    ),
    Routine(
        "lady_right_turn_1", "intermediate", "medium", 125, (p.SIDE_BASIC, p.RIGHT_TURN),
        "Lady's right turn on five, six, seven", facing=0.4, roles="follow_focus",
    ),
    Routine(
        "lady_left_turn_1", "intermediate", "medium", 122, (p.BASIC, p.LEFT_TURN),
        "Lady's left turn out of the closed basic", facing=0.2, roles="follow_focus",
    ),
    Routine(
        "lady_left_turn_2", "intermediate", "high", 134, (p.LEFT_TURN, p.DOUBLE_TURN),
        "Lady's left turn, then a double right turn", facing=-0.2, roles="follow_focus",
    ),
    Routine(
        "hammerlock_1", "intermediate", "medium", 116, (p.HAMMER_IN, p.HAMMER_WALK, p.HAMMER_OUT),
        "Into the hammerlock, half a round, and out", facing=0.3,
    ),
    Routine(
        "hammerlock_2", "advanced", "high", 128, (p.HAMMER_IN, p.HAMMER_OUT),
        "Hammerlock, quick and energetic", facing=-0.4,
    ),
    Routine(
        "body_roll_1", "intermediate", "low", 102, (p.BASIC, p.BODY_ROLL),
        "Body roll in close hold, sensual", facing=0.1, zoom=1.14,
    ),
    Routine(
        "body_roll_2", "advanced", "medium", 114, (p.BODY_ROLL, p.BODY_ROLL),
        "Body rolls against each other, sensual", facing=-0.15, zoom=1.14,
    ),
    Routine(
        "shadow_position_1", "advanced", "low", 110, (p.SHADOW_IN, p.SHADOW_WALK, p.SHADOW_OUT),
        "Into shadow position, walking forth and back, romantic", facing=-1.0,
    ),
    Routine(
        "shadow_position_2", "advanced", "medium", 121,
        (p.SHADOW_IN, p.SHADOW_ROLL, p.SHADOW_OUT),
        "Shadow position with body rolls and arms, sensual", facing=-1.2,
    ),
    Routine(
        "dips_1", "intermediate", "low", 100, (p.BASIC, p.DIP),
        "A soft dip on seven, romantic", facing=0.15,
    ),
    Routine(
        "dips_2", "advanced", "high", 140, (p.RIGHT_TURN, p.DIP),
        "Right turn into a fast dip", facing=-0.15,
    ),
    Routine(
        "arm_styling_1", "intermediate", "high", 127, (p.STYLING, p.STYLING),
        "Lady's arm styling in an open hold, playful", facing=0.5, roles="follow_focus",
    ),
    Routine(
        "combination_1", "advanced", "medium", 123, (p.CROSS_BODY_TURN, p.DIP),
        "Cross body lead with turn, then a dip", facing=0.35,
    ),
    Routine(
        "combination_2", "advanced", "high", 133, (p.LEAD_TURN, p.DOUBLE_TURN),
        "The lead's turn, then the lady's double turn, modern", facing=-0.35,
    ),
    Routine(
        "combination_3", "advanced", "low", 109, (p.BODY_ROLL, p.STYLING),
        "Body roll and arm styling, sensual", facing=0.3,
    ),
    Routine(
        "intro_1", "beginner", "low", 115, (p.GREETING, p.SIDE_BASIC),
        "Intro: the lead bows, offers his hand, and they begin", facing=0.1, ending=p.SIDE_BASIC,
    ),
    Routine(
        "outro_1", "beginner", "medium", 125, (p.BASIC, p.DIP_AND_STAY),
        "Outro: the last basic and a dip that is held to the end", facing=0.15, ending=p.STAY,
    ),
)  # fmt: skip
