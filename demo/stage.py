"""The stage: the camera that looks at it and the painted backdrop (wall, lights, floor)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

type Points = NDArray[np.float64]
type Light = NDArray[np.float32]
type Picture = NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX = 1280, 720
WALL_M = 3.2


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera on the audience's side: x right, y into the picture, z up, in metres."""

    distance_m: float = 6.0
    height_m: float = 1.45
    aim_m: float = 0.86
    zoom: float = 1.0
    shift_m: float = 0.0

    @property
    def focal_px(self) -> float:
        """Pixels per metre at one metre's depth."""
        return 1600.0 * self.zoom

    @property
    def pitch(self) -> float:
        """How far the camera looks down, in radians."""
        return float(np.arctan2(self.height_m - self.aim_m, self.distance_m))

    def project(self, points: Points) -> tuple[Points, Points]:
        """Screen positions and depths of world points.

        Parameters
        ----------
        points : ndarray, shape (..., 3)
            World positions in metres.

        Returns
        -------
        screen : ndarray, shape (..., 2)
            Pixels from the upper left corner.
        depth : ndarray, shape (...)
            Metres along the line of sight; ``focal_px / depth`` is pixels per metre there.
        """
        sine, cosine = np.sin(self.pitch), np.cos(self.pitch)
        ahead = points[..., 1] + self.distance_m
        rise = points[..., 2] - self.height_m
        depth = ahead * cosine - rise * sine
        up = ahead * sine + rise * cosine
        across = WIDTH_PX / 2 + self.focal_px * (points[..., 0] - self.shift_m) / depth
        down = HEIGHT_PX / 2 - self.focal_px * up / depth
        return np.stack([across, down], axis=-1), depth

    def floor_at(self, across_px: Light, down_px: Light) -> tuple[Light, Light]:
        """Floor positions x and y in metres seen at pixels below the horizon."""
        sine, cosine = np.sin(self.pitch), np.cos(self.pitch)
        fall = (down_px - HEIGHT_PX / 2) / self.focal_px
        drop = sine + fall * cosine
        reach = self.height_m / np.maximum(drop, 1e-6)
        y = reach * (cosine - fall * sine) - self.distance_m
        x = reach * (across_px - WIDTH_PX / 2) / self.focal_px + self.shift_m
        return x, y


@dataclass(frozen=True, slots=True)
class Mood:
    """The light of a clip, all colours as BGR in [0, 1]."""

    wall_top: tuple[float, float, float]
    wall_low: tuple[float, float, float]
    floor: tuple[float, float, float]
    spot: tuple[float, float, float]
    lamp: tuple[float, float, float]
    tint: tuple[float, float, float]
    rim: tuple[float, float, float]


MOODS: dict[str, Mood] = {
    "low": Mood(
        wall_top=(0.30, 0.16, 0.10),
        wall_low=(0.52, 0.34, 0.22),
        floor=(0.28, 0.32, 0.42),
        spot=(0.85, 0.88, 0.95),
        lamp=(0.70, 0.88, 1.00),
        tint=(1.00, 0.94, 0.92),
        rim=(1.00, 0.80, 0.62),
    ),
    "medium": Mood(
        wall_top=(0.26, 0.11, 0.22),
        wall_low=(0.44, 0.26, 0.52),
        floor=(0.24, 0.32, 0.46),
        spot=(0.78, 0.88, 1.00),
        lamp=(0.60, 0.82, 1.00),
        tint=(0.95, 0.96, 1.00),
        rim=(0.95, 0.65, 0.90),
    ),
    "high": Mood(
        wall_top=(0.12, 0.10, 0.34),
        wall_low=(0.24, 0.36, 0.80),
        floor=(0.22, 0.34, 0.54),
        spot=(0.66, 0.86, 1.05),
        lamp=(0.45, 0.80, 1.00),
        tint=(0.90, 0.96, 1.04),
        rim=(0.50, 0.80, 1.00),
    ),
}


