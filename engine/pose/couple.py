"""Following a dancing couple through the persons that a pose detector sees picture by picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.pose.keypoints import INDEX, MIN_CONFIDENCE, SeenPersons
from engine.pose.tracking import track_persons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

HEIGHT_EVIDENCE, HOLD_EVIDENCE, HOLD_WITHIN = 12.0, 3.0, 0.3
"""Log odds of leading per unit of log height ratio and of hold; the distance of a hold in body
heights. Chosen, not fitted: a tenth taller gives odds of 3 to 1, a perfect hold 20 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Couple:
    """Two dancers followed over the pictures of a clip.

    Attributes
    ----------
    lead, follow : ndarray, shape (n_frames, 17, 3)
        Keypoints as in ``SeenPersons``; all zero in a picture where the dancer was not seen.
    roles_confidence : float
        How sure it is who leads, in [0.5, 1]; see ``follow_couple``.
    """

    lead: Floats
    follow: Floats
    roles_confidence: float


def follow_couple(frames: Sequence[SeenPersons]) -> Couple | None:
    """Follow every person, choose the couple, and tell lead from follow.

    Persons are assigned to tracks, picture by picture, such that the sum of costs is least: the
    mean distance of keypoints from where the track's motion would have them, in body heights,
    plus the lack of overlap of the boxes, plus the difference in height. A person unseen for
    some pictures is awaited where it was going, so that occlusions are bridged and two who
    cross keep their tracks. The couple are the two tracks with the greatest sum of detection
    scores: those who are in most of the pictures, most surely.

    Parameters
    ----------
    frames : sequence of SeenPersons
        One for each picture, evenly spaced in time, in order; a picture may show nobody.

    Returns
    -------
    Couple or None
        Keypoints of shape (n_frames, 17, 3) for both; None if no two persons were ever followed.

    Notes
    -----
    Source of the tracking: SORT (Bewley et al. 2016), a motion model and an assignment of least
    cost, with keypoints in place of its Kalman filter's boxes.

    Who leads is guessed, never known. Two things speak for a person: being taller, and the
    closed hold, where the lead's right hand lies on the follow's back and the follow's left
    hand on the lead's right shoulder. ``roles_confidence`` is the logistic of both together,
    ``1 / (1 + exp(-|12 ln(height ratio) + 3 (one's hold - the other's)|))``, a hold being the
    mean of ``exp(-(d / 0.3 body heights) ** 2)`` over the pictures, with ``d`` the sum of both
    hands' distances from there. One camera cannot tell a tall dancer from one nearer to it, a
    mirrored picture shows the hold the wrong way round, roles may change within a clip, and a
    couple may dance the other way round: at a confidence near 0.5 the names mean nothing.
    """
    tracks = track_persons(frames)
    if len(tracks) < 2:
        return None
    first, second = tracks[:2]
    evidence = _lead_evidence(first, second)
    lead, follow = (first, second) if evidence >= 0 else (second, first)
    confidence = 1 / (1 + float(np.exp(-abs(evidence))))
    return Couple(lead=lead, follow=follow, roles_confidence=confidence)


def _lead_evidence(first: Floats, second: Floats) -> float:
    """Log odds that the first leads: height and hold, over the pictures that show them."""
    heights = _body_height(first), _body_height(second)
    if not all(heights):
        return 0.0
    ratio = float(np.log(heights[0] / heights[1]))
    unit = (heights[0] + heights[1]) / 2
    hold = _hold(first, second, unit) - _hold(second, first, unit)
    return HEIGHT_EVIDENCE * ratio + HOLD_EVIDENCE * hold


def _body_height(dancer: Floats) -> float:
    """Median length from nose to the lower ankle, in pixels; 0 if never seen."""
    ankles = dancer[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    seen = (dancer[:, 0, 2] >= MIN_CONFIDENCE) & (ankles[..., 2] >= MIN_CONFIDENCE).all(axis=1)
    lengths = ankles[seen, :, 1].max(axis=1) - dancer[seen, 0, 1]
    return max(float(np.median(lengths)), 0.0) if len(lengths) else 0.0


def _hold(lead: Floats, follow: Floats, unit: float) -> float:
    """Nearness of the hands to where a closed hold would have them, in [0, 1]."""
    right_hand, shoulder = (lead[:, INDEX[name]] for name in ("right_wrist", "right_shoulder"))
    left_hand = follow[:, INDEX["left_wrist"]]
    back = follow[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]].mean(axis=1)
    seen = np.min([p[:, 2] for p in (right_hand, shoulder, left_hand, back)], axis=0)
    apart = np.linalg.norm(right_hand[:, :2] - back[:, :2], axis=1) + np.linalg.norm(
        left_hand[:, :2] - shoulder[:, :2], axis=1
    )
    held = seen >= MIN_CONFIDENCE
    near = np.exp(-((apart[held] / (HOLD_WITHIN * unit)) ** 2))
    return float(near.mean()) if held.any() else 0.0
