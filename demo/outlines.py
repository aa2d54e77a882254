"""Outlines of body parts on the screen: balls in space, the skin stretched over them, its coats.

All frames of a clip are computed at once, in fixed point for sub-pixel drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.stage import Camera, Points

type Outlines = NDArray[np.int32]
type Ball = tuple[Points, float]
"""Centre in all frames, shape (frames, 3), and radius in metres."""

SHIFT = 4
CAP_POINTS = 7
HULL_POINTS = 14


@dataclass(frozen=True, slots=True)
class Coat:
    """One layer of paint.

    ``light`` is its brightness against the part's colour, ``rim`` the share of the lamp behind
    the dancers in it, ``grow_px`` widens the outline, ``move`` shifts it in radii (x right, y
    down), ``shrink`` is the share of the radius that is left.
    """

    light: float
    rim: float = 0.0
    grow_px: float = 0.0
    move: tuple[float, float] = (0.0, 0.0)
    shrink: float = 1.0


# From the dark contour through the rim light to the brightest strip on the lamp's side.
CONTOUR = Coat(0.50, grow_px=1.2)
RIM = Coat(0.92, rim=0.38, grow_px=-0.2)
SHADE = Coat(0.76, grow_px=-0.9, move=(-0.10, 0.02), shrink=0.94)
BODY = Coat(0.92, grow_px=-1.2, move=(-0.20, -0.05), shrink=0.74)
GLEAM = Coat(1.04, grow_px=-1.4, move=(-0.34, -0.12), shrink=0.46)
ROUND = (CONTOUR, RIM, SHADE, BODY, GLEAM)
SMALL = (
    CONTOUR,
    Coat(0.78, grow_px=-0.4),
    Coat(0.96, grow_px=-0.8, move=(-0.22, -0.05), shrink=0.68),
)
PLAIN = (Coat(1.0),)


@dataclass(frozen=True, slots=True)
class Screened:
    """Balls on the screen: centres (frames, balls, 2), radii (frames, balls), depth (frames,)."""

    centres: Points
    radii: Points
    depth: Points

    @classmethod
    def of(cls, camera: Camera, balls: Sequence[Ball]) -> Screened:
        """The balls as the camera sees them."""
        centres, depths = camera.project(np.stack([centre for centre, _ in balls], axis=1))
        radii = np.array([radius for _, radius in balls]) * camera.focal_px / depths
        return cls(centres, radii, depths.mean(axis=1))

    def coated(self, coat: Coat) -> tuple[Points, Points]:
        """Centres and radii of one coat."""
        centres = self.centres + self.radii[..., None] * np.array(coat.move)
        return centres, np.maximum(self.radii * coat.shrink + coat.grow_px, 0.6)


def fixed(points: Points) -> Outlines:
    """Pixels as the fixed-point numbers the drawing functions take."""
    return np.asarray(np.round(points * 2**SHIFT), np.int32)


def capsule(centres: Points, radii: Points) -> Outlines:
    """The tapered capsule around two balls, shape (frames, 2 * CAP_POINTS, 2), convex."""
    axis = centres[:, 1] - centres[:, 0]
    length = np.maximum(np.hypot(axis[:, 0], axis[:, 1]), 1e-3)
    angle = np.arctan2(axis[:, 1], axis[:, 0])
    # Where the common tangents touch; one ball inside the other leaves the larger one.
    lean = np.arccos(np.clip((radii[:, 0] - radii[:, 1]) / length, -1.0, 1.0))
    share = np.linspace(0.0, 1.0, CAP_POINTS)
    first = (angle + lean)[:, None] + share * (2 * np.pi - 2 * lean)[:, None]
    second = (angle - lean)[:, None] + share * (2 * lean)[:, None]
    caps = [
        centres[:, end, None] + radii[:, end, None, None] * np.stack([np.cos(a), np.sin(a)], -1)
        for end, a in ((0, first), (1, second))
    ]
    return fixed(np.concatenate(caps, axis=1))


def cloud(centres: Points, radii: Points, *, points: int = HULL_POINTS) -> Outlines:
    """Points around all balls, shape (frames, balls * points, 2); their hull is the outline."""
    angles = np.linspace(0.0, 2 * np.pi, points, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    around = centres[:, :, None] + radii[:, :, None, None] * circle
    return fixed(around.reshape(len(centres), -1, 2))
