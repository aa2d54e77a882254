"""What the two look like: their parts, measures and colours, hung on the joints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.cloth import FOLDS, hair_strands, skirt_rings
from demo.drawing import Canvas, Colour
from demo.figures import Figure
from demo.motion import SIDES, Role, Side
from demo.outlines import PLAIN, ROUND, SMALL, Ball
from demo.stage import Points

INK: Colour = (0.10, 0.10, 0.14)
GOLD: Colour = (0.35, 0.66, 0.92)


@dataclass(frozen=True, slots=True)
class Costume:
    """Colours (BGR in [0, 1]) and radii in metres of one dancer."""

    skin: Colour
    hair: Colour
    top: Colour
    legs: Colour
    shoes: Colour
    lips: Colour
    thigh: tuple[float, float, float]
    arm: tuple[float, float, float]
    hand: float
    trunk: tuple[float, float, float]


COSTUMES: dict[Role, Costume] = {
    "lead": Costume(
        skin=(0.40, 0.55, 0.77),
        hair=(0.11, 0.13, 0.17),
        top=(0.86, 0.91, 0.94),
        legs=(0.36, 0.26, 0.21),
        shoes=(0.14, 0.19, 0.32),
        lips=(0.34, 0.40, 0.64),
        thigh=(0.090, 0.066, 0.050),
        arm=(0.060, 0.046, 0.033),
        hand=0.040,
        trunk=(0.122, 0.112, 0.088),
    ),
    "follow": Costume(
        skin=(0.50, 0.67, 0.91),
        hair=(0.12, 0.19, 0.34),
        top=(0.28, 0.17, 0.82),
        legs=(0.50, 0.67, 0.91),
        shoes=GOLD,
        lips=(0.34, 0.26, 0.78),
        thigh=(0.084, 0.054, 0.033),
        arm=(0.044, 0.035, 0.024),
        hand=0.030,
        trunk=(0.104, 0.088, 0.066),
    ),
}


def dress(canvas: Canvas, figure: Figure) -> None:
    """Hang a dancer's body and clothes on its joints."""
    for side in SIDES:
        _add_leg(canvas, figure, side)
        _add_arm(canvas, figure, side)
    _add_trunk(canvas, figure)
    _add_head(canvas, figure)
    if figure.role == "follow":
        _add_skirt(canvas, figure)
        _add_long_hair(canvas, figure)


def _between(first: Points, second: Points, share: float) -> Points:
    return np.asarray(first + share * (second - first))


def _add_leg(canvas: Canvas, figure: Figure, side: Side) -> None:
    joints, look = figure.joints, COSTUMES[figure.role]
    thigh, knee, ankle_r = look.thigh
    hip, bend, ankle, toe = (joints[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "toe"))
    heel = joints[f"{side}_heel"]
    calf = _between(bend, ankle, 0.38)
    if figure.role == "lead":
        sole: list[list[Ball]] = [[(_between(ankle, heel, 0.45), 0.042), (toe, 0.030)]]
    else:
        sole = [
            [(_between(ankle, heel, 0.35), 0.026), (toe, 0.019)],
            [(_between(ankle, heel, 0.4), 0.016), (heel, 0.008)],
        ]
    canvas.limb(sole, look.shoes, nearer_m=-0.02, coats=SMALL)
    if figure.role == "lead":
        trouser: list[list[Ball]] = [[(hip, thigh), (bend, knee)], [(bend, knee), (ankle, ankle_r)]]
        canvas.limb(trouser, look.legs, nearer_m=-0.06)
        return
    lower: list[list[Ball]] = [
        [(bend, knee), (calf, knee * 0.98)],
        [(calf, knee * 0.98), (ankle, ankle_r)],
    ]
    canvas.limb([[(hip, thigh), (bend, knee)], *lower], look.legs, coats=SMALL)
    slip: list[Ball] = [(hip, thigh), (_between(hip, bend, 0.75), knee * 1.12)]
    canvas.limb([slip], look.top, nearer_m=0.04, coats=SMALL)


def _add_arm(canvas: Canvas, figure: Figure, side: Side) -> None:
    joints, look = figure.joints, COSTUMES[figure.role]
    upper, elbow_r, wrist = look.arm
    shoulder, bend, end = (joints[f"{side}_{name}"] for name in ("shoulder", "elbow", "hand"))
    inner = _between(shoulder, joints["chest"], 0.08)
    reach = end - bend
    reach = reach / np.maximum(np.linalg.norm(reach, axis=-1, keepdims=True), 1e-6)
    sleeve = look.top if figure.role == "lead" else look.skin
    coats = ROUND if figure.role == "lead" else SMALL
    canvas.limb([[(inner, upper), (bend, elbow_r)]], sleeve, nearer_m=0.125, coats=coats)
    palm: list[Ball] = [(end, look.hand * 0.86), (end + 0.055 * reach, look.hand * 0.66)]
    canvas.limb(
        [[(_between(bend, end, 0.06), elbow_r * 0.96), (end, wrist)], palm],
        look.skin,
        nearer_m=0.14,
        coats=SMALL,
    )
    if figure.role == "lead":
        cuff = _between(bend, end, 0.30)
        canvas.limb(
            [[(_between(bend, end, 0.04), elbow_r), (cuff, elbow_r * 1.0)]],
            sleeve,
            nearer_m=0.142,
        )
    else:
        canvas.dot(end - 0.02 * reach, wrist * 1.12, GOLD, nearer_m=0.139)