def paint_backdrop(camera: Camera, mood: Mood, *, seed: int) -> Picture:
    """The empty stage as the camera sees it, shape (720, 1280, 3), BGR; same seed, same picture."""
    chance = np.random.default_rng(seed)
    foot_px = round(float(camera.project(np.array([0.0, WALL_M, 0.0]))[0][1]))
    wall = _wall(mood, foot_px, chance)
    _add_bokeh(wall, mood, chance)
    _add_garland(wall, mood, chance)
    floor = _floor(camera, mood, foot_px, chance)
    _add_mirrored(floor, wall)
    picture = np.concatenate([wall, floor])
    _add_skirting(picture, foot_px)
    picture *= _vignette()
    picture += chance.standard_normal((HEIGHT_PX, WIDTH_PX, 1), dtype=np.float32) * 0.004
    return np.asarray(cv2.convertScaleAbs(np.clip(picture, 0.0, 1.0), alpha=255.0), np.uint8)


def _vignette() -> Light:
    across = np.linspace(-0.95, 0.95, WIDTH_PX, dtype=np.float32)
    down = np.linspace(-0.66, 0.54, HEIGHT_PX, dtype=np.float32)
    darker = 0.36 * (across[None, :] ** 2 + down[:, None] ** 2)
    return np.asarray(np.clip(1.0 - darker, 0.2, 1.0)[..., None])


def _wall(mood: Mood, foot_px: int, chance: np.random.Generator) -> Light:
    """A curtain, darker towards the ceiling, with a glow behind the dancers."""
    across = np.arange(WIDTH_PX, dtype=np.float32)
    fall = np.linspace(0.0, 1.0, foot_px, dtype=np.float32)
    phase = chance.uniform(0, 2 * np.pi, 3)
    folds = np.sin(across / 23 + 1.3 * np.sin(across / 90 + phase[0]) + phase[1])
    folds += 0.5 * np.sin(across / 9.5 + phase[2])
    share = fall[:, None, None] ** 1.4
    wall = (
        np.array(mood.wall_top, np.float32) * (1 - share)
        + np.array(mood.wall_low, np.float32) * share
    )
    beside = np.exp(-(((across - WIDTH_PX / 2) / 420) ** 2)).astype(np.float32)
    glow = np.exp(-(((fall - 0.75) / 0.7) ** 2))[:, None] * beside[None, :]
    cloth = (1.0 + 0.055 * folds).astype(np.float32)
    return np.asarray(
        wall * cloth[None, :, None] + 0.22 * glow[..., None] * np.array(mood.spot, np.float32)
    )


def _floor(camera: Camera, mood: Mood, foot_px: int, chance: np.random.Generator) -> Light:
    """Boards that run into the picture, lit by one soft round spot."""
    rows = np.arange(foot_px, HEIGHT_PX, dtype=np.float32)[:, None]
    x, y = camera.floor_at(np.arange(WIDTH_PX, dtype=np.float32)[None, :], rows)
    board_m, length_m = 0.16, 1.7
    column = np.floor(x / board_m).astype(np.int32)
    shifts = chance.uniform(0, length_m, 512).astype(np.float32)
    row = np.floor((y + shifts[column % 512]) / length_m).astype(np.int32)
    tones = chance.uniform(0.86, 1.12, 4096).astype(np.float32)[(column * 37 + row * 101) % 4096]
    within = x / board_m - column
    seam = np.minimum(within, 1 - within) * (board_m / 0.006)
    tones *= 1.0 - 0.35 * np.exp(-(seam**2))
    tones *= 1.0 + 0.05 * np.sin(y * 9 + 3 * np.sin(x * 5 + column))
    spot = np.exp(-(((x / 1.9) ** 2 + ((y + 0.1) / 1.6) ** 2) ** 1.3))[..., None]
    warm = 1.0 - 0.35 * spot + 0.46 * spot * np.array(mood.spot, np.float32)
    light = (0.42 + 0.95 * spot) * tones[..., None]
    return np.asarray(np.array(mood.floor, np.float32) * warm * light, np.float32)


