"""The two bodies: from a path to joints, with inverse kinematics for legs, arms and held hands.

All arrays have one row per frame; positions are metres, x right, y away, z up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from demo.curves import smoothed
from demo.motion import SIDES, Dance, Path, Role, Side, Track, hold_schedule

type Joints = NDArray[np.float64]

BALL_M, FOOT_M = 0.075, 0.15
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True)
class Build:
    """A body's measures in metres."""

    thigh: float
    shin: float
    ankle: float
    hips: float
    shoulders: float
    waist: float
    chest: float
    neck: float
    head: float
    upper_arm: float
    forearm: float


LEAD = Build(0.45, 0.44, 0.085, 0.088, 0.185, 0.15, 0.25, 0.075, 0.13, 0.30, 0.27)
FOLLOW = Build(0.43, 0.42, 0.120, 0.085, 0.145, 0.14, 0.22, 0.09, 0.125, 0.275, 0.25)
BUILDS: dict[Role, Build] = {"lead": LEAD, "follow": FOLLOW}


@dataclass(frozen=True, slots=True)
class Frame3:
    """A moving frame of reference: forward, left and up, each of shape (n, 3)."""

    forward: Joints
    left: Joints
    up: Joints


@dataclass(frozen=True, slots=True)
class FootJoints:
    """Where a foot's three points are."""

    ankle: Joints
    toe: Joints
    heel: Joints


@dataclass(frozen=True, slots=True)
class Figure:
    """One dancer's joints over the frames, by name (``left_knee``), and its moving frames.

    ``face`` points where it looks, ``crown`` out of the top of its head; at right angles.
    """

    role: Role
    joints: dict[str, Joints]
    pelvis: Frame3
    chest: Frame3
    face: Joints
    crown: Joints


def pose_couple(dance: Dance, beats: Track) -> dict[Role, Figure]:
    """Both dancers' joints at the given beats; beat 0 is the first one."""
    paths: dict[Role, Path] = {
        "lead": dance.path("lead", beats),
        "follow": dance.path("follow", beats),
    }
    figures = {role: _trunk(role, path, beats, dance.size) for role, path in paths.items()}
    for role, figure in figures.items():
        partner = figures["follow" if role == "lead" else "lead"]
        _look_at(figure, partner.joints["head"])
    _pose_arms(dance, figures, beats)
    return figures


def _unit(vectors: Joints) -> Joints:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def _dot(first: Joints, second: Joints) -> Joints:
    return np.asarray(np.sum(first * second, axis=-1, keepdims=True))


def _plan(angle: Track) -> Joints:
    """Unit vectors on the floor in the given directions."""
    return np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=-1)


def _frame(yaw: Track, *, lean: Track, roll: Track) -> Frame3:
    """A frame facing ``yaw``, leaning forward by ``lean``, its left side raised by ``roll``."""
    forward, left = _plan(yaw), _plan(yaw + np.pi / 2)
    cos_lean, sin_lean = np.cos(lean)[:, None], np.sin(lean)[:, None]
    cos_roll, sin_roll = np.cos(roll)[:, None], np.sin(roll)[:, None]
    up = cos_lean * UP + sin_lean * forward
    ahead = cos_lean * forward - sin_lean * UP
    return Frame3(ahead, cos_roll * left + sin_roll * up, cos_roll * up - sin_roll * left)


def two_bones(
    start: Joints, goal: Joints, pole: Joints, first: float, second: float
) -> tuple[Joints, Joints]:
    """Middle and end joint of a two-bone limb that reaches for ``goal``.

    The middle joint bends towards ``pole``; a goal out of reach is approached, not met.
    """
    reach = goal - start
    distance = np.linalg.norm(reach, axis=-1, keepdims=True)
    direction = reach / np.maximum(distance, 1e-9)
    distance = np.clip(distance, abs(first - second) + 0.05, 0.998 * (first + second))
    along = (first**2 - second**2 + distance**2) / (2 * distance)
    aside = np.sqrt(np.maximum(first**2 - along**2, 0.0))
    bend = _unit(pole - _dot(pole, direction) * direction)
    return start + along * direction + aside * bend, start + distance * direction


