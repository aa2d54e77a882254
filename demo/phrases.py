"""The vocabulary: what can be danced in one eight, as values on the counts 1 … 8.

Units and signs are those of ``motion.Phrase``; hand places those of ``figures.anchor``.
"""

from __future__ import annotations

from demo.motion import COUNTS, Phrase

type Counts = tuple[float, ...]

CLOSED = {
    "lead.left": "pair_side",
    "follow.right": "pair_side",
    "lead.right": "on_back",
    "follow.left": "on_shoulder",
}
OPEN = {hand: "pair_low" for hand in ("lead.left", "follow.right", "lead.right", "follow.left")}
LIFTED = {"lead.left": "pair_high", "follow.right": "pair_high"}
ONE_HAND = {"lead.left": "pair_low", "follow.right": "pair_low"}
FREE_RIGHT = {"lead.right": "rest", "follow.left": "rest"}
SHADOW = {"lead.left": "on_waist", "lead.right": "on_waist"}
HAMMER = {"lead.left": "pair_hammer", "follow.right": "pair_hammer"}


def _all(value: float) -> Counts:
    return (value,) * COUNTS


def _times(counts: Counts, factor: float) -> Counts:
    return tuple(factor * value for value in counts)


SIDEWAYS: Counts = (0.17, 0.25, 0.42, 0.44, 0.27, 0.19, 0.02, 0.0)
FORTH_AND_BACK: Counts = (0.16, 0.32, 0.46, 0.48, 0.30, 0.14, 0.0, 0.0)
ONCE_ROUND: Counts = (0.0, 0.0, 0.0, 0.0, 0.33, 0.70, 1.0, 1.0)
SMALL = _times(SIDEWAYS, 0.45)

