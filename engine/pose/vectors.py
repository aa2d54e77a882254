"""Numbers that describe how a couple moves in a clip: vectors for lead, follow and the two.

Time is counted in beats: a clip is sampled ``SAMPLES_PER_BEAT`` times in every beat, so that a
vector does not depend on the tempo. Space is counted in torso lengths from the dancer's own hips,
so that it depends on neither place nor size. The horizontal axis points from the lead to the
follow (over the whole clip), so that it does not matter from which side the couple was filmed. A
mirrored picture is another matter, a left turn becomes a right one: its vectors are those of the
original with left and right limbs exchanged, exactly what ``exchange_sides`` gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from engine.pose.couple import INDEX, MIN_CONFIDENCE, Couple, SeenPersons, follow_couple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

SAMPLES_PER_BEAT = 6
"""At 100 to 150 BPM 10 to 15 pictures a second: enough for a step, few enough to be quick."""

MAX_BEATS = 64
"""Beats of a clip that are looked at, from its first on."""

MIN_FRAMES_TOGETHER = 2 * SAMPLES_PER_BEAT
"""With the two seen together in fewer pictures there is nothing to describe."""

RATE_WEIGHT, CONFIDENCE_WEIGHT = 0.6, 0.4
"""Shares of both in ``PoseReading.quality_score``, as in the old index; they sum to 1."""

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

N_DCT = 8
"""Coefficients of a curve's shape over the clip."""

CYCLES_PER_BEAT = (1 / 8, 1 / 4, 1 / 2, 1.0)
"""Rhythms of a curve: once in an eight, in four beats, in two beats, in every beat."""

N_NUMBERS = N_DCT + len(CYCLES_PER_BEAT) + 4
"""Numbers a curve gives, 16: 32 curves make the 512 of a dancer, 16 the 256 of the two."""

MEAN_WEIGHT = 0.5
"""What somebody's posture counts against how it changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseReading:
    """What the poses of a clip say.

    Attributes
    ----------
    vectors : mapping of str to ndarray
        ``lead`` and ``follow`` of 512 numbers, ``interaction`` of 256, each of length 1; empty
        if no couple was seen for ``MIN_FRAMES_TOGETHER`` pictures.
    detection_rate : float
        Share of the pictures in which both dancers were seen, in [0, 1].
    quality_score : float
        ``0.6 detection_rate + 0.4 mean keypoint confidence`` of both dancers where both were
        seen, in [0, 1]: the old index's documents satisfy the same with plausible confidences.
    roles_confidence : float
        How sure it is who leads, in [0.5, 1]; 0.5 without a couple.
    n_frames : int
        Pictures looked at.
    """

    vectors: Mapping[str, Floats]
    detection_rate: float
    quality_score: float
    roles_confidence: float
    n_frames: int


NOBODY = MappingProxyType[str, "Floats"]({})


def sample_times(beats_s: Sequence[float]) -> Floats:
    """Return the times at which a clip is to be looked at: evenly within every beat.

    Parameters
    ----------
    beats_s : sequence of float
        The clip's beats in seconds, strictly increasing, at least two.

    Returns
    -------
    ndarray, shape (SAMPLES_PER_BEAT * n_intervals,), float64
        Seconds, strictly increasing; of at most ``MAX_BEATS`` intervals between beats.
    """
    beats = np.asarray(beats_s[: MAX_BEATS + 1], dtype=np.float64)
    positions = np.arange((len(beats) - 1) * SAMPLES_PER_BEAT) / SAMPLES_PER_BEAT
    times: Floats = np.interp(positions, np.arange(len(beats)), beats)
    return times


def read_poses(frames: Sequence[SeenPersons]) -> PoseReading:
    """Describe the couple seen in pictures taken at ``sample_times``.

    Parameters
    ----------
    frames : sequence of SeenPersons
        One for each of the times, in order, at least one.

    Returns
    -------
    PoseReading
        Without vectors if no couple was seen for long enough.
    """
    couple = follow_couple(frames)
    if couple is None:
        return PoseReading(
            vectors=NOBODY,
            detection_rate=0.0,
            quality_score=0.0,
            roles_confidence=0.5,
            n_frames=len(frames),
        )
    dancers = np.stack([couple.lead, couple.follow])
    together = dancers[..., 2].any(axis=2).all(axis=0)
    rate = float(together.mean())
    confidence = float(dancers[:, together, :, 2].mean()) if together.any() else 0.0
    enough = together.sum() >= MIN_FRAMES_TOGETHER
    return PoseReading(
        vectors=describe(couple) if enough else NOBODY,
        detection_rate=rate,
        quality_score=min(RATE_WEIGHT * rate + CONFIDENCE_WEIGHT * confidence, 1.0),
        roles_confidence=couple.roles_confidence,
        n_frames=len(frames),
    )


def describe(couple: Couple) -> dict[str, Floats]:
    """Give the vectors of a couple seen at ``sample_times``.

    A dancer has 32 curves: x and y of twelve joints from the hips' middle, less those of
    somebody standing, and the cosines of eight joint angles, likewise. The two have 16, see
    ``_between``. Each curve gives 16 numbers, see ``_numbers``; curve by curve they make the
    vector, which is then brought to length 1. Unseen keypoints are bridged in a straight line;
    a joint never seen is one of somebody standing.

    Parameters
    ----------
    couple : Couple
        Keypoints of shape (n_frames, 17, 3), ``SAMPLES_PER_BEAT`` pictures a beat.

    Returns
    -------
    dict of str to ndarray
        ``lead`` and ``follow`` of shape (512,), ``interaction`` of shape (256,), float64, each
        of Euclidean length 1.
    """
    lead, follow = _bridged(couple.lead), _bridged(couple.follow)
    side = _side(lead, follow)
    facing = np.array([side, 1.0])
    lead, follow = lead * facing, follow * facing
    curves = {
        "lead": _curves(lead),
        "follow": _curves(follow),
        "interaction": _between(lead, follow, side),
    }
    return {name: _unit(_numbers(curve).ravel()) for name, curve in curves.items()}


def exchange_sides(name: str, vector: Floats) -> Floats:
    """Return the vector as it would be of the mirrored clip: left and right limbs exchanged.

    Parameters
    ----------
    name : str
        ``lead``, ``follow`` or ``interaction``.
    vector : ndarray, shape (512,) or (256,), float64
        As ``describe`` gives it.

    Returns
    -------
    ndarray, of the same shape
    """
    rows = vector.reshape(-1, N_NUMBERS)
    if name == "interaction":
        order = [0, 1, 2, 3, 7, 6, 5, 4, 9, 8, 11, 10, *range(12, 16)]
    else:
        pairs = np.arange(len(rows)).reshape(-1, 2)
        joints = pairs[:12].reshape(6, 2, 2)[:, ::-1].reshape(-1)
        order = [*joints, *pairs[12:, ::-1].reshape(-1)]
    return rows[order].ravel()


def _side(lead: Floats, follow: Floats) -> float:
    """Tell whether the follow is, on the whole, to the right of the lead (1) or the left (-1)."""
    apart = float(np.nansum(_hips(follow)[:, 0] - _hips(lead)[:, 0]))
    return -1.0 if apart < 0 else 1.0


def _bridged(dancer: Floats) -> Floats:
    """Positions of shape (n_frames, 17, 2), gaps filled; NaN for a joint never seen."""
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


def _curves(dancer: Floats) -> Floats:
    """The 32 curves of a dancer, shape (32, n_frames)."""
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


def _between(lead: Floats, follow: Floats, facing: float) -> Floats:
    """The 16 curves of the two, shape (16, n_frames), in the mean of their torso lengths.

    Way from the lead's hips to the follow's (x, y), its length, and the distance of their
    chests; between the lead's left and right hand and the follow's left and right (4); from the
    lead's hands to the follow's chest (2) and the follow's to the lead's (2); how far each is
    turned to the camera (width of the shoulders, less than 0 seen from behind; 2); how high
    each lifts a hand above the chest (2).
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