def _trunk(role: Role, path: Path, beats: Track, size: float) -> Figure:
    """Legs, pelvis, spine and shoulders."""
    build = BUILDS[role]
    feet = {side: _foot_joints(build, path, side) for side in SIDES}
    shape = path.shape
    wave = 2 * np.pi * beats / 4
    roll = (0.10 * path.weight + 0.17 * path.accent) * size
    pitch = 0.10 * shape["roll"] * np.sin(wave + 0.9)
    pelvis = _frame(path.heading + 0.10 * path.weight, lean=pitch, roll=roll)
    centre = _pelvis_centre(build, path, feet, beats, size)
    lean = shape["lean"] + 0.04 + 0.24 * shape["roll"] * np.sin(wave - 1.1)
    chest = _frame(
        path.heading + shape["twist"] - 0.12 * path.weight,
        lean=lean,
        roll=-0.45 * roll - shape["side"],
    )
    crown = _unit(0.5 * chest.up + 0.5 * UP)
    figure = Figure(role, {"pelvis": centre}, pelvis, chest, np.zeros_like(centre), crown)
    _stack_spine(build, figure)
    for side in SIDES:
        _place_leg(build, figure, path, side, feet[side])
    return figure


def _foot_joints(build: Build, path: Path, side: Side) -> FootJoints:
    """Ankle, toe and heel: the ball stays where it is planted, the heel rises behind it."""
    foot = path.feet[side]
    direction = _plan(foot.yaw)
    place = np.concatenate([foot.place, (foot.lift + 0.022)[:, None]], axis=-1)
    ball = place + BALL_M * direction
    rise = np.clip(foot.heel * 0.6 + foot.lift * 5.0, 0.0, 0.8)[:, None]
    cosine, sine = np.cos(rise), np.sin(rise)
    heel = ball - FOOT_M * (cosine * direction - sine * UP)
    high = build.ankle - 0.022
    ankle = heel + 0.035 * direction + high * (cosine * UP + sine * direction)
    return FootJoints(ankle, ball + 0.06 * direction, heel)


def _pelvis_centre(
    build: Build,
    path: Path,
    feet: Mapping[Side, FootJoints],
    beats: Track,
    size: float,
) -> Joints:
    left, right = path.feet["left"].place, path.feet["right"].place
    share = ((path.weight + 1) / 2)[:, None]
    standing = share * left + (1 - share) * right
    plan = 0.40 * path.root + 0.22 * (left + right) / 2 + 0.38 * standing
    sway = (0.030 * path.weight + 0.022 * path.accent) * size
    plan = plan + sway[:, None] * _plan(path.heading + np.pi / 2)[:, :2]
    surge = 0.055 * path.shape["roll"] * np.sin(2 * np.pi * beats / 4)
    plan = plan + surge[:, None] * _plan(path.heading)[:, :2]
    bob = 0.012 * size * np.cos(2 * np.pi * (beats - 0.18))
    height = build.ankle + (build.thigh + build.shin) * 0.985 - 0.004 - bob - path.shape["drop"]
    height = height - 0.05 * np.abs(path.shape["roll"]) * (1 + np.cos(2 * np.pi * beats / 4)) / 2
    for foot in feet.values():
        ankle = foot.ankle
        aside = np.linalg.norm(ankle[:, :2] - plan, axis=-1)
        reach = np.sqrt(np.maximum((0.99 * (build.thigh + build.shin)) ** 2 - aside**2, 0.04))
        height = np.minimum(height, ankle[:, 2] + reach)
    return np.concatenate([plan, smoothed(height, 1.2)[:, None]], axis=-1)


def _stack_spine(build: Build, figure: Figure) -> None:
    joints, pelvis, chest = figure.joints, figure.pelvis, figure.chest
    between = _unit(pelvis.up + chest.up)
    joints["waist"] = joints["pelvis"] + build.waist * between
    joints["chest"] = joints["waist"] + build.chest * chest.up
    joints["neck"] = joints["chest"] + 0.07 * chest.up
    joints["head"] = joints["chest"] + (build.neck + build.head) * figure.crown
    for side, sign in (("left", 1.0), ("right", -1.0)):
        joints[f"{side}_shoulder"] = joints["chest"] + sign * build.shoulders * chest.left
        joints[f"{side}_hip"] = (
            joints["pelvis"] + sign * build.hips * pelvis.left - 0.02 * pelvis.up
        )


