"""Which clips were filmed in the same room: their backgrounds are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

BACKGROUND_PX = (32, 18)
PICTURE_BYTES = BACKGROUND_PX[0] * BACKGROUND_PX[1] * 3
# Mean difference of brightness, of 255, up to which two backgrounds are one. 37 real clips of 13
# rooms: within a room at most 21, between rooms at least 23.
SAME_ROOM = 22.0
# Up to which they are of one scene: the camera on one spot, and mostly the same couple. Of those 37
# within a scene at most 16, within a room between scenes at least 20.
SAME_SCENE = 18.0


def group_rooms(backgrounds: Mapping[str, bytes], *, at_most: float = SAME_ROOM) -> dict[str, str]:
    """Return for every clip the room it was filmed in; its scene with ``SAME_SCENE``.

    Parameters
    ----------
    backgrounds : mapping of str to bytes
        What ``meters.BackgroundMeter`` read, by clip id; a clip without one is alone.
    at_most : float
        Up to which mean difference of brightness two backgrounds are one.

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
            rooms[other] for other, its in seen.items() if np.abs(its - picture).mean() <= at_most
        }
        if alike:
            room = min(alike)
            rooms = {name: room if own in alike else own for name, own in rooms.items()}
            rooms[clip_id] = room
        seen[clip_id] = picture
    return rooms