def _numbers(curves: Floats) -> Floats:
    """Sixteen numbers for each curve, shape (n_curves, 16).

    Eight coefficients of the orthonormal DCT-II over the whole clip, divided by the root of its
    length, the mean halved (what changes says more than how somebody stands); amplitudes of 1/8,
    1/4, 1/2 and 1 cycle a beat, whatever their phase, since a clip may begin on any beat of an
    eight; standard deviation; and the root mean square of the velocity, per beat: on the whole,
    in the sixths around the beats, and in the others.
    """
    n_frames = curves.shape[1]
    at = np.arange(n_frames)
    waves = np.cos(np.pi / n_frames * (at + 0.5) * np.arange(N_DCT)[:, None])
    scales = np.array([MEAN_WEIGHT, *[np.sqrt(2.0)] * (N_DCT - 1)])
    shape = curves @ waves.T / n_frames * scales
    centred = curves - curves.mean(axis=1, keepdims=True)
    cycles = np.array(CYCLES_PER_BEAT)[:, None] * at / SAMPLES_PER_BEAT
    rhythm = np.abs(centred @ np.exp(-2j * np.pi * cycles).T) * (2 / n_frames)
    velocity = np.gradient(centred, axis=1) * SAMPLES_PER_BEAT
    on_beat = np.isin(at % SAMPLES_PER_BEAT, (SAMPLES_PER_BEAT - 1, 0, 1))
    speeds = [_rms(v) for v in (velocity, velocity[:, on_beat], velocity[:, ~on_beat])]
    return np.column_stack([shape, rhythm, centred.std(axis=1), *speeds])


def _rms(values: Floats) -> Floats:
    root: Floats = np.sqrt((values**2).mean(axis=1))
    return root


def _unit(vector: Floats) -> Floats:
    """Bring to length 1; a couple that stands like statues has a direction too."""
    length = float(np.linalg.norm(vector))
    if length < 1e-9:
        return np.full(len(vector), len(vector) ** -0.5)
    return vector / length
