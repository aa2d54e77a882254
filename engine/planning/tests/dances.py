"""Songs, libraries and wishes, plain ones and random ones, for the planner's tests."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine.contract import Clip, Plan, Section, SongAnalysis, Wishes


def a_song(
    *,
    n_beats: int = 96,
    tempo_bpm: float = 125.0,
    start_s: float = 0.0,
    tail_s: float = 0.0,
    first_one: int = 0,
    parts: str = "A",
    energies: dict[str, Any] | None = None,
) -> SongAnalysis:
    """A steady song whose parts are equally long."""
    beats = start_s + 60 / tempo_bpm * np.arange(n_beats)
    duration_s = float(beats[-1]) + 60 / tempo_bpm + tail_s if n_beats else max(tail_s, 20.0)
    marks = np.linspace(0, duration_s, len(parts) + 1)
    sections = tuple(
        Section(
            start_s=float(start),
            end_s=float(end),
            label=label,
            energy=(energies or {}).get(label, "medium"),
        )
        for label, start, end in zip(parts, marks, marks[1:], strict=False)
    )
    return SongAnalysis(
        duration_s=duration_s,
        tempo_bpm=tempo_bpm,
        beats_s=beats,
        first_one=first_one,
        sections=sections,
        peaks=np.zeros(8, dtype=np.float32),
    )


def sections_of(song: SongAnalysis, **eights: int) -> SongAnalysis:
    """The song with sections of so many eights, named by the first letter of their keys."""
    marks = [0, *np.cumsum([8 * n for n in eights.values()]).tolist()]
    ends = [*song.beats_s.tolist(), song.duration_s]
    return replace(
        song,
        sections=tuple(
            Section(start_s=ends[a], end_s=ends[b], label=name[0], energy="medium")
            for name, (a, b) in zip(eights, pairwise(marks), strict=True)
        ),
    )


def a_clip(clip_id: str, *, tempo_bpm: float = 125.0, n_beats: int = 9, **values: Any) -> Clip:
    """A clip whose first beat is a little after its start, and its end after its last beat."""
    keyframes = tuple(0.1 + 60 / tempo_bpm * i for i in range(n_beats))
    known: dict[str, Any] = {
        "move_label": f"label_{clip_id}",
        "name": clip_id,
        "difficulty": "beginner",
        "energy_level": "medium",
        "duration_s": keyframes[-1] + 0.2,
        "mezzanine": Path(f"{clip_id}.mp4"),
    }
    return Clip(clip_id=clip_id, tempo_bpm=tempo_bpm, keyframes_s=keyframes, **(known | values))


def some_clips(n: int, **values: Any) -> list[Clip]:
    """Clips that differ in nothing but their names."""
    return [a_clip(f"c{i:02}", **values) for i in range(n)]


def names(made: Plan) -> list[str]:
    """The clips danced, in order."""
    return [move.clip.clip_id for move in made.moves]


def in_section(made: Plan, section: Section) -> list[str]:
    """The clips danced in a section, in order."""
    middle = [(m, (m.start_s + m.end_s) / 2) for m in made.moves]
    return [m.clip.clip_id for m, at_s in middle if section.start_s <= at_s < section.end_s]


@st.composite
def songs(draw: st.DrawFn) -> SongAnalysis:
    """Songs of any tempo, unsteady, with parts of any length, or with hardly a beat."""
    n_beats = draw(st.integers(0, 120))
    period_s = 60 / draw(st.floats(85, 180))
    jitter = Random(draw(st.integers(0, 99)))  # noqa: S311
    unsteady = draw(st.sampled_from([0.0, 0.01, 0.08]))
    lengths = [period_s * (1 + unsteady * jitter.uniform(-1, 1)) for _ in range(n_beats)]
    beats = draw(st.floats(0, 9)) + np.cumsum([0.0, *lengths])[:n_beats]
    end_s = float(beats[-1]) if n_beats else 0.0
    duration_s = end_s + draw(st.floats(0.05, 9)) + (20 if not n_beats else 0)
    cuts = sorted(draw(st.lists(st.floats(0.01, 0.99), max_size=5)))
    marks = [0.0, *(cut * duration_s for cut in cuts), duration_s]
    sections = tuple(
        Section(start_s=a, end_s=b, label=draw(st.sampled_from("ABC")), energy="high")
        for a, b in pairwise(marks)
        if a < b
    )
    return SongAnalysis(
        duration_s=duration_s,
        tempo_bpm=60 / period_s,
        beats_s=np.asarray(beats),
        first_one=draw(st.integers(0, 7)),
        sections=draw(st.sampled_from([sections, ()])),
        peaks=np.zeros(8, dtype=np.float32),
    )


@st.composite
def libraries(draw: st.DrawFn) -> list[Clip]:
    """Up to a dozen clips of any tempo, length, difficulty and energy."""
    return [
        a_clip(
            f"c{i}",
            tempo_bpm=draw(st.floats(45, 250)),
            n_beats=draw(st.integers(1, 45)),
            move_label=draw(st.sampled_from(["turn", "basic", "dip", "intro", "outro"])),
            difficulty=draw(st.sampled_from(["beginner", "intermediate", "advanced"])),
            energy_level=draw(st.sampled_from(["low", "medium", "high"])),
            score=draw(st.floats(0, 1)),
        )
        for i in range(draw(st.integers(0, 12)))
    ]


wishes = st.builds(
    Wishes,
    difficulty=st.sampled_from(["beginner", "intermediate", "advanced"]),
    energy_level=st.sampled_from([None, "low", "high"]),
)