def _add_mirrored(floor: Light, wall: Light) -> None:
    """Add the wall's blurred reflection in the polished boards."""
    count = min(len(floor), len(wall))
    small = cv2.resize(
        wall[-count:][::-1], (WIDTH_PX // 4, count // 4), interpolation=cv2.INTER_AREA
    )
    mirror = cv2.resize(cv2.blur(small, (8, 6)), (WIDTH_PX, count))
    floor[:count] += (
        0.20 * mirror * np.exp(-np.arange(count, dtype=np.float32) / 110)[:, None, None]
    )


def _add_bokeh(wall: Light, mood: Mood, chance: np.random.Generator) -> None:
    """Add round lights far out of focus."""
    height, width = len(wall) // 2, WIDTH_PX // 2
    small = np.zeros((height, width, 3), np.float32)
    for _ in range(26):
        across, down = chance.uniform(0, width), chance.uniform(0.1, 0.8) * height
        colour = np.array(mood.lamp, np.float32) * chance.uniform(0.05, 0.22)
        colour = np.roll(colour, 1) if chance.random() < 0.2 else colour
        radius = int(chance.uniform(7, 26))
        disc = np.zeros((2 * radius + 3, 2 * radius + 3), np.float32)
        centre = (radius + 1, radius + 1)
        cv2.circle(disc, centre, radius, 1.0, -1, cv2.LINE_AA)
        cv2.circle(disc, centre, radius, 1.4, 1, cv2.LINE_AA)
        left, top = max(0, int(across) - radius - 1), max(0, int(down) - radius - 1)
        area = small[top : top + len(disc), left : left + len(disc)]
        area += disc[: area.shape[0], : area.shape[1], None] * colour
    soft = cv2.GaussianBlur(small, (0, 0), 1.6)
    wall += cv2.resize(soft, (WIDTH_PX, len(wall)), interpolation=cv2.INTER_LINEAR)


def _add_garland(wall: Light, mood: Mood, chance: np.random.Generator) -> None:
    """Hang two strings of bulbs across the top."""
    bulbs = np.zeros((256, WIDTH_PX, 3), np.float32)
    wires = np.zeros((256, WIDTH_PX), np.float32)
    for hang_px in (chance.uniform(16, 40), chance.uniform(58, 90)):
        knots = np.array([-60.0, *np.sort(chance.uniform(0, WIDTH_PX, 2)), WIDTH_PX + 60.0])
        along = np.arange(-40, WIDTH_PX + 40, 4.0)
        span = np.clip(np.searchsorted(knots, along) - 1, 0, 2)
        width = knots[span + 1] - knots[span]
        share = (along - knots[span]) / width
        line = np.stack([along, hang_px + 0.35 * width * share * (1 - share)], axis=1)
        cv2.polylines(wires, [np.round(line * 16).astype(np.int32)], False, 1.0, 1, cv2.LINE_AA, 4)
        for across, down in line[:: round(chance.uniform(14, 18))]:
            cv2.circle(bulbs, (int(across), int(down) + 6), 4, mood.lamp, -1, cv2.LINE_AA)
    top = wall[:256]
    top *= (1.0 - 0.5 * wires)[..., None]
    halo = cv2.GaussianBlur(cv2.resize(bulbs, (WIDTH_PX // 4, 64)), (0, 0), 5)
    top += 1.6 * cv2.resize(halo, (WIDTH_PX, 256)) + 0.9 * bulbs


def _add_skirting(picture: Light, foot_px: int) -> None:
    picture[foot_px - 16 : foot_px] *= 0.62
    picture[foot_px - 17 : foot_px - 16] *= 1.35
    picture[foot_px : foot_px + 5] *= np.linspace(0.55, 0.95, 5, dtype=np.float32)[:, None, None]
