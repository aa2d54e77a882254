"""Painting the couple: bodies as parts, shaded in coats, far parts first.

A part's pieces are fused: each coat covers all pieces before the next coat begins, so that no
contour crosses a knee.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from demo.outlines import ROUND, SHIFT, Ball, Coat, Outlines, Screened, capsule, cloud
from demo.stage import Camera, Mood, Picture, Points

type Colour = tuple[float, float, float]
SEAM_M = 0.004

type Paint = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Fill:
    """One polygon of a part in all frames.

    ``outline`` has shape (frames, points, 2), fixed point; with ``hull`` it is a cloud of points
    whose hull is meant.
    """

    outline: Outlines
    paint: Paint
    edge: int
    hull: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a body: its polygons in painting order; ``depth`` (frames,) orders the parts."""

    depth: Points
    fills: tuple[Fill, ...]


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
        fills = [
            self._fill(piece, colour, coat, smooth=index < max(2, len(coats) - 2))
            for index, coat in enumerate(coats)
            for piece in screened
        ]
        self._parts.append(Part(depth, tuple(fills)))

    def dot(self, centre: Points, radius: float, colour: Colour, *, nearer_m: float) -> None:
        """Add a small round spot in one plain colour."""
        screened = Screened.of(self._camera, [(centre, radius)])
        outline = cloud(screened.centres, screened.radii)
        fill = Fill(outline, self._lit(colour), cv2.LINE_AA, hull=False)
        self._parts.append(Part(screened.depth - nearer_m, (fill,)))

    def panel(self, corners: Sequence[Points], colour: Colour, *, nearer_m: float) -> None:
        """Add a flat piece of cloth between points, a little wider so that no seam shows."""
        screened = Screened.of(self._camera, [(corner, SEAM_M) for corner in corners])
        outline = cloud(screened.centres, screened.radii, points=4)
        fill = Fill(outline, self._lit(colour), cv2.LINE_AA, hull=True)
        self._parts.append(Part(screened.depth - nearer_m, (fill,)))

    def paint(self, picture: Picture, frame: int) -> None:
        """Fill all parts of one frame into ``picture``, in place."""
        if self._order is None:
            depths = np.stack([part.depth for part in self._parts], axis=1)
            self._order = np.argsort(-depths, axis=1, kind="stable").astype(np.int32)
        for index in self._order[frame]:
            for fill in self._parts[index].fills:
                outline = fill.outline[frame]
                points = cv2.convexHull(outline) if fill.hull else outline
                cv2.fillConvexPoly(picture, points, fill.paint, fill.edge, SHIFT)

    def bounds(self) -> Outlines:
        """Left, top, right and bottom pixel of everything painted, shape (frames, 4)."""
        outer = [fill.outline for part in self._parts for fill in part.fills]
        low = np.min([outline.min(axis=1) for outline in outer], axis=0)
        high = np.max([outline.max(axis=1) for outline in outer], axis=0)
        return np.concatenate([(low >> SHIFT) - 2, (high >> SHIFT) + 3], axis=1)

    def _fill(self, piece: Screened, colour: Colour, coat: Coat, *, smooth: bool) -> Fill:
        """One coat of a piece; inside a part, shades lie too close for edges to need smoothing."""
        hull = piece.centres.shape[1] > 2
        outline = (cloud if hull else capsule)(*piece.coated(coat))
        edge = cv2.LINE_AA if smooth else cv2.LINE_8
        return Fill(outline, self._paint_of(colour, coat), edge, hull)

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