def _place_leg(build: Build, figure: Figure, path: Path, side: Side, foot: FootJoints) -> None:
    sign = 1.0 if side == "left" else -1.0
    pole = _plan(0.5 * (path.feet[side].yaw + path.heading)) + 0.12 * sign * figure.pelvis.left
    hip = figure.joints[f"{side}_hip"]
    knee, end = two_bones(hip, foot.ankle, pole, build.thigh, build.shin)
    missed = end - foot.ankle
    for name, joint in (("knee", knee), ("ankle", end)):
        figure.joints[f"{side}_{name}"] = joint
    figure.joints[f"{side}_toe"] = foot.toe + missed
    figure.joints[f"{side}_heel"] = foot.heel + missed


def _look_at(figure: Figure, target: Joints) -> None:
    """Turn the face towards the partner as far as the neck allows; in a turn it whips round."""
    reach = target - figure.joints["head"]
    chest_yaw = np.arctan2(figure.chest.forward[:, 1], figure.chest.forward[:, 0])
    wanted = np.arctan2(reach[:, 1], reach[:, 0]) - chest_yaw
    wanted = (wanted + np.pi) % (2 * np.pi) - np.pi
    yaw = chest_yaw + smoothed(np.clip(wanted, -1.15, 1.15), 2.0)
    ahead = _plan(yaw) - 0.08 * UP
    figure.face[:] = _unit(ahead - _dot(ahead, figure.crown) * figure.crown)


def _pose_arms(dance: Dance, figures: Mapping[Role, Figure], beats: Track) -> None:
    """Bring every hand to where the phrases hold it; held hands meet in one point."""
    targets: dict[str, Joints] = {}
    for role, side in product(figures, SIDES):
        targets[f"{role}.{side}"] = _hand_target(dance, figures, role, side, beats)
    for lead_side, follow_side in (("left", "right"), ("right", "left")):
        _meet(figures, targets, f"lead.{lead_side}", f"follow.{follow_side}")
    for role, side in product(figures, SIDES):
        _place_arm(figures[role], side, targets[f"{role}.{side}"])


def _place_arm(figure: Figure, side: Side, target: Joints) -> None:
    build = BUILDS[figure.role]
    sign = 1.0 if side == "left" else -1.0
    pole = 0.75 * sign * figure.chest.left - 0.8 * UP - 0.25 * figure.chest.forward
    shoulder = figure.joints[f"{side}_shoulder"]
    elbow, hand = two_bones(shoulder, target, pole, build.upper_arm, build.forearm)
    figure.joints.update({f"{side}_elbow": elbow, f"{side}_hand": hand})


def _meet(
    figures: Mapping[Role, Figure], targets: dict[str, Joints], lead: str, follow: str
) -> None:
    """Where both hands want the same point, pull it into both arms' reach."""
    held = np.linalg.norm(targets[lead] - targets[follow], axis=-1, keepdims=True) < 0.03
    point = (targets[lead] + targets[follow]) / 2
    for _ in range(6):
        for hand in (lead, follow):
            role, side = hand.split(".")
            figure = figures["lead" if role == "lead" else "follow"]
            build = BUILDS[figure.role]
            shoulder = figure.joints[f"{side}_shoulder"]
            reach = point - shoulder
            length = np.linalg.norm(reach, axis=-1, keepdims=True)
            longest = 0.985 * (build.upper_arm + build.forearm)
            point = shoulder + reach * np.minimum(1.0, longest / np.maximum(length, 1e-9))
    for hand in (lead, follow):
        targets[hand] = np.where(held, point, targets[hand])


def _hand_target(
    dance: Dance, figures: Mapping[Role, Figure], role: Role, side: Side, beats: Track
) -> Joints:
    schedule = hold_schedule(dance, f"{role}.{side}", "rest")
    target = anchor(schedule[0][1], figures, role, side, beats)
    for beat, name in schedule[1:]:
        share = np.clip((beats - beat + 0.95) / 1.1, 0.0, 1.0)[:, None]
        eased = share * share * (3 - 2 * share)
        if np.any(eased > 0):
            target = target * (1 - eased) + eased * anchor(name, figures, role, side, beats)
    return target