BASIC = Phrase("basic", {"v": SIDEWAYS, "gap": _all(0.46)}, ((0, CLOSED),))
SIDE_BASIC = Phrase("side_basic", {"v": _times(SIDEWAYS, 1.15), "gap": _all(0.66)}, ((0, OPEN),))
FORWARD_BACK = Phrase("forward_back", {"u": FORTH_AND_BACK, "gap": _all(0.62)}, ((0, OPEN),))
ROUND_BASIC = Phrase(
    "round_basic",
    {
        "v": SMALL,
        "gap": _all(0.45),
        "turn": (0.06, 0.13, 0.20, 0.24, 0.31, 0.38, 0.46, 0.5),
    },
    ((0, CLOSED),),
)
RIGHT_TURN = Phrase(
    "right_turn",
    {"v": SMALL, "follow.h": _times(ONCE_ROUND, -1), "gap": (0.66,) * 4 + (0.7,) * 4},
    ((0, OPEN), (4.4, LIFTED | FREE_RIGHT), (7.6, OPEN)),
)
LEFT_TURN = Phrase(
    "left_turn",
    {"v": SMALL, "follow.h": ONCE_ROUND, "gap": (0.66,) * 4 + (0.7,) * 4},
    ((0, OPEN), (4.4, LIFTED | FREE_RIGHT), (7.6, OPEN)),
)
DOUBLE_TURN = Phrase(
    "double_turn",
    {
        "v": SMALL,
        "follow.h": (0, 0, 0, -0.1, -0.6, -1.3, -1.9, -2),
        "gap": (0.66,) * 4 + (0.7,) * 4,
        "lead.twist": (0, 0, 0, 0.15, 0.2, 0.2, 0.1, 0),
    },
    ((0, OPEN), (3.8, LIFTED | {"lead.right": "hip", "follow.left": "heart"}), (7.6, OPEN)),
)
CROSS_BODY = Phrase(
    "cross_body",
    {
        "turn": (0.03, 0.08, 0.13, 0.17, 0.30, 0.43, 0.5, 0.5),
        "lead.h": (0.07, 0.13, 0.17, 0.14, 0.06, 0.0, 0.0, 0.0),
        "gap": (0.62, 0.70, 0.78, 0.72, 0.60, 0.54, 0.62, 0.66),
    },
    ((0, OPEN), (1.6, FREE_RIGHT), (7.4, OPEN)),
)
CROSS_BODY_TURN = Phrase(
    "cross_body_turn",
    {**CROSS_BODY.channels, "follow.h": (0, 0, 0, 0.05, 0.35, 0.72, 1.0, 1.0)},
    ((0, OPEN), (1.6, FREE_RIGHT), (4.2, LIFTED), (7.5, OPEN)),
)
LEAD_TURN = Phrase(
    "lead_turn",
    {"v": SMALL, "lead.h": (0, 0, 0, 0, 0.34, 0.70, 1.0, 1.0), "gap": (0.66,) * 4 + (0.8,) * 4},
    (
        (0, OPEN),
        (4.0, {"lead.left": "heart", "lead.right": "hip"}),
        (4.0, {"follow.left": "hip", "follow.right": "wing"}),
        (7.4, OPEN),
    ),
)
HAMMER_IN = Phrase(
    "hammer_in",
    {"v": SMALL, "follow.h": ONCE_ROUND, "gap": (0.62, 0.62, 0.62, 0.62, 0.64, 0.62, 0.54, 0.50)},
    ((0, OPEN), (4.3, LIFTED), (7.0, HAMMER)),
)
HAMMER_WALK = Phrase(
    "hammer_walk",
    {"turn": (-0.06, -0.13, -0.19, -0.24, -0.31, -0.38, -0.45, -0.5), "gap": _all(0.48)},
    ((0, HAMMER | {"lead.right": "pair_low", "follow.left": "pair_low"}),),
)
HAMMER_OUT = Phrase(
    "hammer_out",
    {
        "v": SMALL,
        "follow.h": (-0.15, -0.5, -0.85, -1, -1, -1, -1, -1),
        "gap": (0.56, 0.64, 0.66, 0.66, 0.66, 0.66, 0.66, 0.66),
        "turn": (0, 0, 0, 0, -0.12, -0.26, -0.42, -0.5),
    },
    ((0.2, LIFTED), (3.4, OPEN)),
)
BODY_ROLL = Phrase(
    "body_roll",
    {
        "v": _times(SIDEWAYS, 0.3),
        "gap": _all(0.43),
        "lead.roll": (0.5, 0.8, 1, 1, 1, 1, 0.8, 0.5),
        "follow.roll": (-0.6, -0.9, -1.2, -1.2, -1.2, -1.2, -0.9, -0.6),
    },
    ((0, CLOSED | {"follow.left": "on_neck"}),),
)
SHADOW_IN = Phrase(
    "shadow_in",
    {
        "v": SMALL,
        "follow.h": (0, 0, 0, 0, 0.17, 0.36, 0.5, 0.5),
        "gap": (0.62, 0.62, 0.62, 0.6, 0.56, 0.46, 0.38, 0.34),
        "follow.v": (0, 0, 0, 0, -0.03, -0.07, -0.10, -0.12),
    },
    (
        (0, OPEN),
        (4.3, LIFTED | FREE_RIGHT),
        (7.2, SHADOW | {"follow.right": "wing", "follow.left": "wing"}),
    ),
)
_SHADOWED = {"gap": _all(0.34), "follow.v": _all(-0.12)}
SHADOW_WALK = Phrase(
    "shadow_walk",
    _SHADOWED | {"u": _times(FORTH_AND_BACK, 0.8), "follow.twist": (0.1, -0.1) * 4},
    (
        (0, SHADOW),
        (2.6, {"follow.right": "hip"}),
        (4.6, {"follow.left": "sky"}),
        (6.8, {"follow.left": "wing"}),
    ),
)
SHADOW_ROLL = Phrase(
    "shadow_roll",
    _SHADOWED | {"lead.roll": _all(0.9), "follow.roll": _all(1.2)},
    ((0, SHADOW | {"follow.left": "hair", "follow.right": "heart"}),),
)
SHADOW_OUT = Phrase(
    "shadow_out",
    {
        "v": SMALL,
        "follow.h": (0, 0, 0, 0.03, 0.2, 0.4, 0.5, 0.5),
        "gap": (0.34, 0.34, 0.36, 0.42, 0.56, 0.62, 0.66, 0.66),
        "follow.v": (-0.12, -0.12, -0.12, -0.1, -0.05, 0, 0, 0),
    },
    ((0, SHADOW), (3.8, LIFTED | FREE_RIGHT), (7.5, OPEN)),
)
_DIPPING = {
    "v": (0.06, 0.09, 0.14, 0.15, 0.12, 0.10, 0.08, 0.05),
    "gap": (0.46, 0.46, 0.45, 0.44, 0.42, 0.40, 0.40, 0.42),
}
_DIP_HOLD = CLOSED | {"follow.left": "on_neck"}
DIP = Phrase(
    "dip",
    _DIPPING
    | {
        "follow.lean": (0, 0, 0, 0.05, -0.35, -0.85, -1.0, -0.35),
        "follow.drop": (0, 0, 0, 0.0, 0.05, 0.10, 0.12, 0.05),
        "lead.lean": (0, 0, 0, 0, 0.16, 0.42, 0.48, 0.15),
        "lead.drop": (0, 0, 0, 0, 0.04, 0.10, 0.11, 0.03),
    },
    (
        (0, CLOSED),
        (4.0, _DIP_HOLD),
        (5.6, {"follow.right": "wing", "lead.left": "hip"}),
        (7.8, CLOSED),
    ),
)
DIP_AND_STAY = Phrase(
    "dip_and_stay",
    _DIPPING
    | {
        "follow.lean": (0, 0, 0, 0.05, -0.30, -0.75, -0.95, -1.02),
        "follow.drop": (0, 0, 0, 0.0, 0.05, 0.10, 0.12, 0.13),
        "lead.lean": (0, 0, 0, 0, 0.14, 0.36, 0.46, 0.50),
        "lead.drop": (0, 0, 0, 0, 0.04, 0.09, 0.11, 0.12),
    },
    ((0, CLOSED), (4.0, _DIP_HOLD), (5.6, {"follow.right": "wing"}), (6.4, {"lead.left": "sky"})),
)
STAY = Phrase(
    "stay",
    {
        "v": _all(0.05),
        "gap": _all(0.42),
        "follow.lean": _all(-1.04),
        "follow.drop": _all(0.13),
        "lead.lean": _all(0.50),
        "lead.drop": _all(0.12),
    },
)
STYLING = Phrase(
    "styling",
    {
        "v": _times(SIDEWAYS, 0.8),
        "gap": (0.70, 0.76, 0.80, 0.82, 0.82, 0.80, 0.76, 0.70),
        "follow.twist": (0, 0.10, 0.28, 0.30, 0.1, -0.1, -0.25, -0.2),
        "follow.side": (0, 0.05, 0.12, 0.15, 0.05, -0.05, -0.12, -0.05),
        "lead.twist": (0, -0.1, -0.24, -0.24, -0.1, 0, 0.1, 0.1),
    },
    (
        (0, ONE_HAND),
        (0.6, {"follow.left": "hip", "lead.right": "hip"}),
        (2.8, {"follow.left": "wing", "lead.right": "wing"}),
        (4.6, {"follow.left": "sky"}),
        (5.4, {"lead.right": "heart"}),
        (6.4, {"follow.left": "hair"}),
    ),
)
GREETING = Phrase(
    "greeting",
    {
        "gap": (1.05, 1.05, 1.04, 1.0, 0.92, 0.84, 0.78, 0.72),
        "lead.lean": (0.02, 0.10, 0.20, 0.16, 0.05, 0, 0, 0),
        "follow.side": (0.05, 0.08, 0.12, 0.08, 0, 0, 0, 0),
        "follow.twist": (0.2, 0.25, 0.3, 0.2, 0.1, 0, 0, 0),
    },
    (
        (
            -3,
            {
                "lead.left": "rest",
                "lead.right": "heart",
                "follow.left": "hip",
                "follow.right": "hip",
            },
        ),
        (2.0, {"lead.left": "offer"}),
        (4.4, {"follow.right": "heart"}),
        (6.4, ONE_HAND),
        (7.0, {"lead.right": "rest", "follow.left": "rest"}),
    ),
)
