"""Painting the couple: every part of a body is an outline, shaded in layers, far parts first.

All outlines of a clip are computed at once; per frame only the polygons are filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from modules.demo.cloth import hair_strands, skirt_rings
from modules.demo.figures import Figure, Joints
from modules.demo.motion import Role
from modules.demo.stage import Camera, Mood, Picture, Points

type Colour = tuple[float, float, float]

SHIFT = 4
CAP_POINTS = 8

# Colours as BGR in [0, 1].
SKIN: dict[Role, Colour] = {"lead": (0.40, 0.54, 0.76), "follow": (0.50, 0.66, 0.90)}
SHIRT: Colour = (0.86, 0.90, 0.93)
TROUSERS: Colour = (0.34, 0.25, 0.21)
LEATHER: Colour = (0.13, 0.18, 0.30)
HAIR: dict[Role, Colour] = {"lead": (0.11, 0.13, 0.17), "follow": (0.13, 0.20, 0.36)}
DRESS: Colour = (0.30, 0.20, 0.84)
GOLD: Colour = (0.42, 0.68, 0.90)
INK: Colour = (0.10, 0.10, 0.14)


@dataclass(frozen=True, slots=True)
class Layer:
    """One coat of paint: how much the outline is grown (pixels), moved (of its radius), tinted."""

    grow_px: float
    move: tuple[float, float]
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One convex piece of a body in all frames.

    ``outlines`` has shape (frames, layers, points, 2), fixed point; ``depth`` (frames,) orders
    the pieces; ``hull`` says that the points are a cloud whose hull is the outline.
    """

    outlines: NDArray[np.int32]
    colours: tuple[tuple[int, int, int], ...]
    depth: Points
    hull: bool


