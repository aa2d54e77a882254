"""Following persons from picture to picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.pose.keypoints import KEYPOINTS, MIN_CONFIDENCE, SeenPersons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]

MAX_PERSONS, MAX_TRACKS = 6, 8
"""Persons looked at in a picture and followed at once; ``assign`` is exponential in the first."""

COST_GATE, GATE_PER_MISSED_FRAME, MAX_COST_GATE = 0.8, 0.1, 1.6
"""Cost from which a person is not taken for a track's, in body heights, and its growth with every
picture in which the track was not seen. Chosen, not fitted; tried on drawn couples that cross."""

OVERLAP_WEIGHT, HEIGHT_WEIGHT, VELOCITY_FRAMES = 0.3, 1.0, 6
"""Weights of missing overlap and of the difference in log height, against a distance in body
heights; pictures for which a motion is believed to go on unseen. Chosen likewise."""

SMOOTHING = 0.4
"""Share of the newest motion in a track's velocity (exponential smoothing)."""


@dataclass(slots=True)
class _Track:
    """One person followed so far; the last box and keypoints, and how they move."""

    keypoints: Floats
    box: Floats
    last_seen: int
    weight: float
    log_height: float
    velocity: Floats = field(default_factory=lambda: np.zeros(2))
    seen: dict[int, Floats] = field(default_factory=dict)

    def moved_by(self, frame: int) -> Floats:
        """Shift in pixels expected since the person was last seen; it dies down unseen."""
        return self.velocity * min(frame - self.last_seen, VELOCITY_FRAMES)

    def take(self, frame: int, persons: SeenPersons, number: int) -> None:
        keypoints, box = persons.keypoints[number], persons.boxes[number]
        elapsed = frame - self.last_seen
        moved = (_middle(box) - _middle(self.box)) / elapsed
        share = SMOOTHING if len(self.seen) > 1 else 1.0
        self.velocity = (1 - share) * self.velocity + share * moved
        self.log_height += (_log_height(box) - self.log_height) / (len(self.seen) + 1)
        self.keypoints, self.box, self.last_seen = keypoints, box, frame
        self.weight += float(persons.scores[number])
        self.seen[frame] = keypoints


def track_persons(frames: Sequence[SeenPersons]) -> list[Floats]:
    """Follow every person, the surest first.

    Parameters
    ----------
    frames : sequence of SeenPersons
        One for each picture, evenly spaced in time, in order.

    Returns
    -------
    list of ndarray, shape (n_frames, 17, 3)
        Keypoints as in ``SeenPersons``, by falling sum of detection scores; all zero in a
        picture where the person was not seen. At most ``MAX_TRACKS``.
    """
    tracks: list[_Track] = []
    for number, persons in enumerate(frames):
        _follow(tracks, number, _surest(persons))
    tracks.sort(key=lambda track: -track.weight)
    return [_as_array(track, len(frames)) for track in tracks]


def _surest(persons: SeenPersons) -> SeenPersons:
    best = np.argsort(-persons.scores, kind="stable")[:MAX_PERSONS]
    return SeenPersons(
        keypoints=persons.keypoints[best], boxes=persons.boxes[best], scores=persons.scores[best]
    )


def _follow(tracks: list[_Track], frame: int, persons: SeenPersons) -> None:
    """Carry the tracks on to the next picture, and begin one for everybody new."""
    costs = np.array(
        [[_cost(t, frame, persons, n) for n in range(len(persons.scores))] for t in tracks]
    ).reshape(len(tracks), len(persons.scores))
    taken = assign(costs)
    for track, number in zip(tracks, taken, strict=True):
        if number is not None:
            track.take(frame, persons, number)
    for number in set(range(len(persons.scores))) - set(taken):
        tracks.append(_begin(frame, persons, number))
    tracks.sort(key=lambda track: -track.weight)
    del tracks[MAX_TRACKS:]


def _begin(frame: int, persons: SeenPersons, number: int) -> _Track:
    keypoints, box = persons.keypoints[number], persons.boxes[number]
    return _Track(
        keypoints=keypoints,
        box=box,
        last_seen=frame,
        weight=float(persons.scores[number]),
        log_height=_log_height(box),
        seen={frame: keypoints},
    )


def assign(costs: Floats) -> list[int | None]:
    """Return each row a column of its own such that the sum of costs is least.

    Parameters
    ----------
    costs : ndarray, shape (n_rows, n_columns)
        At most 1 for a pairing worth making; leaving a row without a column costs 1. The work
        grows with ``2 ** n_columns``, so columns should be few.

    Returns
    -------
    list of int or None
        The column of each row.
    """
    best: dict[int, tuple[float, tuple[int | None, ...]]] = {0: (0.0, ())}
    for row in costs:
        following: dict[int, tuple[float, tuple[int | None, ...]]] = {}
        for used, (total, chosen) in best.items():
            _offer(following, used, total + 1.0, (*chosen, None))
            for column, cost in enumerate(row):
                if cost <= 1 and not used >> column & 1:
                    _offer(following, used | 1 << column, total + cost, (*chosen, column))
        best = following
    return list(min(best.values(), key=lambda option: option[0])[1])


def _offer(
    options: dict[int, tuple[float, tuple[int | None, ...]]],
    used: int,
    total: float,
    chosen: tuple[int | None, ...],
) -> None:
    if used not in options or total < options[used][0]:
        options[used] = total, chosen


def _cost(track: _Track, frame: int, persons: SeenPersons, number: int) -> float:
    """Unlikeness of a person to a track, as a share of what is still believed (1)."""
    keypoints, box = persons.keypoints[number], persons.boxes[number]
    shift = track.moved_by(frame)
    height = np.exp(track.log_height)
    trust = np.minimum(keypoints[:, 2], track.keypoints[:, 2])
    trust = np.where(trust >= MIN_CONFIDENCE, trust, 0.0)
    if trust.sum() > 1:
        apart = np.linalg.norm(keypoints[:, :2] - track.keypoints[:, :2] - shift, axis=1)
        distance = float(trust @ apart / trust.sum() / height)
    else:
        distance = float(np.linalg.norm(_middle(box) - _middle(track.box) - shift) / height)
    overlap = _overlap(track.box + np.tile(shift, 2), box)
    unlike = abs(_log_height(box) - track.log_height)
    cost = distance + OVERLAP_WEIGHT * (1 - overlap) + HEIGHT_WEIGHT * unlike
    missed = frame - track.last_seen - 1
    return cost / min(COST_GATE + GATE_PER_MISSED_FRAME * missed, MAX_COST_GATE)


def _overlap(first: Floats, second: Floats) -> float:
    """Intersection over union of two boxes, in [0, 1]."""
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    common = float(np.prod(np.maximum(sides, 0)))
    both = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2]))
    return common / (both - common) if both > common else 0.0


def _middle(box: Floats) -> Floats:
    return (box[:2] + box[2:]) / 2


def _log_height(box: Floats) -> float:
    return float(np.log(max(box[3] - box[1], 1.0)))


def _as_array(track: _Track, n_frames: int) -> Floats:
    keypoints = np.zeros((n_frames, len(KEYPOINTS), 3))
    for frame, seen in track.seen.items():
        keypoints[frame] = seen
    return keypoints