def anchor(
    name: str, figures: Mapping[Role, Figure], role: Role, side: Side, beats: Track
) -> Joints:
    """Where a named place for a hand is: between the two, on the partner, or on one's own body."""
    if name.startswith("pair_"):
        hand: Side = side if role == "lead" else ("right" if side == "left" else "left")
        return _pair_anchor(name.removeprefix("pair_"), figures, hand)
    if name.startswith("on_"):
        partner = figures["follow" if role == "lead" else "lead"]
        return _partner_anchor(name.removeprefix("on_"), partner, figures[role], side)
    return _own_anchor(name, figures[role], side, beats)


def _pair_anchor(name: str, figures: Mapping[Role, Figure], lead_hand: Side) -> Joints:
    """A point shared by the lead's ``lead_hand`` and the follow's hand opposite to it."""
    lead, follow = figures["lead"], figures["follow"]
    sign = 1.0 if lead_hand == "left" else -1.0
    axis = _unit((follow.joints["chest"] - lead.joints["chest"]) * np.array([1.0, 1.0, 0.0]))
    aside = sign * np.stack([-axis[:, 1], axis[:, 0], np.zeros(len(axis))], axis=-1)
    middle = (lead.joints["chest"] + follow.joints["chest"]) / 2
    waist = (lead.joints["waist"] + follow.joints["waist"]) / 2
    match name:
        case "low":
            return waist + 0.20 * aside + 0.04 * UP
        case "side":
            return middle + 0.46 * aside - 0.02 * UP
        case "high":
            return follow.joints["head"] + 0.24 * UP - 0.10 * axis + 0.05 * aside
        case "hammer":
            return follow.joints["waist"] - 0.17 * follow.pelvis.forward - 0.02 * UP
        case "wing":
            return follow.joints["chest"] + sign * -0.62 * follow.chest.left + 0.05 * UP
        case "front":
            return follow.joints["waist"] + 0.2 * follow.chest.forward + 0.05 * UP
        case _:
            raise ValueError(f"no place for held hands is called {name!r}")


def _partner_anchor(name: str, partner: Figure, own: Figure, side: Side) -> Joints:
    sign = 1.0 if side == "left" else -1.0
    towards = _unit(own.joints["chest"] - partner.joints["chest"])
    same_side = sign * _plan(np.arctan2(-towards[:, 1], -towards[:, 0]) + np.pi / 2)
    match name:
        case "back":
            blade = partner.joints["waist"] * 0.35 + partner.joints["chest"] * 0.65
            return blade - 0.10 * partner.chest.forward + 0.06 * same_side
        case "shoulder":
            return partner.joints["chest"] + 0.15 * same_side + 0.07 * UP + 0.02 * towards
        case "neck":
            return partner.joints["neck"] - 0.07 * partner.chest.forward + 0.04 * UP
        case "waist":
            return partner.joints["waist"] + 0.13 * same_side - 0.05 * UP
        case _:
            raise ValueError(f"no place on the partner is called {name!r}")


def _own_anchor(name: str, own: Figure, side: Side, beats: Track) -> Joints:
    sign = 1.0 if side == "left" else -1.0
    left, ahead = sign * own.chest.left, own.chest.forward
    shoulder = own.joints[f"{side}_shoulder"]
    swing: Joints = np.sin(np.pi * beats + (0.0 if side == "left" else np.pi))[:, None]
    match name:
        case "rest":
            return np.asarray(shoulder + (0.24 + 0.04 * swing) * ahead + 0.10 * left - 0.30 * UP)
        case "hip":
            return own.joints[f"{side}_hip"] + 0.09 * left + 0.09 * UP + 0.03 * ahead
        case "wing":
            return np.asarray(shoulder + 0.50 * left + 0.08 * ahead + (0.03 + 0.04 * swing) * UP)
        case "sky":
            return shoulder + 0.14 * left + 0.52 * UP + 0.05 * ahead
        case "hair":
            return own.joints["head"] + 0.13 * left + 0.03 * UP - 0.04 * ahead
        case "offer":
            return shoulder + 0.44 * ahead - 0.20 * UP + 0.04 * left
        case "heart":
            return own.joints["chest"] + 0.15 * ahead - 0.03 * UP + 0.03 * left
        case _:
            raise ValueError(f"no place of one's own is called {name!r}")
