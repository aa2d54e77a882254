"""Which clips were filmed in the same room: their backgrounds are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 32, 18
PICTURE_BYTES = WIDTH_PX * HEIGHT_PX * 3
EVERY_FRAMES = 12
# Mean difference of brightness, of 255, up to which two backgrounds are one. 37 real clips of 13
# rooms: within a room at most 21, between rooms at least 23.
SAME_ROOM = 22.0


class RoomMeter:
    """Finds what stands still in a clip: the median of its pictures, tiny and in colour."""

    def __init__(self) -> None:
        self._count = 0
        self._pictures: list[NDArray[np.uint8]] = []

    def add(self, frame: VideoFrame) -> None:
        """Take the clip's next picture; one of twelve is looked at."""
        if self._count % EVERY_FRAMES == 0:
            small = frame.reformat(WIDTH_PX, HEIGHT_PX, format="rgb24").to_ndarray()
            self._pictures.append(small.astype(np.uint8))
        self._count += 1

    def read(self) -> bytes:
        """Return the background, ``PICTURE_BYTES`` of RGB; empty without a picture."""
        if not self._pictures:
            return b""
        background: NDArray[np.uint8] = np.median(np.stack(self._pictures), axis=0).astype(np.uint8)
        return bytes(background.tobytes())


def group_rooms(backgrounds: Mapping[str, bytes]) -> dict[str, str]:
    """Return for every clip the room it was filmed in.

    Parameters
    ----------
    backgrounds : mapping of str to bytes
        What ``RoomMeter`` read, by clip id; a clip without one is alone.

    Returns
    -------
    dict of str to str
        A room is named by the first clip id, in order of the alphabet, that was filmed there.
        Two clips that a third one links are in one room, as where the light changes by and by.
    """
    rooms: dict[str, str] = {}
    seen: dict[str, NDArray[np.float32]] = {}
    for clip_id in sorted(backgrounds):
        rooms[clip_id] = clip_id
        if len(backgrounds[clip_id]) != PICTURE_BYTES:
            continue
        picture = np.frombuffer(backgrounds[clip_id], np.uint8).astype(np.float32)
        alike = {
            rooms[other] for other, its in seen.items() if np.abs(its - picture).mean() <= SAME_ROOM
        }
        if alike:
            room = min(alike)
            rooms = {name: room if own in alike else own for name, own in rooms.items()}
            rooms[clip_id] = room
        seen[clip_id] = picture
    return rooms
