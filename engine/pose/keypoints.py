"""What a pose detector sees in a picture: persons, as the keypoints of COCO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

KEYPOINTS = (
    "nose",
    *(f"{side}_{part}" for part in ("eye", "ear") for side in ("left", "right")),
    *(
        f"{side}_{part}"
        for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
        for side in ("left", "right")
    ),
)
"""The 17 keypoints of COCO (Lin et al. 2014), in their order; left is the dancer's left."""

INDEX = {name: number for number, name in enumerate(KEYPOINTS)}

MIN_CONFIDENCE = 0.3
"""A keypoint of less is taken for unseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPersons:
    """The persons of one picture.

    Attributes
    ----------
    keypoints : ndarray, shape (n_persons, 17, 3)
        x and y in pixels, y downwards, and confidence in [0, 1].
    boxes : ndarray, shape (n_persons, 4)
        Left, top, right, bottom in pixels.
    scores : ndarray, shape (n_persons,)
        Confidence of the detection in [0, 1].
    """

    keypoints: Floats
    boxes: Floats
    scores: Floats
