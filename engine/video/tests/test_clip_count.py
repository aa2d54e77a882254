"""A clip's one, by what is heard and what is seen; its figure; its room."""

from __future__ import annotations

import numpy as np
import pytest

from engine.contract import ClipBeats, ClipMotion, Figure
from engine.video.clip_count import find_one
from engine.video.figures import find_figure
from engine.video.motion import bar_evidence, body_by_beat
from engine.video.rooms import PICTURE_BYTES, SAME_SCENE, group_rooms

PERIOD_S = 0.5
BEATS_S = tuple(0.3 + PERIOD_S * beat for beat in range(16))
LEGS = (1.43, 1.04, 0.87, 0.69)  # measured by count


def dancing(*, one: int, busy: range = range(0)) -> ClipMotion:
    """Legs that rest on the tap, 4; beats in ``busy`` see more of everything."""
    times_s = np.arange(0, 8.3, 1 / 30)
    beats = np.clip(np.round((times_s - BEATS_S[0]) / PERIOD_S).astype(int), 0, 15)
    legs = np.array([LEGS[(beat - one) % 4] for beat in beats])
    body = np.array([3.0 if beat in busy else 1.0 for beat in beats])
    return ClipMotion(
        times_s=tuple(times_s.tolist()), legs=tuple(legs.tolist()), body=tuple(body.tolist())
    )


def beats(*evidence: float) -> ClipBeats:
    return ClipBeats(
        beats_s=BEATS_S, tempo_bpm=120, source="sound", bar_evidence=evidence or (0.0,) * 4
    )


@pytest.mark.parametrize("one", range(4))
def test_the_still_tap_tells_the_one(one: int) -> None:
    motion = dancing(one=one)
    assert int(bar_evidence(motion, np.array(BEATS_S)).argmax()) == one
    found = find_one(beats(), motion)
    assert (found.beat, found.source) == (one, "analysed")


def test_sound_and_picture_that_contradict_each_other_are_unsure() -> None:
    assert find_one(beats(-1, 1.5, 0, -0.5), dancing(one=0)).source == "unsure"
    agreed = find_one(beats(1.5, -1, 0, -0.5), dancing(one=0))
    assert (agreed.beat, agreed.source) == (0, "analysed")


def test_nothing_heard_and_nothing_seen_is_the_first_beat_and_unsure() -> None:
    found = find_one(beats(), ClipMotion())
    assert (found.beat, found.source) == (0, "unsure")


def figure(label: str, notes: str = "", *, busy: range = range(0)) -> Figure | None:
    motion = body_by_beat(dancing(one=0, busy=busy), BEATS_S)
    return find_figure(motion, BEATS_S, one=0, move_label=label, notes=notes, duration_s=8.3)


def test_a_turn_is_where_most_moves() -> None:
    found = figure("lady_right_turn", busy=range(9, 13))
    assert found == Figure(start_s=BEATS_S[9], end_s=BEATS_S[13])


def test_a_turn_at_the_very_end_ends_with_the_clip() -> None:
    assert figure("spins", busy=range(12, 16)) == Figure(start_s=BEATS_S[12], end_s=8.3)


def test_noted_seconds_say_where_a_dip_is_to_the_end_of_its_bar() -> None:
    assert figure("dips", "Dip from second 3 to 5") == Figure(start_s=3.0, end_s=BEATS_S[12])
    assert figure("dips", "Dip from second 6 to 90") == Figure(start_s=6.0, end_s=8.3)


@pytest.mark.parametrize("label", ["basic_step", "arm_styling", "cross_body_lead"])
def test_what_is_danced_throughout_has_no_figure(label: str) -> None:
    assert figure(label, busy=range(4, 8)) is None


def picture(level: int) -> bytes:
    return bytes([level]) * PICTURE_BYTES


def test_alike_backgrounds_are_one_room_and_a_third_may_link_two() -> None:
    apart = group_rooms({"a": picture(10), "b": picture(50), "c": picture(14)})
    assert apart == {"a": "a", "b": "b", "c": "a"}
    linked = group_rooms({"a": picture(10), "b": picture(50), "c": picture(30)})
    assert set(linked.values()) == {"a"}


def test_a_room_has_a_scene_for_each_camera() -> None:
    backgrounds = {"a": picture(10), "b": picture(30), "c": picture(24)}
    assert set(group_rooms(backgrounds).values()) == {"a"}
    scenes = group_rooms({"a": picture(10), "b": picture(30)}, at_most=SAME_SCENE)
    assert scenes == {"a": "a", "b": "b"}


def test_clips_without_a_background_are_alone() -> None:
    assert group_rooms({"a": b"", "b": b"", "c": picture(1)}) == {"a": "a", "b": "b", "c": "c"}
