"""What follows the body a moment later: the follow's skirt and her long hair.

Small deterministic simulations, one step a frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from demo.figures import Figure, Joints

FRAME_S = 1 / 30
FOLDS = 14
WAIST_M, HEM_M = 0.112, 0.22
SKIRT_M = 0.43
STRAND_M = 0.085
STRANDS = 5


def _lagging(goal: NDArray[np.float64], *, stiffness: float, damping: float) -> NDArray[np.float64]:
    """A damped spring that follows ``goal``, starting at rest on it."""
    place = np.empty_like(goal)
    place[0], speed = goal[0], np.zeros_like(goal[0])
    for index in range(1, len(goal)):
        pull = stiffness * (goal[index] - place[index - 1]) - damping * speed
        speed = speed + pull * FRAME_S
        place[index] = place[index - 1] + speed * FRAME_S
    return place


def skirt_rings(figure: Figure) -> tuple[Joints, Joints]:
    """Points around waist and hem, each of shape (frames, folds, 3); the hem flares in a turn."""
    pelvis = figure.joints["pelvis"]
    yaw = np.unwrap(np.arctan2(figure.pelvis.forward[:, 1], figure.pelvis.forward[:, 0]))
    lagged_yaw = _lagging(yaw, stiffness=160.0, damping=15.0)
    spin = np.abs(np.gradient(lagged_yaw, FRAME_S))
    flare = _lagging(np.clip(spin / 9.0, 0.0, 1.0), stiffness=70.0, damping=11.0)
    centre = _lagging(pelvis, stiffness=150.0, damping=14.0)
    return _ring(figure, pelvis, yaw), _hem(figure, centre, lagged_yaw, flare)


def _ring(figure: Figure, pelvis: Joints, yaw: NDArray[np.float64]) -> Joints:
    angles = yaw[:, None] + np.linspace(0, 2 * np.pi, FOLDS, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=-1)
    return np.asarray(pelvis[:, None] + (0.07 * figure.pelvis.up)[:, None] + WAIST_M * circle)


def _hem(
    figure: Figure, centre: Joints, yaw: NDArray[np.float64], flare: NDArray[np.float64]
) -> Joints:
    angles = yaw[:, None] + np.linspace(0, 2 * np.pi, FOLDS, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=-1)
    ripple = 1.0 + 0.05 * np.cos(angles * 7)
    radius = (HEM_M + 0.26 * flare)[:, None] * ripple
    fall = (SKIRT_M - 0.15 * flare)[:, None] + 0.012 * np.cos(angles * 7)
    hem = centre[:, None] + radius[..., None] * circle - fall[..., None] * np.array([0, 0, 1.0])
    return _cover_knees(figure, hem, circle)


def _cover_knees(figure: Figure, hem: Joints, circle: Joints) -> Joints:
    """Push the hem out where a knee would show through it."""
    for side in ("left", "right"):
        knee = figure.joints[f"{side}_knee"][:, None]
        reach = np.sum((knee - hem) * circle, axis=-1) + 0.05
        aligned = np.clip(
            np.sum((knee - figure.joints["pelvis"][:, None]) * circle, axis=-1) / 0.25, 0.0, 1.0
        )
        hem = hem + (np.maximum(reach, 0.0) * aligned)[..., None] * circle
    return hem


def hair_strands(figure: Figure) -> Joints:
    """The chain of a loose ponytail, shape (frames, STRANDS, 3)."""
    head, face = figure.joints["head"], figure.face
    root = head - 0.060 * face + 0.02 * figure.crown
    chain = np.empty((len(head), STRANDS, 3))
    hang = np.array([0.0, 0.0, -STRAND_M])
    nodes = root[0] + np.arange(STRANDS)[:, None] * hang
    before = nodes.copy()
    for index in range(len(head)):
        nodes, before = _swing(nodes, before, root[index], -face[index])
        chain[index] = nodes
    return chain


def _swing(nodes: Joints, before: Joints, root: Joints, back: Joints) -> tuple[Joints, Joints]:
    """One Verlet step under gravity and air, then the lengths put right from the root down."""
    moved = nodes + 0.80 * (nodes - before) + np.array([0.0, 0.0, -0.0085])
    moved += 0.0025 * back
    moved[0] = root
    for link in range(1, STRANDS):
        reach = moved[link] - moved[link - 1]
        moved[link] = moved[link - 1] + reach * (STRAND_M / max(float(np.linalg.norm(reach)), 1e-6))
    return moved, nodes