def _add_trunk(canvas: Canvas, figure: Figure) -> None:
    joints, look = figure.joints, COSTUMES[figure.role]
    left, up, ahead = figure.chest.left, figure.chest.up, figure.chest.forward
    hips, waist_r, breast = look.trunk
    chest, waist, pelvis = joints["chest"], joints["waist"], joints["pelvis"]
    lead = figure.role == "lead"
    wide, front = (0.072, 0.030) if lead else (0.056, 0.050)
    shoulder, slope = (0.070, 0.118) if lead else (0.050, 0.088)
    if lead:
        seat: list[Ball] = [
            (joints["left_hip"], 0.094),
            (joints["right_hip"], 0.094),
            (pelvis, 0.115),
        ]
        canvas.limb([seat], look.legs, nearer_m=0.03, coats=SMALL)
    yoke: list[Ball] = [
        (chest + slope * left - 0.015 * up, shoulder),
        (chest - slope * left - 0.015 * up, shoulder),
        (chest + 0.030 * up, 0.062 if lead else 0.030),
        (chest - 0.11 * up + wide * left + front * ahead, breast),
        (chest - 0.11 * up - wide * left + front * ahead, breast),
    ]
    rib: list[Ball] = [yoke[3], yoke[4], (waist, waist_r)]
    hem = pelvis + (0.035 if lead else 0.05) * figure.pelvis.up
    canvas.limb([[(hem, hips), (waist, waist_r)], rib, yoke], look.top, nearer_m=0.09)
    neck: list[Ball] = [
        (chest + 0.045 * up, 0.052 if lead else 0.042),
        (_between(chest, joints["head"], 0.62), 0.046 if lead else 0.038),
    ]
    pieces = (
        [neck]
        if lead
        else [
            neck,
            [(chest + 0.055 * left + 0.02 * up, 0.034), (chest - 0.055 * left + 0.02 * up, 0.034)],
        ]
    )
    canvas.limb(pieces, look.skin, nearer_m=0.095, coats=SMALL)


def _add_head(canvas: Canvas, figure: Figure) -> None:
    head, face, look = figure.joints["head"], figure.face, COSTUMES[figure.role]
    lead = figure.role == "lead"
    up = figure.crown
    aside = np.cross(up, face)
    skull: list[Ball] = [(head + 0.018 * up, 0.092), (head - 0.058 * up + 0.026 * face, 0.062)]
    canvas.limb([skull], look.skin, nearer_m=0.10)
    nape: list[Ball] = [
        (head + 0.040 * up - 0.030 * face, 0.094),
        (head - 0.034 * up - 0.050 * face, 0.064 if lead else 0.076),
    ]
    canvas.limb([nape], look.hair, nearer_m=0.10, coats=SMALL)
    fringe: list[Ball] = [
        (head + 0.090 * up + 0.022 * face + 0.012 * aside, 0.054),
        (head + 0.070 * up - 0.034 * face - 0.012 * aside, 0.074),
    ]
    canvas.limb([fringe], look.hair, nearer_m=0.125, coats=SMALL)
    canvas.dot(head + 0.094 * face - 0.016 * up, 0.015, look.skin, nearer_m=0.10)
    for sign in (1.0, -1.0):
        eye = head + 0.080 * face + sign * 0.040 * aside + 0.010 * up
        lid: list[Ball] = [(eye - 0.010 * aside, 0.0055), (eye + 0.010 * aside, 0.0055)]
        canvas.limb([lid], INK, nearer_m=0.10, coats=PLAIN)
        ear = head + sign * 0.090 * aside - 0.012 * up - 0.012 * face
        canvas.dot(ear, 0.020 if lead else 0.012, look.skin if lead else GOLD, nearer_m=0.115)
    mouth = head + 0.082 * face - 0.062 * up
    smile: list[Ball] = [(mouth - 0.014 * aside, 0.007), (mouth + 0.014 * aside, 0.007)]
    canvas.limb([smile], look.lips, nearer_m=0.10, coats=PLAIN)


def _add_skirt(canvas: Canvas, figure: Figure) -> None:
    waist, hem = skirt_rings(figure)
    colour = COSTUMES["follow"].top
    for index in range(FOLDS):
        after = (index + 1) % FOLDS
        shade = (0.98, 0.80, 0.90)[index % 3] if index < FOLDS - 1 else 0.84
        blue, green, red = (shade * value for value in colour)
        corners = [waist[:, index], waist[:, after], hem[:, after], hem[:, index]]
        canvas.panel(corners, (blue, green, red), nearer_m=0.085)


def _add_long_hair(canvas: Canvas, figure: Figure) -> None:
    strands = hair_strands(figure)
    radii = (0.062, 0.066, 0.058, 0.042, 0.014)
    pieces: list[list[Ball]] = [
        [(strands[:, index], radii[index]), (strands[:, index + 1], radii[index + 1])]
        for index in range(len(radii) - 1)
    ]
    canvas.limb(pieces, COSTUMES["follow"].hair, nearer_m=0.10, coats=SMALL)
