"""The timeline, and the measures taken of a plan."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.contract import Clip, Plan, PlannedMove, Section, SongAnalysis
from engine.planning.timeline import (
    clip_beat_errors_s,
    cut_errors_s,
    distances_s,
    gaps_s,
    measure,
    timeline,
)

BEATS_S = 0.4 + np.arange(24) * 0.5


def an_analysis() -> SongAnalysis:
    return SongAnalysis(
        duration_s=12.5,
        tempo_bpm=120.0049,
        beats_s=BEATS_S + 1e-7,
        first_one=0,
        sections=(Section(start_s=0, end_s=12.5, label="A", energy="low"),),
        peaks=np.array([0.1, 1.0], np.float32),
    )


def a_move(index: int, *, first_beat: int, start_s: float, end_s: float) -> PlannedMove:
    clip = Clip(
        clip_id=f"clip_{index}",
        move_label="basic_step",
        name="Basic step",
        difficulty="beginner",
        energy_level="low",
        tempo_bpm=120,
        keyframes_s=tuple(1 + 0.5 * beat for beat in range(9)),
        duration_s=6,
        mezzanine=Path("clip.mp4"),
    )
    return PlannedMove(
        index=index,
        clip=clip,
        first_beat=first_beat,
        n_beats=8,
        eights=1,
        clip_times_s=(1.0, 5.0),
        song_times_s=(start_s, end_s),
        speed=4 / (end_s - start_s),
        why="fits",
    )


def a_plan(*, cut_s: float = 4.4) -> Plan:
    return Plan(
        moves=(
            a_move(0, first_beat=0, start_s=0.4, end_s=cut_s),
            a_move(1, first_beat=8, start_s=cut_s, end_s=8.4),
        ),
        relaxed=("energy",),
        reasons={"energy": "Fewer than 5 moves have high energy."},
        seed=7,
    )


def test_the_timeline_is_plain_json_of_version_2() -> None:
    made = timeline(a_plan(), an_analysis(), title="Vibe")
    assert json.loads(json.dumps(made)) == made
    assert list(made) == [
        "version", "song", "beats_s", "ones", "sections", "moves", "relaxed",
        "relaxed_because", "peaks", "seed",
    ]  # fmt: skip
    assert made["version"] == 2
    assert made["song"] == {"title": "Vibe", "duration_s": 12.5, "tempo_bpm": 120.0}
    assert made["beats_s"][:2] == [0.4, 0.9]
    assert made["ones"] == list(an_analysis().ones)
    assert made["sections"] == [{"start_s": 0, "end_s": 12.5, "label": "A", "energy": "low"}]
    assert made["moves"][1] == {
        "index": 1,
        "start_s": 4.4,
        "end_s": 8.4,
        "eights": 1,
        "clip_id": "clip_1",
        "move_label": "basic_step",
        "name": "Basic step",
        "speed": 1.0,
        "why": "fits",
        "clip_start_s": a_plan().moves[1].clip_times_s[0],
        "clip_end_s": a_plan().moves[1].clip_times_s[-1],
        "clip_one_s": a_plan().moves[1].clip.keyframes_s[0],
        "clip_eight": 0,
        "figure": None,
        "camera": "",
    }

    assert (made["relaxed"], made["peaks"], made["seed"]) == (["energy"], [0.1, 1.0], 7)
    assert made["relaxed_because"] == {"energy": "Fewer than 5 moves have high energy."}


def test_distance_is_to_the_nearest_beat_on_either_side() -> None:
    times_s = [-1.0, 0.4, 0.6, 0.7, 11.9, 20.0]
    expected = [1.4, 0.0, 0.2, 0.2, 0.0, 8.1]
    assert distances_s(times_s, BEATS_S) == pytest.approx(expected)
    assert len(distances_s([], BEATS_S)) == 0


def test_a_cut_beside_the_beat_is_seen() -> None:
    assert cut_errors_s(a_plan(), BEATS_S) == pytest.approx([0])
    assert cut_errors_s(a_plan(cut_s=4.43), BEATS_S) == pytest.approx([0.03])


def test_steps_beside_the_beat_are_seen() -> None:
    assert clip_beat_errors_s(a_plan(), BEATS_S) == pytest.approx(np.zeros(16))
    errors = clip_beat_errors_s(a_plan(cut_s=4.48), BEATS_S)
    # the first move's eight beats are spread over 4.08 s, the second's over 3.92 s
    expected = np.append(np.arange(8) * 0.01, 0.08 - np.arange(8) * 0.01)
    assert errors == pytest.approx(expected)


def test_gaps_are_seen_at_the_ends_and_between() -> None:
    plan = a_plan()
    apart = Plan(moves=(plan.moves[0], a_move(1, first_beat=8, start_s=5.0, end_s=9.0)))
    assert gaps_s(apart, duration_s=12.5) == pytest.approx([0.4, 0.6, 3.5])
    assert measure(apart, an_analysis()).gap_max_s == pytest.approx(3.5)


def test_measures_are_the_numbers_of_the_plan() -> None:
    found = measure(a_plan(cut_s=4.48), an_analysis())
    assert found.cut_error_max_s == pytest.approx(0.08, abs=1e-6)
    assert found.clip_beat_error_p50_s == pytest.approx(0.04, abs=0.001)
    assert found.clip_beat_error_p95_s == pytest.approx(0.0725, abs=0.001)
    assert (found.speed_min, found.speed_max) == pytest.approx((4 / 4.08, 4 / 3.92))


def test_a_single_move_has_no_cut() -> None:
    plan = Plan(moves=(a_move(0, first_beat=0, start_s=0.0, end_s=12.5),))
    assert measure(plan, an_analysis()).cut_error_max_s == 0
