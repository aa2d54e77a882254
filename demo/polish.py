"""What the dancers do to the floor: soft shadows under them and a faint mirror image."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.figures import Figure
from demo.motion import SIDES, Role
from demo.stage import HEIGHT_PX, WIDTH_PX, Camera, Picture

MIRROR_PX = 120
# How much of the image the floor gives back, near the feet and further down.
BANDS = ((0, 40, 0.15), (40, 80, 0.09), (80, MIRROR_PX, 0.04))
BODY_M, FOOT_M = (0.46, 0.14), (0.15, 0.055)


class Floor:
    """Shadows and reflection of a couple in all frames of a clip."""

    def __init__(self, camera: Camera, backdrop: Picture, figures: Mapping[Role, Figure]) -> None:
        self._backdrop = backdrop
        scale = camera.focal_px / camera.distance_m
        body = _blot(BODY_M[0] * scale, BODY_M[1] * scale, 0.42)
        foot = _blot(FOOT_M[0] * scale, FOOT_M[1] * scale, 0.50)
        self._blots: list[tuple[Picture, NDArray[np.int64]]] = []
        feet_px = []
        for figure in figures.values():
            feet = [figure.joints[f"{side}_{end}"] for side in SIDES for end in ("toe", "heel")]
            ground = np.array([1.0, 1.0, 0.0])
            centre = (np.mean(feet, axis=0) + figure.joints["pelvis"]) / 2 * ground
            self._blots.append((body, _pixels(camera, centre)))
            for toe, heel in (feet[:2], feet[2:]):
                self._blots.append((foot, _pixels(camera, (toe + heel) / 2 * ground)))
            feet_px.append(self._blots[-1][1][:, 1])
        self._line = np.maximum(*feet_px)

    def shade(self, picture: Picture, frame: int) -> None:
        """Darken the floor under the dancers, in place; before they are painted."""
        for blot, places in self._blots:
            height, width = blot.shape[:2]
            left, top = places[frame] - (width // 2, height // 2)
            if left < 0 or top < 0 or left + width > WIDTH_PX or top + height > HEIGHT_PX:
                continue
            area = picture[top : top + height, left : left + width]
            cv2.multiply(area, blot, dst=area, scale=1 / 255)

    def mirror(self, picture: Picture, frame: int, left: int, right: int) -> None:
        """Add the dancers' image below their feet, in place; after they are painted."""
        line = int(self._line[frame])
        for first, last, share in BANDS:
            area = picture[line + first : line + last, left:right]
            if len(area) < last - first:
                return
            image = picture[line - last : line - first, left:right][::-1]
            empty = self._backdrop[line - last : line - first, left:right][::-1]
            brighter = cv2.addWeighted(area, 1.0, image, share, 0.0)
            cv2.addWeighted(brighter, 1.0, empty, -share, 0.0, dst=area)

    def bounds(self, drawn: NDArray[np.int32]) -> NDArray[np.int32]:
        """The dancers' bounds (frames, 4) widened by what happens on the floor, even numbers."""
        reach = [(places[:, 0], blot.shape[1] // 2 + 1) for blot, places in self._blots]
        left = np.min([drawn[:, 0], *(place - half for place, half in reach)], axis=0).clip(0)
        right = np.max([drawn[:, 2], *(place + half for place, half in reach)], axis=0)
        right = right.clip(max=WIDTH_PX)
        top = np.clip(drawn[:, 1], 0, HEIGHT_PX)
        bottom = np.clip(np.maximum(drawn[:, 3], self._line) + MIRROR_PX, 0, HEIGHT_PX)
        outer = [left // 2 * 2, top // 2 * 2, (right + 1) // 2 * 2, (bottom + 1) // 2 * 2]
        return np.stack(outer, axis=1).astype(np.int32)


def _pixels(camera: Camera, points: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.round(camera.project(points)[0]).astype(np.int64)


def _blot(width_px: float, height_px: float, darkness: float) -> Picture:
    """A soft dark ellipse to multiply with; 255 leaves the floor as it is."""
    across = np.linspace(-1, 1, round(width_px * 2) // 2 * 2)[None, :]
    down = np.linspace(-1, 1, round(height_px * 2) // 2 * 2)[:, None]
    shade = np.clip(1.0 - across**2 - down**2, 0.0, 1.0) ** 1.5
    return np.repeat((255 * (1 - darkness * shade))[..., None], 3, axis=2).astype(np.uint8)
