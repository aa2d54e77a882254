"""The drawn couple dances in time: feet, hands and bodies from the pose function."""

from __future__ import annotations

import numpy as np
import pytest

from demo.curves import monotone_cubic
from demo.figures import BUILDS, Figure, Joints, pose_couple, two_bones
from demo.motion import FEET, ROLES, SIDES, Role
from demo.moves import REPERTOIRE, Routine

STEP_BEATS = 0.02
by_id = pytest.mark.parametrize("routine", REPERTOIRE, ids=lambda routine: routine.clip_id)


def figures_at(routine: Routine, beats: Joints) -> dict[Role, Figure]:
    """Both dancers at the given beats."""
    return pose_couple(routine.dance, beats)


def test_a_curve_meets_its_values_and_never_overshoots_them() -> None:
    values = np.array([0.0, 0.0, 1.0, 3.0, 3.0, -1.0, 0.5])
    fine = monotone_cubic(values, np.linspace(0, 6, 601))
    assert fine[::100] == pytest.approx(values)
    low, high = np.minimum(values[:-1], values[1:]), np.maximum(values[:-1], values[1:])
    for index in range(6):
        piece = fine[index * 100 : index * 100 + 101]
        assert low[index] - 1e-12 <= piece.min() <= piece.max() <= high[index] + 1e-12


def test_two_bones_keep_their_lengths_and_reach_what_is_in_reach() -> None:
    start, pole = np.zeros((1, 3)), np.array([[1.0, 0.0, 0.0]])
    goal = np.array([[0.1, 0.2, -0.6]])
    middle, end = two_bones(start, goal, pole, 0.4, 0.4)
    assert end == pytest.approx(goal)
    assert np.linalg.norm(middle) == pytest.approx(0.4)
    assert np.linalg.norm(end - middle) == pytest.approx(0.4)
    assert middle[0, 0] > 0.0
    far = two_bones(start, goal * 5, pole, 0.4, 0.4)[1]
    assert 0.79 < np.linalg.norm(far) < 0.8


@by_id
def test_the_foot_of_the_count_lands_on_the_beat(routine: Routine) -> None:
    path_beats = np.arange(0, 8 * len(routine.phrases) + 1, dtype=float)
    for role in ROLES:
        on, before, after = (
            routine.dance.path(role, path_beats + offset) for offset in (0.0, -0.3, 0.3)
        )
        for count in range(len(path_beats)):
            foot = FEET[role][count % 8]
            assert on.feet[foot].lift[count] == pytest.approx(0.0, abs=1e-9)
            assert before.feet[foot].lift[count] > 0.02
            landed, later = on.feet[foot].place[count], after.feet[foot].place[count]
            assert later == pytest.approx(landed, abs=1e-9)


@by_id
def test_one_foot_always_stands(routine: Routine) -> None:
    beats = np.arange(0, 8 * len(routine.phrases), 0.05)
    for role in ROLES:
        path = routine.dance.path(role, beats)
        lowest = np.minimum(*(path.feet[side].lift for side in SIDES))
        assert lowest.max() < 0.012


@by_id
def test_the_hip_is_lifted_on_the_tap_and_only_there(routine: Routine) -> None:
    counts = np.arange(8, dtype=float)
    for role in ROLES:
        accent = np.abs(routine.dance.path(role, counts).accent)
        assert np.flatnonzero(accent > 0.9).tolist() == [3, 7]


@by_id
def test_bones_keep_their_length(routine: Routine) -> None:
    figures = figures_at(routine, np.arange(-1, 8 * len(routine.phrases), 0.25))
    for role, figure in figures.items():
        build = BUILDS[role]
        bones = (
            ("hip", "knee", build.thigh),
            ("knee", "ankle", build.shin),
            ("shoulder", "elbow", build.upper_arm),
            ("elbow", "hand", build.forearm),
        )
        for side in SIDES:
            for start, end, length in bones:
                bone = figure.joints[f"{side}_{end}"] - figure.joints[f"{side}_{start}"]
                assert np.linalg.norm(bone, axis=1) == pytest.approx(length, abs=1e-6)


@by_id
def test_nobody_sinks_into_the_floor_or_floats(routine: Routine) -> None:
    figures = figures_at(routine, np.arange(0, 8 * len(routine.phrases), 0.1))
    for figure in figures.values():
        toes = np.stack([figure.joints[f"{side}_toe"][:, 2] for side in SIDES])
        assert toes.min() > 0.0
        assert toes.min(axis=0).max() < 0.06


@by_id
def test_a_body_never_jumps(routine: Routine) -> None:
    beats = np.arange(-1, 8 * len(routine.phrases), 1 / 12)
    for figure in figures_at(routine, beats).values():
        for name in ("pelvis", "chest", "left_hand", "right_hand", "left_knee", "right_knee"):
            moved = np.linalg.norm(np.diff(figure.joints[name], axis=0), axis=1)
            assert moved.max() < 0.22, name


def test_hands_that_hold_each_other_meet() -> None:
    routine = next(r for r in REPERTOIRE if r.clip_id == "forward_backward_1")
    figures = figures_at(routine, np.arange(1, 15, 0.1))
    for lead_side, follow_side in (("left", "right"), ("right", "left")):
        lead = figures["lead"].joints[f"{lead_side}_hand"]
        follow = figures["follow"].joints[f"{follow_side}_hand"]
        assert np.linalg.norm(lead - follow, axis=1).max() < 0.02


def test_a_right_turn_turns_the_follow_once_clockwise() -> None:
    routine = next(r for r in REPERTOIRE if r.clip_id == "lady_right_turn_1")
    heading = routine.dance.path("follow", np.array([11.0, 15.0])).heading
    assert heading[1] - heading[0] == pytest.approx(-2 * np.pi)
