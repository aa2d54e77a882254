"""From phrases to movement: where the two dancers are, and which foot stands, at every moment.

A phrase is one eight. Its channels give a value on each of the eight counts; between counts a
monotone cubic runs through them. Feet follow from the body's path: they land on the beat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from demo.curves import monotone_cubic

type Track = NDArray[np.float64]
type Role = Literal["lead", "follow"]
type Side = Literal["left", "right"]

ROLES: tuple[Role, Role] = ("lead", "follow")
SIDES: tuple[Side, Side] = ("left", "right")
COUNTS = 8
SWING_BEATS = 0.62
STANCE_M = 0.085
TOE_OUT = 0.16

# The lead starts with the left foot, the follow mirrors: 1-2-3-tap, 5-6-7-tap.
FEET: dict[Role, tuple[Side, ...]] = {
    "lead": ("left", "right", "left", "right", "right", "left", "right", "left"),
    "follow": ("right", "left", "right", "left", "left", "right", "left", "right"),
}
TAPS = frozenset({3, 7})
OUTWARD = frozenset({0, 2, 4, 6})

# Channels in whole turns that go on from where the phrase before left them.
CUMULATIVE = ("turn", "lead.h", "follow.h")
REST = {"gap": 0.60}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One eight of dancing.

    Attributes
    ----------
    channels : mapping of str to 8 floats
        Values on the counts. ``turn`` (whole turns of the couple, counter-clockwise from
        above), ``gap`` (metres between the two), ``u`` and ``v`` (metres of the couple towards
        the follow, and towards the lead's left); per dancer, as ``lead.h``: ``h`` (whole turns
        on the spot), ``u``, ``v``, ``lean`` and ``side`` (radians), ``twist`` (of the chest,
        radians), ``drop`` (metres), ``roll`` (strength of the body wave).
    holds : sequence of (count, mapping of hand to anchor)
        From which count on a hand is where; ``count`` 0 is the one.
    """

    name: str
    channels: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    holds: tuple[tuple[float, Mapping[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Foot:
    """One foot over the frames: ball on the floor plan, height, direction and heel."""

    place: Track
    lift: Track
    yaw: Track
    heel: Track


@dataclass(frozen=True, slots=True)
class Path:
    """One dancer over the frames, before it has a body.

    ``weight`` is 1 on the left foot and -1 on the right one; ``accent`` is the signed hip
    accent of the tap, positive on the left.
    """

    root: Track
    heading: Track
    weight: Track
    accent: Track
    feet: Mapping[Side, Foot]
    shape: Mapping[str, Track]


@dataclass(frozen=True, slots=True)
class Dance:
    """Phrases in order with the couple's place on the stage.

    ``facing`` is the direction from lead to follow at the start, in radians, 0 to the right
    and positive away from the audience; ``size`` scales the steps and hips;
    ``ending`` is what the dancers begin after the last phrase, else the first one again.
    """

    phrases: Sequence[Phrase]
    facing: float
    size: float = 1.0
    ending: Phrase | None = None

    @property
    def all_phrases(self) -> tuple[Phrase, ...]:
        """The phrases and what begins after them."""
        return (*self.phrases, self.ending or self.phrases[0])

    @property
    def beats(self) -> int:
        """Number of beats danced."""
        return COUNTS * len(self.phrases)

    def channel(self, name: str, beats: Track) -> Track:
        """The value of one channel at the given beats; beat 0 is the first one."""
        rest = REST.get(name, 0.0)
        before = rest if name in CUMULATIVE else self.phrases[0].channels.get(name, (rest,))[-1]
        total, values = 0.0, [before] * 3
        for phrase in self.all_phrases:
            counts = phrase.channels.get(name, (rest,) * COUNTS)
            values += [total + value for value in counts]
            total += counts[-1] if name in CUMULATIVE else 0.0
        return monotone_cubic(np.array(values), np.clip(beats + 3, 0, len(values) - 1))

    def path(self, role: Role, beats: Track) -> Path:
        """Where one dancer goes and steps, at the given beats."""
        root, heading = self._root(role, beats)
        feet = {side: self._foot(role, side, beats) for side in SIDES}
        names = ("lean", "side", "twist", "drop", "roll")
        shape = {name: self.channel(f"{role}.{name}", beats) for name in names}
        weight, accent = self._weight(role, beats)
        return Path(root, heading, weight, accent, feet, shape)

    def _root(self, role: Role, beats: Track) -> tuple[Track, Track]:
        sign = -1.0 if role == "lead" else 1.0
        facing = self.facing + 2 * np.pi * self.channel("turn", beats)
        along = self.channel("u", beats) + sign * self.channel("gap", beats) / 2
        along = along + self.channel(f"{role}.u", beats)
        across = self.size * (self.channel("v", beats) + self.channel(f"{role}.v", beats))
        cosine, sine = np.cos(facing), np.sin(facing)
        root = np.stack([along * cosine - across * sine, along * sine + across * cosine], axis=-1)
        heading = facing + 2 * np.pi * self.channel(f"{role}.h", beats)
        return root, heading + (np.pi if role == "follow" else 0.0)

    def _plants(self, role: Role, side: Side) -> tuple[Track, Track, Track, Track]:
        """When and where a foot lands: beats, places, directions, and 1 where it only taps."""
        counts = [b for b in range(self.beats + COUNTS) if FEET[role][b % COUNTS] == side]
        beats = np.array([-4.0, *counts])
        root, heading = self._root(role, beats)
        sign = 1.0 if side == "left" else -1.0
        wide = np.array([0.0, *(0.045 if b % COUNTS in OUTWARD else 0.0 for b in counts)])
        taps = np.array([0.0, *(1.0 if b % COUNTS in TAPS else 0.0 for b in counts)])
        out = sign * (STANCE_M + wide * self.size)
        ahead = 0.05 * taps
        places = root + np.stack(
            [
                ahead * np.cos(heading) - out * np.sin(heading),
                ahead * np.sin(heading) + out * np.cos(heading),
            ],
            axis=-1,
        )
        return beats, places, heading + sign * TOE_OUT, taps

    def _foot(self, role: Role, side: Side, beats: Track) -> Foot:
        landings, places, yaws, taps = self._plants(role, side)
        after = np.clip(np.searchsorted(landings, beats, side="left"), 1, len(landings) - 1)
        share = np.clip((beats - landings[after] + SWING_BEATS) / SWING_BEATS, 0.0, 1.0)
        eased = share * share * (3 - 2 * share)
        place = places[after - 1] + eased[:, None] * (places[after] - places[after - 1])
        yaw = yaws[after - 1] + eased * (yaws[after] - yaws[after - 1])
        heading = self._root(role, beats)[1]
        # A standing foot pivots on its ball rather than being left behind by the body.
        yaw = heading + np.clip(yaw - heading, -0.75, 0.75)
        lift = (0.035 + 0.03 * self.size) * np.sin(np.pi * share) ** 1.5
        heel = taps[after - 1] + eased * (taps[after] - taps[after - 1])
        return Foot(place, lift, yaw, heel)

    def _weight(self, role: Role, beats: Track) -> tuple[Track, Track]:
        weight = np.zeros_like(beats)
        accent = np.zeros_like(beats)
        for beat in range(self.beats + COUNTS):
            sign = 1.0 if FEET[role][beat % COUNTS] == "left" else -1.0
            if beat % COUNTS in TAPS:
                accent += sign * np.exp(-(((beats - beat) / 0.26) ** 2))
                continue
            share = np.clip((beats - beat + 0.5) / 0.65, 0.0, 1.0)
            eased = share * share * (3 - 2 * share)
            weight = weight * (1 - eased) + sign * eased
        return weight, accent


def hold_schedule(dance: Dance, hand: str, default: str) -> list[tuple[float, str]]:
    """When one hand goes where: (beat, anchor) in order, the first one from the start on."""
    schedule = [(-100.0, default)]
    for index, phrase in enumerate(dance.all_phrases):
        for count, hands in phrase.holds:
            if hand in hands and hands[hand] != schedule[-1][1]:
                schedule.append((index * COUNTS + count, hands[hand]))
    return schedule
