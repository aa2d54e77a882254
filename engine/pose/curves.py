"""A couple's movements as curves over the pictures of a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.pose.keypoints import INDEX, MIN_CONFIDENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

LIMBS = tuple(
    f"{side}_{part}"
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    for side in ("left", "right")
)
ANGLES = tuple(
    tuple(f"{side}_{part}" for part in parts)
    for parts in (
        ("shoulder", "elbow", "wrist"),
        ("hip", "knee", "ankle"),
        ("elbow", "shoulder", "hip"),
        ("shoulder", "hip", "knee"),
    )
    for side in ("left", "right")
)
"""Joints whose bend is described: the angle at the second, between the first and the third."""

STANDING_Y = (-1.0, -0.45, 0.0, 0.0, 0.85, 1.7)
"""Height of the limbs of somebody standing, in torso lengths below the hips."""

STANDING_COSINES = (-0.8, -0.98, 0.9, -0.98)
"""Cosines of the angles of somebody standing, arms down."""


def side_of(lead: Floats, follow: Floats) -> float:
    """Return 1 if the follow is, on the whole, to the right of the lead, -1 if to the left.

    Parameters
    ----------
    lead, follow : ndarray, shape (n_frames, 17, 2)
        Positions in pixels, as ``bridged`` gives them.
    """
    apart = float(np.nansum(_hips(follow)[:, 0] - _hips(lead)[:, 0]))
    return -1.0 if apart < 0 else 1.0


def bridged(dancer: Floats) -> Floats:
    """Return where the joints are, gaps filled in a straight line.

    Parameters
    ----------
    dancer : ndarray, shape (n_frames, 17, 3)
        Keypoints as in ``SeenPersons``; of less than ``MIN_CONFIDENCE`` is unseen.

    Returns
    -------
    ndarray, shape (n_frames, 17, 2), float64
        Pixels; NaN for a joint never seen.
    """
    at = np.arange(len(dancer))
    filled = np.full((*dancer.shape[:2], 2), np.nan)
    for joint in range(dancer.shape[1]):
        seen = dancer[:, joint, 2] >= MIN_CONFIDENCE
        if seen.any():
            for axis in range(2):
                filled[:, joint, axis] = np.interp(at, at[seen], dancer[seen, joint, axis])
    return filled


def _hips(dancer: Floats) -> Floats:
    return _halfway(dancer, "left_hip", "right_hip")


def _chest(dancer: Floats) -> Floats:
    return _halfway(dancer, "left_shoulder", "right_shoulder")


def _halfway(dancer: Floats, left: str, right: str) -> Floats:
    middle: Floats = (dancer[:, INDEX[left]] + dancer[:, INDEX[right]]) / 2
    return middle


def _torso(dancer: Floats) -> float:
    """Median length of the torso, in pixels; NaN if it was never seen."""
    return float(np.median(np.linalg.norm(_chest(dancer) - _hips(dancer), axis=1))) or np.nan


def dancer_curves(dancer: Floats) -> Floats:
    """Return the 32 curves of a dancer.

    Parameters
    ----------
    dancer : ndarray, shape (n_frames, 17, 2)
        Positions in pixels, the horizontal axis pointing from lead to follow; NaN for
        a joint never seen.

    Returns
    -------
    ndarray, shape (32, n_frames), float64
        x and y of the twelve ``LIMBS`` in torso lengths from the hips' middle, then the cosines
        of the eight ``ANGLES``, all less those of somebody standing; 0 where nothing is known.
    """
    joints = dancer[:, [INDEX[name] for name in LIMBS]]
    places = (joints - _hips(dancer)[:, None]) / _torso(dancer)
    places[..., 1] -= np.repeat(STANDING_Y, 2)
    bends = [_cosine(*(dancer[:, INDEX[name]] for name in names)) for names in ANGLES]
    angles = np.array(bends) - np.repeat(STANDING_COSINES, 2)[:, None]
    curves: Floats = np.nan_to_num(np.vstack([places.reshape(len(places), -1).T, angles]))
    return curves


def _cosine(first: Floats, corner: Floats, last: Floats) -> Floats:
    one, other = first - corner, last - corner
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosine: Floats = (one * other).sum(axis=1) / np.where(lengths > 0, lengths, np.nan)
    return cosine


def couple_curves(lead: Floats, follow: Floats, facing: float) -> Floats:
    """Return the 16 curves of the two, in the mean of their torso lengths.

    Way from the lead's hips to the follow's (x, y), its length, and the distance of their
    chests; between the lead's left and right hand and the follow's left and right (4); from the
    lead's hands to the follow's chest (2) and the follow's to the lead's (2); how far each is
    turned to the camera (width of the shoulders, less than 0 seen from behind; 2); how high
    each lifts a hand above the chest (2).

    Parameters
    ----------
    lead, follow : ndarray, shape (n_frames, 17, 2)
        As for ``dancer_curves``.
    facing : float
        1, or -1 if the picture was mirrored; see ``side_of``.

    Returns
    -------
    ndarray, shape (16, n_frames), float64
        0 where nothing is known.
    """
    lead_hands, follow_hands = (
        [d[:, INDEX[f"{side}_wrist"]] for side in ("left", "right")] for d in (lead, follow)
    )
    way = _hips(follow) - _hips(lead)
    pairs = [(one, other) for one in lead_hands for other in follow_hands]
    pairs += [(hand, _chest(follow)) for hand in lead_hands]
    pairs += [(hand, _chest(lead)) for hand in follow_hands]
    chests = _chest(follow) - _chest(lead)
    lengths = [np.linalg.norm(one, axis=1) for one in (way, chests, *(a - b for a, b in pairs))]
    turned = [
        facing * (d[:, INDEX["left_shoulder"], 0] - d[:, INDEX["right_shoulder"], 0])
        for d in (lead, follow)
    ]
    lifted = [
        _chest(d)[:, 1] - np.minimum(hands[0][:, 1], hands[1][:, 1])
        for d, hands in ((lead, lead_hands), (follow, follow_hands))
    ]
    unit = (_torso(lead) + _torso(follow)) / 2
    return np.nan_to_num(np.stack([way[:, 0], way[:, 1], *lengths, *turned, *lifted]) / unit)
