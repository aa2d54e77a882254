"""Drawn keypoints: stick figures that dance as told, as a detector would see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.pose.keypoints import INDEX, KEYPOINTS, SeenPersons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

TORSO_PX = 60.0
_STANDING = {
    "nose": (0, -1.35),
    **{f"{s}_eye": (k * 0.05, -1.4) for s, k in (("left", 1), ("right", -1))},
    **{f"{s}_ear": (k * 0.1, -1.38) for s, k in (("left", 1), ("right", -1))},
    **{f"{s}_shoulder": (k * 0.35, -1.0) for s, k in (("left", 1), ("right", -1))},
    **{f"{s}_elbow": (k * 0.5, -0.5) for s, k in (("left", 1), ("right", -1))},
    **{f"{s}_wrist": (k * 0.45, 0.0) for s, k in (("left", 1), ("right", -1))},
    **{f"{s}_hip": (k * 0.22, 0.0) for s, k in (("left", 1), ("right", -1))},
    **{f"{s}_knee": (k * 0.24, 0.85) for s, k in (("left", 1), ("right", -1))},
    **{f"{s}_ankle": (k * 0.25, 1.7) for s, k in (("left", 1), ("right", -1))},
}
STANDING = np.array([_STANDING[name] for name in KEYPOINTS], dtype=np.float64)

type Path = Callable[[float], tuple[float, float]]


def dancer(beats: Floats, path: Path, *, size: float = 1.0, hands: float = 0.3) -> Floats:
    """Keypoints of shape (n_frames, 17, 3) of somebody stepping along a path, waving one hand."""
    frames = np.ones((len(beats), len(KEYPOINTS), 3))
    for number, beat in enumerate(beats):
        body = STANDING.copy()
        step = np.cos(np.pi * beat)
        body[INDEX["left_ankle"]] += (0.15 * step, 0)
        body[INDEX["right_knee"]] += (-0.1 * step, 0)
        body[INDEX["left_wrist"]] += (hands * np.sin(np.pi / 4 * beat), -hands * (1 + step))
        frames[number, :, :2] = body * TORSO_PX * size + path(float(beat))
    frames[..., 2] = 0.9
    return frames


def mirrored(frames: Floats, *, width_px: float = 640.0) -> Floats:
    """What a detector sees in the mirrored picture: left hands become right ones."""
    swapped = [
        INDEX[name.replace("left", "right") if "left" in name else name.replace("right", "left")]
        for name in KEYPOINTS
    ]
    result = frames[:, swapped].copy()
    result[..., 0] = np.where(result[..., 2] > 0, width_px - result[..., 0], 0)
    return result


def seen(*dancers: Floats, order: Sequence[int] | None = None) -> list[SeenPersons]:
    """The persons of each picture; one whose keypoints are all zero is not seen in it."""
    pictures = []
    for persons in zip(*(dancers[i] for i in order or range(len(dancers))), strict=True):
        visible = [person for person in persons if person[:, 2].any()]
        boxes = [(*p[:, :2].min(axis=0), *p[:, :2].max(axis=0)) for p in visible]
        pictures.append(
            SeenPersons(
                keypoints=np.array(visible).reshape(-1, len(KEYPOINTS), 3),
                boxes=np.array(boxes, dtype=np.float64).reshape(-1, 4),
                scores=np.array([p[:, 2].mean() for p in visible], dtype=np.float64),
            )
        )
    return pictures


def shuffled(pictures: Sequence[SeenPersons], *, seed: int = 7) -> list[SeenPersons]:
    """The same persons in another order in every picture, as detectors give them."""
    source = np.random.default_rng(seed)
    orders = [source.permutation(len(p.scores)) for p in pictures]
    return [
        SeenPersons(keypoints=p.keypoints[o], boxes=p.boxes[o], scores=p.scores[o])
        for p, o in zip(pictures, orders, strict=True)
    ]


def hidden(frames: Floats, *when: slice) -> Floats:
    """The dancer, not seen in these pictures."""
    result = frames.copy()
    for part in when:
        result[part] = 0
    return result
