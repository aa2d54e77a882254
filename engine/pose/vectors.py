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

from engine.pose.couple import Couple, follow_couple
from engine.pose.curves import bridged, couple_curves, dancer_curves, side_of
from engine.pose.keypoints import SeenPersons

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
    """Return the vectors of a couple seen at ``sample_times``.

    A dancer has 32 curves: x and y of twelve joints from the hips' middle, less those of
    somebody standing, and the cosines of eight joint angles, likewise. The two have 16, see
    ``couple_curves``. Each curve gives 16 numbers, see ``_numbers``; curve by curve they make the
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
    lead, follow = bridged(couple.lead), bridged(couple.follow)
    side = side_of(lead, follow)
    facing = np.array([side, 1.0])
    lead, follow = lead * facing, follow * facing
    curves = {
        "lead": dancer_curves(lead),
        "follow": dancer_curves(follow),
        "interaction": couple_curves(lead, follow, side),
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
