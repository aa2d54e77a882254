"""What a clip's pictures tell while they pass by: what moves, and what stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.contract import ClipMotion
from engine.video.rooms import BACKGROUND_PX

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

MOTION_PX = (160, 90)
LEGS_FROM_PX = 50
MIN_CHANGE = 6
"""Changes of brightness below this, of 255, are the camera's and the encoder's noise."""

BACKGROUND_EVERY_FRAMES = 12


class MotionMeter:
    """Compares each picture of a clip with the one before it."""

    def __init__(self) -> None:
        self._previous: NDArray[np.float32] | None = None
        self._times_s: list[float] = []
        self._legs: list[float] = []
        self._body: list[float] = []

    def add(self, frame: VideoFrame, *, at_s: float) -> None:
        """Take the clip's next picture, shown from ``at_s`` on."""
        small = frame.reformat(*MOTION_PX, format="gray").to_ndarray().astype(np.float32)
        if self._previous is not None:
            change = np.abs(small - self._previous)
            change[change < MIN_CHANGE] = 0
            self._times_s.append(at_s)
            self._legs.append(float(change[LEGS_FROM_PX:].mean()))
            self._body.append(float(change.mean()))
        self._previous = small

    def read(self) -> ClipMotion:
        """Return what moved so far."""
        return ClipMotion(
            times_s=tuple(self._times_s), legs=tuple(self._legs), body=tuple(self._body)
        )


class BackgroundMeter:
    """Finds what stands still in a clip: the median of its pictures, tiny and in colour."""

    def __init__(self) -> None:
        self._count = 0
        self._pictures: list[NDArray[np.uint8]] = []

    def add(self, frame: VideoFrame) -> None:
        """Take the clip's next picture; one of twelve is looked at."""
        if self._count % BACKGROUND_EVERY_FRAMES == 0:
            small = frame.reformat(*BACKGROUND_PX, format="rgb24").to_ndarray()
            self._pictures.append(small.astype(np.uint8))
        self._count += 1

    def read(self) -> bytes:
        """Return the background, ``rooms.PICTURE_BYTES`` of RGB; empty without a picture."""
        if not self._pictures:
            return b""
        background: NDArray[np.uint8] = np.median(np.stack(self._pictures), axis=0).astype(np.uint8)
        return bytes(background.tobytes())