class Painter:
    """Turns the figures of a clip into parts and fills them frame by frame."""

    def __init__(self, camera: Camera, mood: Mood, figures: Mapping[Role, Figure]) -> None:
        self._camera, self._mood = camera, mood
        self._parts: list[Part] = []
        for figure in figures.values():
            self._add_figure(figure)
        depths = np.stack([part.depth for part in self._parts], axis=1)
        self._order = np.argsort(-depths, axis=1, kind="stable")

    def paint(self, picture: Picture, frame: int) -> None:
        """Fill all parts of one frame into ``picture``, in place."""
        for index in self._order[frame]:
            part = self._parts[index]
            outlines = part.outlines[frame]
            for layer, colour in enumerate(part.colours):
                outline = cv2.convexHull(outlines[layer]) if part.hull else outlines[layer]
                cv2.fillConvexPoly(picture, outline, colour, cv2.LINE_AA, SHIFT)

    def bounds(self, frame: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom pixel of everything painted in one frame."""
        low = np.min([part.outlines[frame].min(axis=(0, 1)) for part in self._parts], axis=0)
        high = np.max([part.outlines[frame].max(axis=(0, 1)) for part in self._parts], axis=0)
        left, top = (low >> SHIFT) - 2
        right, bottom = (high >> SHIFT) + 3
        return int(left), int(top), int(right), int(bottom)

    def _add_figure(self, figure: Figure) -> None:
        self._add_legs(figure)
        self._add_trunk(figure)
        self._add_arms(figure)
        self._add_head(figure)
        if figure.role == "follow":
            self._add_skirt(figure)
            self._add_long_hair(figure)

    def _add_legs(self, figure: Figure) -> None:
        joints, lead = figure.joints, figure.role == "lead"
        cloth = TROUSERS if lead else SKIN["follow"]
        thigh, knee, calf = (0.092, 0.066, 0.052) if lead else (0.082, 0.054, 0.034)
        shoe = LEATHER if lead else GOLD
        for side in ("left", "right"):
            hip, bend = joints[f"{side}_hip"], joints[f"{side}_knee"]
            ankle, toe = joints[f"{side}_ankle"], joints[f"{side}_toe"]
            self._limb(
                [
                    (ankle + [0, 0, -0.03], 0.040 if lead else 0.026),
                    (toe, 0.028 if lead else 0.020),
                ],
                shoe,
                0.03,
            )
            self._limb(
                [
                    (bend, knee),
                    (bend * 0.55 + ankle * 0.45, 0.062 if lead else 0.050),
                    (ankle, calf),
                ],
                cloth,
                0.01,
            )
            self._limb([(hip, thigh), (bend, knee)], cloth, 0.0)

    def _add_trunk(self, figure: Figure) -> None:
        joints, lead = figure.joints, figure.role == "lead"
        left, ahead = figure.chest.left, figure.chest.forward
        chest = joints["chest"]
        if lead:
            self._limb(
                [
                    (joints["left_hip"], 0.092),
                    (joints["right_hip"], 0.092),
                    (joints["waist"], 0.118),
                ],
                TROUSERS,
                -0.07,
            )
        self._limb(
            [
                (joints["pelvis"] + 0.05 * figure.pelvis.up, 0.125 if lead else 0.118),
                (joints["waist"], 0.118 if lead else 0.094),
            ],
            SHIRT if lead else DRESS,
            -0.08,
        )
        width, radius = (0.115, 0.082) if lead else (0.088, 0.062)
        front = 0.03 if lead else 0.055
        self._limb(
            [
                (joints["waist"], 0.112 if lead else 0.090),
                (
                    chest - 0.10 * figure.chest.up + width * left * 0.6 + front * ahead,
                    0.095 if lead else 0.078,
                ),
                (
                    chest - 0.10 * figure.chest.up - width * left * 0.6 + front * ahead,
                    0.095 if lead else 0.078,
                ),
                (chest + width * left - 0.02 * figure.chest.up, radius),
                (chest - width * left - 0.02 * figure.chest.up, radius),
            ],
            SHIRT if lead else DRESS,
            -0.09,
        )
        self._limb(
            [(chest + 0.01 * figure.chest.up, 0.058), (joints["head"] * 0.6 + chest * 0.4, 0.048)],
            SKIN[figure.role],
            -0.085,
        )

    def _add_arms(self, figure: Figure) -> None:
        joints, lead = figure.joints, figure.role == "lead"
        skin = SKIN[figure.role]
        upper, elbow, wrist, hand = (
            (0.060, 0.046, 0.032, 0.040) if lead else (0.046, 0.035, 0.024, 0.031)
        )
        for side in ("left", "right"):
            shoulder, bend, end = (
                joints[f"{side}_shoulder"],
                joints[f"{side}_elbow"],
                joints[f"{side}_hand"],
            )
            inner = shoulder * 0.9 + joints["chest"] * 0.1
            beyond = end + 0.05 * (end - bend) / np.maximum(
                np.linalg.norm(end - bend, axis=-1, keepdims=True), 1e-6
            )
            self._limb([(inner, upper), (bend, elbow)], SHIRT if lead else skin, -0.125)
            self._limb([(bend, elbow * 0.96), (end, wrist)], skin, -0.14)
            self._limb([(end, hand * 0.9), (beyond, hand * 0.72)], skin, -0.15)
            if lead:
                cuff = bend * 0.72 + end * 0.28
                self._limb([(bend, elbow * 1.05), (cuff, elbow * 1.02)], SHIRT, -0.145)

    def _add_head(self, figure: Figure) -> None:
        head, face = figure.joints["head"], figure.face
        skin, hair = SKIN[figure.role], HAIR[figure.role]
        up = np.array([0.0, 0.0, 1.0])
        aside = np.stack([-face[:, 1], face[:, 0], np.zeros(len(face))], axis=-1)
        lead = figure.role == "lead"
        self._limb(
            [(head + 0.020 * up, 0.096), (head - 0.055 * up + 0.022 * face, 0.070)], skin, -0.10
        )
        self._limb(
            [(head + 0.052 * up - 0.030 * face, 0.098), (head - 0.005 * up - 0.045 * face, 0.086)],
            hair,
            -0.10,
        )
        self._limb(
            [(head + 0.098 * up + 0.030 * face, 0.052), (head + 0.090 * up - 0.02 * face, 0.066)],
            hair,
            -0.125,
        )
        self._dot(head + 0.100 * face - 0.012 * up, 0.018, skin)
        for sign in (1.0, -1.0):
            eye = head + 0.088 * face + sign * 0.038 * aside + 0.014 * up
            self._dot(eye, 0.0095, INK)
            if lead:
                self._dot(head + sign * 0.098 * aside - 0.01 * up, 0.022, skin)
        mouth = head + 0.088 * face - 0.054 * up
        self._dot(mouth, 0.013, (0.30, 0.28, 0.72) if not lead else (0.32, 0.38, 0.62))
        if lead:
            self._limb(
                [
                    (head - 0.082 * up + 0.055 * face, 0.040),
                    (head - 0.075 * up + 0.02 * face, 0.05),
                ],
                hair,
                -0.075,
            )

    def _add_skirt(self, figure: Figure) -> None:
        waist, hem = skirt_rings(figure)
        count = hem.shape[1]
        for index in range(count):
            after = (index + 1) % count
            shade = 0.86 + 0.14 * (index % 2)
            colour = tuple(shade * part for part in DRESS)
            self._panel(
                [waist[:, index], waist[:, after], hem[:, after], hem[:, index]], colour, -0.085
            )

    def _add_long_hair(self, figure: Figure) -> None:
        strands = hair_strands(figure)
        radii = (0.080, 0.074, 0.060, 0.040, 0.016)
        for index in range(strands.shape[1] - 1):
            self._limb(
                [(strands[:, index], radii[index]), (strands[:, index + 1], radii[index + 1])],
                HAIR["follow"],
                -0.10,
            )

    def _limb(self, balls: Sequence[tuple[Joints, float]], colour: Colour, bias_m: float) -> None:
        """A tapered piece: the hull of balls in space."""
        screens, sizes, depths = [], [], []
        for centre, radius in balls:
            screen, depth = self._camera.project(np.asarray(centre))
            screens.append(screen)
            sizes.append(radius * self._camera.focal_px / depth)
            depths.append(depth)
        centres, radii = np.stack(screens, axis=1), np.stack(sizes, axis=1)
        layers = self._coats(colour)
        clouds = [_cloud(centres, radii, layer) for layer in layers]
        outlines = np.round(np.stack(clouds, axis=1) * 2**SHIFT).astype(np.int32)
        colours = tuple(layer.colour for layer in layers)
        self._parts.append(Part(outlines, colours, np.mean(depths, axis=0) + bias_m, hull=True))

    def _dot(self, centre: Joints, radius: float, colour: Colour) -> None:
        screen, depth = self._camera.project(centre)
        radii = (radius * self._camera.focal_px / depth)[:, None]
        layer = Layer(0.0, (0.0, 0.0), self._lit(colour, 1.0))
        cloud = _cloud(screen[:, None], radii, layer)[:, None]
        outlines = np.round(cloud * 2**SHIFT).astype(np.int32)
        self._parts.append(Part(outlines, (layer.colour,), depth - 0.10, hull=False))

    def _panel(self, corners: Sequence[Joints], colour: Colour, bias_m: float) -> None:
        """A flat piece of cloth, lighter where it faces the light."""
        projected = [self._camera.project(corner) for corner in corners]
        outline = np.stack([screen for screen, _ in projected], axis=1)[:, None]
        depth = np.mean([depth for _, depth in projected], axis=0)
        outlines = np.round(outline * 2**SHIFT).astype(np.int32)
        self._parts.append(Part(outlines, (self._lit(colour, 1.0),), depth + bias_m, hull=True))

    def _coats(self, colour: Colour) -> tuple[Layer, ...]:
        rim = tuple(0.45 * c + 0.55 * r for c, r in zip(colour, self._mood.rim, strict=True))
        return (
            Layer(1.3, (0.0, 0.0), self._lit(colour, 0.42)),
            Layer(0.0, (0.0, 0.0), self._lit(rim, 0.95)),
            Layer(-0.6, (-0.10, 0.03), self._lit(colour, 0.74)),
            Layer(-1.0, (-0.22, -0.05), self._lit(colour, 0.92)),
            Layer(-1.6, (-0.40, -0.14), self._lit(colour, 1.06)),
        )

    def _lit(self, colour: Sequence[float], light: float) -> tuple[int, int, int]:
        blue, green, red = (
            int(np.clip(255 * light * c * t, 0, 255))
            for c, t in zip(colour, self._mood.tint, strict=True)
        )
        return blue, green, red


_ANGLES = np.linspace(0.0, 2 * np.pi, 2 * CAP_POINTS, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=-1)


def _cloud(centres: Points, radii: Points, layer: Layer) -> Points:
    """Points on circles: centres (frames, balls, 2), radii (frames, balls) → (frames, points, 2)."""
    shrink = 1.0 - 0.55 * max(abs(layer.move[0]), abs(layer.move[1]))
    grown = np.maximum(radii * shrink + layer.grow_px, 0.5)
    moved = centres + radii[..., None] * np.array(layer.move) * 0.5
    cloud = moved[:, :, None, :] + grown[:, :, None, None] * _CIRCLE
    return np.asarray(cloud.reshape(len(centres), -1, 2))
