"""The stage: the camera that looks at it and the painted backdrop (wall, lights, floor)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

type Points = NDArray[np.float64]
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

    def floor_at(self, across_px: Points, down_px: Points) -> tuple[Points, Points, Points]:
        """Floor positions (x, y) seen at pixels, and whether it is floor at all there."""
        sine, cosine = np.sin(self.pitch), np.cos(self.pitch)
        fall = (down_px - HEIGHT_PX / 2) / self.focal_px
        drop = sine + fall * cosine
        reach = self.height_m / np.maximum(drop, 1e-6)
        y = reach * (cosine - fall * sine) - self.distance_m
        x = reach * (across_px - WIDTH_PX / 2) / self.focal_px + self.shift_m
        return x, y, (drop > 0) & (y < WALL_M)


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
        floor=(0.30, 0.30, 0.36),
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
    down, across = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    x, y, is_floor = camera.floor_at(across, down)
    wall_foot_px = float(camera.project(np.array([0.0, WALL_M, 0.0]))[0][1])
    wall = _wall(mood, across, down / wall_foot_px, chance)
    _add_bokeh(wall, mood, wall_foot_px, chance)
    _add_garland(wall, mood, chance)
    floor = _floor(mood, x, y, chance)
    floor += 0.20 * _mirrored(wall, wall_foot_px)
    picture = np.where(is_floor[..., None], floor, wall)
    _add_skirting(picture, wall_foot_px)
    vignette = 1.0 - 0.36 * (
        ((across / WIDTH_PX - 0.5) * 1.9) ** 2 + ((down / HEIGHT_PX - 0.55) * 1.2) ** 2
    )
    picture *= np.clip(vignette, 0.2, 1.0)[..., None]
    grain = chance.standard_normal((HEIGHT_PX, WIDTH_PX, 1), dtype=np.float32) * 0.006
    return np.asarray(np.clip((picture + grain) * 255.0, 0, 255), np.uint8)


def _wall(mood: Mood, across: Points, fall: Points, chance: np.random.Generator) -> Points:
    top, low = np.array(mood.wall_top), np.array(mood.wall_low)
    share = np.clip(fall, 0.0, 1.0)[..., None] ** 1.4
    wall = top * (1 - share) + low * share
    phase = chance.uniform(0, 6.28, 3)
    folds = np.sin(across / 23 + 1.3 * np.sin(across / 90 + phase[0]) + phase[1])
    folds += 0.5 * np.sin(across / 9.5 + phase[2])
    wall *= (1.0 + 0.055 * folds)[..., None]
    glow = np.exp(-(((across - WIDTH_PX / 2) / 420) ** 2) - ((fall - 0.75) / 0.7) ** 2)
    wall += 0.22 * glow[..., None] * np.array(mood.spot)
    return np.asarray(wall.astype(np.float32))


def _floor(mood: Mood, x: Points, y: Points, chance: np.random.Generator) -> Points:
    """Boards that run into the picture, lit by one soft round spot."""
    board_m, length_m = 0.16, 1.7
    column = np.floor(x / board_m).astype(np.int64)
    shifts = chance.uniform(0, length_m, 512)
    row = np.floor((y + shifts[column % 512]) / length_m).astype(np.int64)
    tones = chance.uniform(0.86, 1.12, 4096)[(column * 37 + row * 101) % 4096]
    seam = np.minimum(x / board_m - column, column + 1 - x / board_m) * board_m
    tones = tones * (1.0 - 0.35 * np.exp(-((seam / 0.006) ** 2)))
    tones *= 1.0 + 0.05 * np.sin(y * 9 + 3 * np.sin(x * 5 + column))
    spot = np.exp(-(((x / 1.9) ** 2 + ((y + 0.1) / 1.6) ** 2) ** 1.3))
    light = 0.42 + 0.95 * spot
    colour = np.array(mood.floor) * (1 - 0.35 * spot[..., None])
    colour = colour + 0.35 * spot[..., None] * np.array(mood.floor) * np.array(mood.spot) * 1.3
    return np.asarray((colour * (tones * light)[..., None]).astype(np.float32))


def _mirrored(wall: Points, foot_px: float) -> Points:
    """The wall's blurred reflection in the polished floor."""
    foot = round(foot_px)
    mirror = np.zeros_like(wall)
    count = min(foot, HEIGHT_PX - foot)
    mirror[foot : foot + count] = wall[foot - count : foot][::-1]
    fade = np.exp(-np.arange(count) / 110.0)[:, None, None]
    mirror[foot : foot + count] *= fade
    return np.asarray(cv2.blur(mirror, (31, 25)))


def _add_bokeh(wall: Points, mood: Mood, foot_px: float, chance: np.random.Generator) -> None:
    """Round lights far out of focus."""
    small = np.zeros((HEIGHT_PX // 2, WIDTH_PX // 2, 3), np.float32)
    for _ in range(26):
        centre = (int(chance.uniform(0, WIDTH_PX / 2)), int(chance.uniform(0.1, 0.8) * foot_px / 2))
        colour = np.array(mood.lamp) * chance.uniform(0.05, 0.22)
        colour = np.roll(colour, 1) if chance.random() < 0.2 else colour
        disc = np.zeros_like(small)
        radius = int(chance.uniform(7, 26))
        cv2.circle(disc, centre, radius, tuple(float(c) for c in colour), -1, cv2.LINE_AA)
        cv2.circle(disc, centre, radius, tuple(float(c) * 1.4 for c in colour), 1, cv2.LINE_AA)
        small += disc
    small = cv2.GaussianBlur(small, (0, 0), 1.6)
    wall += cv2.resize(small, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)


def _add_garland(wall: Points, mood: Mood, chance: np.random.Generator) -> None:
    """Two strings of bulbs hung across the top."""
    bulbs = np.zeros_like(wall)
    wires = np.zeros(wall.shape[:2], np.float32)
    for hang_px in (chance.uniform(46, 70), chance.uniform(88, 120)):
        spans = np.sort(chance.uniform(0, WIDTH_PX, 2) // 1)
        knots = np.array([-60.0, *spans, WIDTH_PX + 60.0])
        along = np.arange(-40, WIDTH_PX + 40, 4.0)
        span = np.clip(np.searchsorted(knots, along) - 1, 0, 2)
        share = (along - knots[span]) / (knots[span + 1] - knots[span])
        sag = hang_px + 0.16 * (knots[span + 1] - knots[span]) * 4 * share * (1 - share) * 0.55 - 30
        line = np.stack([along, sag], axis=1)
        cv2.polylines(wires, [np.round(line * 16).astype(np.int32)], False, 1.0, 1, cv2.LINE_AA, 4)
        for px, py in line[:: round(chance.uniform(14, 18))]:
            cv2.circle(bulbs, (int(px), int(py) + 6), 4, mood.lamp, -1, cv2.LINE_AA)
    wall *= (1.0 - 0.5 * wires)[..., None]
    halo = cv2.resize(bulbs, (WIDTH_PX // 4, HEIGHT_PX // 4), interpolation=cv2.INTER_AREA)
    halo = cv2.GaussianBlur(halo, (0, 0), 5)
    wall += 1.6 * cv2.resize(halo, (WIDTH_PX, HEIGHT_PX)) + 0.9 * bulbs


def _add_skirting(picture: Points, foot_px: float) -> None:
    foot = round(foot_px)
    picture[foot - 16 : foot] *= 0.62
    picture[foot - 17 : foot - 16] *= 1.35
    picture[foot : foot + 5] *= np.linspace(0.55, 0.95, 5, dtype=np.float32)[:, None, None]
