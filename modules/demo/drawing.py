"""Painting the couple: bodies as parts, shaded in coats, far parts first.

A part's pieces are fused: each coat covers all pieces before the next coat begins, so that no
contour crosses a knee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from modules.demo.figures import Figure
from modules.demo.motion import Role
from modules.demo.outlines import ROUND, SHIFT, Ball, Coat, Outlines, Screened, capsule, cloud
from modules.demo.stage import Camera, Mood, Picture, Points

type Colour = tuple[float, float, float]
SMOOTH_COATS = 3

type Paint = tuple[int, int, int]


@dataclass(slots=True)
class Part:
    """One part of a body in all frames: per coat its paint and the outlines of its pieces.

    ``depth`` (frames,) orders the parts; a piece flagged in ``hulls`` is a cloud of points.
    """

    depth: Points
    paints: tuple[Paint, ...]
    pieces: list[list[Outlines]]
    hulls: list[bool] = field(default_factory=list)


class Canvas:
    """Collects the parts of a clip's dancers, then paints them frame by frame."""

    def __init__(self, camera: Camera, mood: Mood) -> None:
        self._camera, self._mood = camera, mood
        self._parts: list[Part] = []
        self._order: Outlines | None = None

    def limb(
        self,
        pieces: Sequence[Sequence[Ball]],
        colour: Colour,
        *,
        nearer_m: float = 0.0,
        coats: Sequence[Coat] = ROUND,
    ) -> None:
        """Add a part whose pieces are skins over balls; ``nearer_m`` brings it forward."""
        screened = [Screened.of(self._camera, balls) for balls in pieces]
        depth = np.mean([piece.depth for piece in screened], axis=0) - nearer_m
        part = Part(
            depth, tuple(self._paint_of(colour, coat) for coat in coats), [[] for _ in coats]
        )
        part.hulls = [len(balls) > 2 for balls in pieces]
        for piece in screened:
            shape = cloud if piece.centres.shape[1] > 2 else capsule
            for coat, outlines in zip(coats, part.pieces, strict=True):
                outlines.append(shape(*piece.coated(coat)))
        self._parts.append(part)

    def dot(self, centre: Points, radius: float, colour: Colour, *, nearer_m: float) -> None:
        """Add a small round spot in one plain colour."""
        screened = Screened.of(self._camera, [(centre, radius)])
        outline = cloud(screened.centres, screened.radii)
        self._parts.append(
            Part(screened.depth - nearer_m, (self._lit(colour),), [[outline]], [False])
        )

    def panel(self, corners: Sequence[Points], colour: Colour, *, nearer_m: float) -> None:
        """Add a flat piece of cloth between points."""
        screened = Screened.of(self._camera, [(corner, 0.004) for corner in corners])
        outline = cloud(screened.centres, screened.radii)
        self._parts.append(
            Part(screened.depth - nearer_m, (self._lit(colour),), [[outline]], [True])
        )

    def paint(self, picture: Picture, frame: int) -> None:
        """Fill all parts of one frame into ``picture``, in place."""
        if self._order is None:
            depths = np.stack([part.depth for part in self._parts], axis=1)
            self._order = np.argsort(-depths, axis=1, kind="stable").astype(np.int32)
        for index in self._order[frame]:
            part = self._parts[index]
            for coat, (paint, outlines) in enumerate(zip(part.paints, part.pieces, strict=True)):
                # Inside a part, shades lie too close for their edges to need smoothing.
                edge = cv2.LINE_AA if coat < SMOOTH_COATS else cv2.LINE_8
                for outline, hull in zip(outlines, part.hulls, strict=True):
                    points = cv2.convexHull(outline[frame]) if hull else outline[frame]
                    cv2.fillConvexPoly(picture, points, paint, edge, SHIFT)

    def bounds(self) -> Outlines:
        """Left, top, right and bottom pixel of everything painted, shape (frames, 4)."""
        outer = [outline for part in self._parts for outline in part.pieces[0]]
        low = np.min([outline.min(axis=1) for outline in outer], axis=0)
        high = np.max([outline.max(axis=1) for outline in outer], axis=0)
        return np.concatenate([(low >> SHIFT) - 2, (high >> SHIFT) + 3], axis=1)

    def _paint_of(self, colour: Colour, coat: Coat) -> Paint:
        pairs = zip(colour, self._mood.rim, strict=True)
        blended = [(1 - coat.rim) * own + coat.rim * rim for own, rim in pairs]
        return self._lit(blended, coat.light)

    def _lit(self, colour: Sequence[float], light: float = 1.0) -> Paint:
        blue, green, red = (
            int(np.clip(255 * light * c * t, 0, 255))
            for c, t in zip(colour, self._mood.tint, strict=True)
        )
        return blue, green, red


def draw_couple(camera: Camera, mood: Mood, figures: Mapping[Role, Figure]) -> Canvas:
    """A canvas with both dancers on it."""
    from modules.demo.costumes import dress

    canvas = Canvas(camera, mood)
    for figure in figures.values():
        dress(canvas, figure)
    return canvas
