"""Every rule of a choreography holds, or the plan says which was relaxed, and why.

The rules are checked here from the song, the library and the finished plan alone: nothing of the
planner's own bookkeeping is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.contract import (
    MAX_SPEED,
    MIN_SPEED,
    Clip,
    NoMatchingMoves,
    Plan,
    PlannedMove,
    Section,
    SongAnalysis,
    Wishes,
)
from engine.planning.plan import plan
from engine.planning.rules import DIFFICULTY_RANK
from engine.planning.tests.dances import a_clip, a_song, libraries, names, some_clips, songs, wishes

WORDS = {
    "difficulty",
    "intro",
    "outro",
    "opening",
    "clip_twice",
    "label_thrice",
    "repeats",
    "returning",
    "beats",
    "eights",
}
"""Every word a plan may say it relaxed."""


@dataclass(frozen=True)
class Dance:
    """A plan, and what its rules are checked against."""

    song: SongAnalysis
    library: tuple[Clip, ...]
    wish: Wishes
    made: Plan

    @property
    def eights(self) -> list[PlannedMove]:
        """The moves that dance whole eights."""
        return [move for move in self.made.moves if move.eights]

    def rank(self, clip: Clip) -> int:
        """How hard a clip is."""
        return DIFFICULTY_RANK[clip.difficulty]

    @property
    def able(self) -> list[Clip]:
        """Clips that can dance anywhere in a steady song: at ease, long enough, allowed."""
        hardest = DIFFICULTY_RANK[self.wish.difficulty]
        return [
            clip
            for clip in self.library
            if self.rank(clip) <= hardest
            and MIN_SPEED * 1.02 <= self.song.tempo_bpm / clip.tempo_bpm <= MAX_SPEED / 1.02
            and len(clip.keyframes_s) >= 26
        ]

    def section_at(self, at_s: float) -> int:
        """Index of the section of a time."""
        starts = [section.start_s for section in self.song.sections]
        return max(int(np.searchsorted(starts, at_s, side="right")) - 1, 0)

    def by_section(self) -> Iterator[tuple[str, list[str]]]:
        """For each section its label, and the clip of each of its eights."""
        rows: dict[int, list[str]] = {}
        ones = self.song.beats_s[self.song.first_one :: 8]
        for start, stop in pairwise(ones.tolist()):
            middle = (start + stop) / 2
            move = next(m for m in self.made.moves if m.start_s <= middle < m.end_s)
            rows.setdefault(self.section_at(middle), []).append(move.clip.clip_id)
        for section, clips in sorted(rows.items()):
            yield self.song.sections[section].label, clips


def opens(clip: Clip) -> bool:
    return clip.move_label == "intro"


def closes(clip: Clip) -> bool:
    return clip.move_label == "outro"


@st.composite
def steady_songs(draw: st.DrawFn) -> SongAnalysis:
    """Songs without a stumble, of sections whole eights long that return."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=6))
    labels = draw(st.lists(st.sampled_from("ABC"), min_size=len(lengths), max_size=len(lengths)))
    first_one = draw(st.integers(0, 7))
    tempo_bpm = draw(st.floats(85, 180))
    n_beats = first_one + 8 * sum(lengths) + draw(st.integers(1, 8))
    beats = draw(st.floats(0, 2)) + 60 / tempo_bpm * np.arange(n_beats)
    duration_s = float(beats[-1]) + draw(st.floats(0.05, 3))
    ends = np.cumsum([0, *lengths]) * 8 + first_one
    marks = [0.0, *beats[ends[1:-1]].tolist(), duration_s]
    return SongAnalysis(
        duration_s=duration_s,
        tempo_bpm=tempo_bpm,
        beats_s=beats,
        first_one=first_one,
        sections=tuple(
            Section(start_s=a, end_s=b, label=label, energy=draw(st.sampled_from(ENERGIES)))
            for label, (a, b) in zip(labels, pairwise(marks), strict=True)
        ),
        peaks=np.zeros(8, dtype=np.float32),
    )


ENERGIES = ("low", "medium", "high")


@st.composite
def dances(draw: st.DrawFn) -> Dance | None:
    """A plan for a random song, library and wish; None where none can be made."""
    song = draw(st.one_of(steady_songs(), songs()))
    library = draw(libraries())
    if draw(st.booleans()):  # a library at ease with the song, so that rules can be kept
        tempi = st.floats(0.85, 1.15).map(lambda share: share * song.tempo_bpm)
        n = draw(st.integers(2, 14))
        library += [
            a_clip(
                f"e{i}",
                tempo_bpm=draw(tempi),
                n_beats=draw(st.integers(10, 40)),
                move_label=draw(st.sampled_from(["a", "b", "c", "d"])),
                difficulty=draw(st.sampled_from(["beginner", "intermediate", "advanced"])),
            )
            for i in range(n)
        ]
    wish = draw(wishes)
    try:
        made = plan(song, library, wish, seed=draw(st.integers(0, 999)))
    except NoMatchingMoves:
        return None
    return Dance(song, tuple(library), wish, made)


def clip_twice(dance: Dance) -> bool:
    """Whether a clip follows itself."""
    ids = [move.clip.clip_id for move in dance.made.moves]
    return any(a == b for a, b in pairwise(ids))


def label_thrice(dance: Dance) -> bool:
    """Whether a label comes three times in a row."""
    labels = [move.clip.move_label for move in dance.made.moves]
    return any(a == b == c for a, b, c in zip(labels, labels[1:], labels[2:], strict=False))


def intro(dance: Dance) -> bool:
    """Whether an opening move dances elsewhere, or lacks where one could open."""
    first, *others = dance.made.moves
    lacks = any(opens(clip) for clip in dance.able) and not opens(first.clip)
    return lacks or any(opens(move.clip) for move in others)


def outro(dance: Dance) -> bool:
    """Whether a closing move dances elsewhere, or lacks where one could close."""
    *others, last = dance.made.moves
    lacks = any(closes(clip) for clip in dance.able) and not closes(last.clip)
    return lacks or any(closes(move.clip) for move in others)


def opening(dance: Dance) -> bool:
    """Whether the first eight is harder than an able clip."""
    plain = [clip for clip in dance.able if not closes(clip)]
    if not dance.eights or not plain or any(opens(clip) for clip in dance.library):
        return False
    return dance.rank(dance.eights[0].clip) > min(map(dance.rank, plain))


def difficulty(dance: Dance) -> bool:
    """Whether moves are too hard, or not mostly as wished."""
    wished = DIFFICULTY_RANK[dance.wish.difficulty]
    if any(dance.rank(move.clip) > wished for move in dance.made.moves):
        return True
    as_wished = sum(m.eights for m in dance.eights if dance.rank(m.clip) == wished)
    return bool(dance.eights) and 2 * as_wished <= sum(m.eights for m in dance.eights)


def repeats(dance: Dance) -> bool:
    """Whether a newly chosen clip comes again while one that fits as well was never danced."""
    wished = [c for c in dance.able if c.difficulty == dance.wish.difficulty]
    fresh = {c.clip_id: c for c in wished if not opens(c) and not closes(c)}
    seen: set[str] = set()
    for move in dance.made.moves:
        is_new_choice = "returns, and its moves" not in move.why
        as_fitting = {
            clip_id
            for clip_id, clip in fresh.items()
            if energy_distance(clip, dance.wish) <= energy_distance(move.clip, dance.wish)
        }
        if is_new_choice and move.clip.clip_id in seen and as_fitting - seen:
            return True
        seen.add(move.clip.clip_id)
    return False


def energy_distance(clip: Clip, wish: Wishes) -> int:
    """Count the steps from a clip's energy to the wished one; 0 without one."""
    if wish.energy_level is None:
        return 0
    return abs(ENERGIES.index(clip.energy_level) - ENERGIES.index(wish.energy_level))


def returning(dance: Dance) -> bool:
    """Whether a section returns with other moves, but for the song's opening and closing ones."""
    if not dance.song.sections:
        return False
    ends = {c.clip_id for c in dance.library if opens(c) or closes(c)}
    known: dict[str, list[str]] = {}
    rows = list(dance.by_section())
    if rows and any(closes(clip) for clip in dance.library):
        rows[-1][1].pop()  # the closing move's place
    for label, clips in rows:
        before = known.setdefault(label, [])
        for i, (then, now) in enumerate(zip(before, clips, strict=False)):
            if then in ends:
                before[i] = now
            elif then != now:
                return True
        before += clips[len(before) :]
    return False


RULES = {
    "clip_twice": clip_twice,
    "label_thrice": label_thrice,
    "intro": intro,
    "outro": outro,
    "opening": opening,
    "difficulty": difficulty,
    "repeats": repeats,
    "returning": returning,
}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_holds_or_is_said_to_be_relaxed(rule: str) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(dance=dances())
    def check(dance: Dance | None) -> None:
        if dance is not None and RULES[rule](dance):
            assert rule in dance.made.relaxed

    check()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(dance=dances())
def test_what_is_said_to_be_relaxed_was(dance: Dance | None) -> None:
    if dance is not None:
        for rule in ("clip_twice", "label_thrice"):
            assert (rule in dance.made.relaxed) == RULES[rule](dance)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(dance=dances())
def test_whatever_is_relaxed_has_a_known_name_and_a_reason(dance: Dance | None) -> None:
    if dance is None:
        return
    made = dance.made
    assert set(made.relaxed) <= WORDS
    assert list(made.relaxed) == list(made.reasons)
    assert all(reason.endswith(".") and len(reason) > 20 for reason in made.reasons.values())


@settings(max_examples=60, deadline=None)
@given(
    tempo_bpm=st.floats(101, 150),
    start_s=st.floats(0, 3),
    tail_s=st.floats(0, 5),
    first_one=st.integers(0, 7),
    n_clips=st.integers(2, 6),
    seed=st.integers(0, 99),
)
def test_no_clip_follows_itself_when_two_fit(
    tempo_bpm: float, start_s: float, tail_s: float, first_one: int, n_clips: int, seed: int
) -> None:
    song = a_song(
        tempo_bpm=tempo_bpm, start_s=start_s, tail_s=tail_s, first_one=first_one, parts="ABAC"
    )
    made = plan(song, some_clips(n_clips, n_beats=18), Wishes(difficulty="beginner"), seed=seed)
    assert all(a != b for a, b in pairwise(names(made)))
    assert "clip_twice" not in made.relaxed
