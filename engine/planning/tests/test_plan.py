"""What a choreography is, whatever the song and the library."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
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
from engine.planning.tests.dances import (
    a_clip,
    a_song,
    in_section,
    libraries,
    names,
    sections_of,
    some_clips,
    songs,
    wishes,
)

BEGINNER = Wishes(difficulty="beginner")


# Whatever the song and the library


def is_at_ease(clip: Clip, song: SongAnalysis, wish: Wishes) -> bool:
    """Whether a clip can dance this song without doubt."""
    speed = song.tempo_bpm / clip.tempo_bpm
    ranks = ["beginner", "intermediate", "advanced"]
    easy = ranks.index(clip.difficulty) <= ranks.index(wish.difficulty)
    return easy and 0.9 <= speed <= 1.1 and len(clip.keyframes_s) >= 11


def check_move(move: PlannedMove) -> None:
    """The move is entered on a keyframe, plays forward within its clip, at a fair speed."""
    clip_s, song_s = move.clip_times_s, move.song_times_s
    assert len(clip_s) == len(song_s) >= 2
    assert clip_s[0] in move.clip.keyframes_s
    assert clip_s[-1] <= move.clip.duration_s + 1e-9
    assert all(a < b for a, b in pairwise(clip_s))
    assert all(a < b for a, b in pairwise(song_s))
    speed = (clip_s[-1] - clip_s[0]) / (song_s[-1] - song_s[0])
    assert MIN_SPEED - 1e-9 <= speed <= MAX_SPEED + 1e-9
    assert move.speed == pytest.approx(speed)
    assert move.why.endswith(".")


@settings(max_examples=300, deadline=None)
@given(song=songs(), library=libraries(), wish=wishes, seed=st.integers(0, 2**31))
def test_a_plan_covers_the_whole_song_in_bounds_or_there_is_none(
    song: SongAnalysis, library: list[Clip], wish: Wishes, seed: int
) -> None:
    try:
        made = plan(song, library, wish, seed=seed)
    except NoMatchingMoves:
        assert not any(is_at_ease(clip, song, wish) for clip in library)
        return
    assert made.moves[0].start_s == 0
    assert made.moves[-1].end_s == song.duration_s
    beats = set(song.beats_s.tolist())
    for move in made.moves:
        check_move(move)
    for before, after in pairwise(made.moves):
        assert before.end_s == after.start_s
        found = song.beats_s.size and song.beats_s[0] <= after.start_s <= song.beats_s[-1]
        assert not found or after.start_s in beats
    ids = names(made)
    assert "clip_twice" in made.relaxed or all(a != b for a, b in pairwise(ids))
    labels = [move.clip.move_label for move in made.moves]
    thirds = zip(labels, labels[1:], labels[2:], strict=False)
    assert "label_thrice" in made.relaxed or all(len(set(three)) > 1 for three in thirds)
    ranks = {move.clip.difficulty for move in made.moves}
    assert "difficulty" in made.relaxed or wish.difficulty != "beginner" or ranks == {"beginner"}
    assert [move.index for move in made.moves] == list(range(len(ids)))


@settings(max_examples=60, deadline=None)
@given(song=songs(), library=libraries(), wish=wishes, shuffle=st.randoms(use_true_random=False))
def test_the_same_input_gives_the_same_plan_in_whatever_order_the_clips_come(
    song: SongAnalysis, library: list[Clip], wish: Wishes, shuffle: Random
) -> None:
    def planned(clips: list[Clip]) -> Plan | str:
        try:
            return plan(song, clips, wish, seed=7)
        except NoMatchingMoves as error:
            return str(error)

    shuffled = list(library)
    shuffle.shuffle(shuffled)
    assert planned(library) == planned(shuffled)


# Beats


def test_every_clip_beat_falls_on_a_song_beat() -> None:
    song = a_song(n_beats=64, tempo_bpm=130)
    made = plan(song, some_clips(4, tempo_bpm=120, n_beats=17), BEGINNER, seed=1)
    assert {move.eights for move in made.moves} == {2}
    for move in made.moves:
        shown = [k for k in move.clip.keyframes_s if k <= move.clip_times_s[-1] + 1e-9]
        placed = np.interp(shown, move.clip_times_s, move.song_times_s)
        expected = [*song.beats_s, song.duration_s][move.first_beat : move.first_beat + 17]
        np.testing.assert_allclose(placed, expected, atol=1e-9)


@pytest.mark.parametrize(("clip_bpm", "beats"), [(125, 17), (250, 33), (62.5, 9)])
def test_a_clip_at_half_or_twice_the_tempo_counts_accordingly(clip_bpm: float, beats: int) -> None:
    made = plan(
        a_song(n_beats=64), some_clips(3, tempo_bpm=clip_bpm, n_beats=beats), BEGINNER, seed=1
    )
    for move in made.moves:
        assert (move.eights, move.speed) == (2, pytest.approx(1.0))
        assert move.clip_times_s[-1] == pytest.approx(move.clip.keyframes_s[-1])


def test_an_unsteady_song_bends_every_clip_to_its_beats() -> None:
    steady = a_song(n_beats=33)
    beats = steady.beats_s + 0.03 * np.sin(np.arange(33))
    beats[0] = 0.0
    song = SongAnalysis(
        duration_s=float(beats[-1]),
        tempo_bpm=125,
        beats_s=beats,
        first_one=0,
        sections=(),
        peaks=steady.peaks,
    )
    made = plan(song, some_clips(4), BEGINNER, seed=1)
    anchors = [time for move in made.moves for time in move.song_times_s]
    assert sorted(set(anchors)) == beats.tolist()


@pytest.mark.parametrize("tempo_bpm", [125 / 0.79, 125 / 1.26])
def test_a_clip_outside_the_speed_bounds_does_not_fit(tempo_bpm: float) -> None:
    with pytest.raises(NoMatchingMoves, match="125 beats a minute"):
        plan(a_song(), some_clips(4, tempo_bpm=tempo_bpm, n_beats=40), BEGINNER, seed=1)


def test_clips_shorter_than_an_eight_do_not_fit() -> None:
    with pytest.raises(NoMatchingMoves, match="shorter than eight beats"):
        plan(a_song(), some_clips(4, n_beats=8, duration_s=3.5), BEGINNER, seed=1)


def test_an_empty_library_is_said_to_be_empty() -> None:
    with pytest.raises(NoMatchingMoves, match="holds no move"):
        plan(a_song(), [], BEGINNER, seed=1)


def test_a_clip_counts_once_however_often_it_is_given() -> None:
    made = plan(a_song(), [*some_clips(2), *some_clips(2)], BEGINNER, seed=1)
    assert made == plan(a_song(), some_clips(2), BEGINNER, seed=1)


# The ends of the song


@pytest.mark.parametrize("first_one", range(8))
@pytest.mark.parametrize("start_s", [0.0, 0.1, 0.24, 1.3, 6.2])
def test_the_lead_in_and_the_tail_are_covered(first_one: int, start_s: float) -> None:
    song = a_song(n_beats=70, start_s=start_s, first_one=first_one, tail_s=3.3)
    made = plan(song, some_clips(5), BEGINNER, seed=1)
    assert made.moves[0].start_s == 0
    assert made.moves[-1].end_s == song.duration_s
    ones = song.beats_s[first_one::8].tolist()
    eights = [move for move in made.moves if move.eights]
    assert {move.start_s for move in eights} <= {0.0, *ones}
    assert sum(move.eights for move in eights) == (70 - first_one - 1) // 8


def test_a_long_clip_takes_the_lead_in_along_in_step() -> None:
    song = a_song(n_beats=64, start_s=0.48, first_one=3)
    made = plan(song, some_clips(3, n_beats=33), BEGINNER, seed=1)
    first = made.moves[0]
    at = first.song_times_s.index(song.beats_s[3])
    assert first.start_s == 0
    assert first.clip_times_s[at] == pytest.approx(first.clip.keyframes_s[4])


@pytest.mark.parametrize("n_beats", [0, 1, 2, 7, 8, 9])
def test_a_song_with_few_beats_is_covered(n_beats: int) -> None:
    song = a_song(n_beats=n_beats, tail_s=2.0, first_one=5)
    made = plan(song, some_clips(3, n_beats=17), BEGINNER, seed=1)
    assert (made.moves[0].start_s, made.moves[-1].end_s) == (0, song.duration_s)


def test_short_clips_help_out_at_the_ends() -> None:
    short = a_clip("short", n_beats=6, duration_s=2.55, score=1.0)
    song = a_song(n_beats=64 + 4, first_one=4, tail_s=-0.48)
    made = plan(song, [*some_clips(2, duration_s=4.05), short], BEGINNER, seed=1)
    assert made.moves[0].clip.clip_id == "short"
    assert made.moves[0].eights == 0
    assert "short" not in names(made)[1:]


def test_a_stumble_of_the_song_is_danced_through() -> None:
    song = a_song(n_beats=64)
    beats = np.delete(song.beats_s, [19, 21, 22])  # an eight takes eleven beats' time
    stumbling = SongAnalysis(
        duration_s=song.duration_s,
        tempo_bpm=song.tempo_bpm,
        beats_s=beats,
        first_one=0,
        sections=song.sections,
        peaks=song.peaks,
    )
    made = plan(stumbling, some_clips(4, n_beats=14), BEGINNER, seed=1)
    assert made.relaxed == ("beats",)
    loose = [move for move in made.moves if "no steady beat" in move.why]
    assert [move.start_s for move in loose] == [beats[16]]


# Shape


def test_a_clip_dances_as_many_eights_as_it_and_the_section_have() -> None:
    song = a_song(n_beats=48, parts="AB")
    made = plan(song, some_clips(4, n_beats=17), BEGINNER, seed=1)
    assert [move.eights for move in made.moves] == [2, 1, 2, 1]


def test_every_fitting_clip_is_danced_before_any_repeats() -> None:
    made = plan(a_song(n_beats=120), some_clips(7), BEGINNER, seed=3)
    first, second = names(made)[:7], names(made)[7:14]
    assert len(set(first)) == len(set(second)) == 7


def test_a_label_comes_at_most_twice_in_a_row() -> None:
    clips = [*some_clips(6, move_label="basic_step", score=1.0), a_clip("turn", score=0.0)]
    made = plan(a_song(n_beats=96), clips, BEGINNER, seed=1)
    labels = "".join(move.clip.move_label[0] for move in made.moves)
    assert "bbb" not in labels
    assert "label_thrice" not in made.relaxed


def test_a_library_of_one_label_says_that_the_label_rule_was_relaxed() -> None:
    made = plan(a_song(), some_clips(4, move_label="basic_step"), BEGINNER, seed=1)
    assert made.relaxed == ("label_thrice",)


def test_a_returning_section_returns_with_the_same_moves() -> None:
    song = a_song(n_beats=8 * 4 * 6, parts="ABACBA")
    made = plan(song, some_clips(30), BEGINNER, seed=5)
    danced = [in_section(made, section) for section in song.sections]
    assert all(len(moves) == 4 for moves in danced)
    assert danced[0] == danced[2] == danced[5]
    assert danced[1] == danced[4]
    assert len({*danced[0], *danced[1], *danced[3]}) == 12
    assert made.moves[8].why == "Part A returns, and its moves with it."


def test_a_longer_return_goes_on_with_new_moves() -> None:
    song = a_song(n_beats=80)
    marks = [0, 2, 5, 10]
    ends = [*song.beats_s, song.duration_s]
    sections = tuple(
        Section(start_s=ends[8 * a], end_s=ends[8 * b], label=label, energy="medium")
        for a, b, label in zip(marks, marks[1:], "ABA", strict=False)
    )
    returning = SongAnalysis(
        duration_s=song.duration_s,
        tempo_bpm=125,
        beats_s=song.beats_s,
        first_one=0,
        sections=sections,
        peaks=song.peaks,
    )
    ids = names(plan(returning, some_clips(20), BEGINNER, seed=5))
    assert ids[5:7] == ids[:2]
    assert len(set(ids[7:]) - set(ids[:7])) == 3


def test_a_shorter_return_ends_in_the_middle_of_the_moves() -> None:
    song = sections_of(a_song(n_beats=80), A1=4, B=3, A2=3)
    made = plan(song, some_clips(20, n_beats=18), BEGINNER, seed=5)
    first, last = in_section(made, song.sections[0]), in_section(made, song.sections[2])
    assert first == last
    assert [move.eights for move in made.moves][-2:] == [2, 1]


def test_a_part_that_began_with_the_opening_move_returns_in_step() -> None:
    song = sections_of(a_song(n_beats=120), A1=5, B=3, A2=5, A3=2)
    hello = a_clip("hello", move_label="intro")
    made = plan(song, [hello, *some_clips(9, n_beats=18)], BEGINNER, seed=5)
    first, _, second, third = (in_section(made, section) for section in song.sections)
    assert first[0] == "hello" != second[0]
    assert first[1:] == second[1:]
    assert third == second[:2]
    assert "returning" not in made.relaxed


def test_a_part_that_cannot_return_says_why() -> None:
    same = sections_of(a_song(n_beats=40), A1=3, A2=2)
    made = plan(same, [a_clip("x"), a_clip("y")], BEGINNER, seed=5)
    name = names(made)[0]
    assert made.reasons["returning"] == (
        f"Part A returns otherwise at 11.5 s: {name} would follow itself."
    )


def test_a_library_that_harder_moves_joined_says_why() -> None:
    clips = [*a_mixed_library(beginner=4, intermediate=1, advanced=4)]
    made = plan(a_song(), clips, Wishes(difficulty="intermediate"), seed=1)
    assert made.reasons["difficulty"] == (
        "Only 1 of the moves that can follow this song are intermediate: "
        "moves one step harder were let in."
    )
    assert 0 < share(made, "advanced") <= 0.4


def test_moves_of_one_label_are_kept_apart_where_others_fit_as_well() -> None:
    clips = [a_clip(f"{label}{i}", move_label=label) for label in ("dip", "turn") for i in (1, 2)]
    made = plan(a_song(n_beats=32), clips, BEGINNER, seed=1)
    labels = [move.clip.move_label for move in made.moves]
    assert all(a != b for a, b in pairwise(labels))


def test_a_slow_song_is_danced_at_one_half_one_and_two_clip_beats_a_beat() -> None:
    clips = [
        a_clip("same", tempo_bpm=108, n_beats=17),
        a_clip("double", tempo_bpm=170, n_beats=33),
        a_clip("half", tempo_bpm=46, n_beats=9),
        a_clip("between", tempo_bpm=128, n_beats=33),
    ]
    made = plan(a_song(n_beats=64, tempo_bpm=88.5), clips, BEGINNER, seed=1)
    whys = {move.clip.clip_id: move.why for move in made.moves}
    assert set(whys) == {"same", "double", "half"}
    assert "in double time" in whys["double"]
    assert "a step on every other beat" in whys["half"]
    for move in made.moves:
        shown = [k for k in move.clip.keyframes_s if k <= move.clip_times_s[-1] + 1e-9]
        placed = np.interp(shown, move.clip_times_s, move.song_times_s)
        halves = np.arange(0, made.moves[-1].end_s + 1, 30 / 88.5)
        np.testing.assert_allclose(halves[np.round(placed / (30 / 88.5)).astype(int)], placed)


def test_sections_shorter_than_an_eight_are_danced_through() -> None:
    song = a_song(n_beats=64, parts="ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    made = plan(song, some_clips(3), BEGINNER, seed=1)
    assert [move.eights for move in made.moves] == [1] * 8


def test_section_energy_chooses_the_clips() -> None:
    calm = [a_clip(f"calm{i}", energy_level="low") for i in range(4)]
    wild = [a_clip(f"wild{i}", energy_level="high") for i in range(4)]
    song = a_song(n_beats=64, parts="AB", energies={"A": "low", "B": "high"})
    ids = names(plan(song, [*wild, *calm], BEGINNER, seed=1))
    assert {name[:4] for name in ids[:4]} == {"calm"}
    assert {name[:4] for name in ids[4:]} == {"wild"}


def test_an_opening_and_a_closing_move_dance_at_the_ends() -> None:
    ends = [a_clip("hello", move_label="intro"), a_clip("goodbye", move_label="outro_pose")]
    ids = names(plan(a_song(parts="ABAB"), [*some_clips(6, n_beats=40), *ends], BEGINNER, seed=2))
    assert (ids[0], ids[-1]) == ("hello", "goodbye")
    assert {"hello", "goodbye"}.isdisjoint(ids[1:-1])


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ({"move_label": "intro"}, {"move_label": "outro"}),
        ({"name": "Opening pose"}, {"name": "Ending pose"}),
        ({"notes": "Intro: they meet"}, {"notes": "Outro, held to the end"}),
        ({"name": "Saludo"}, {"name": "Despedida"}),
    ],
)
def test_the_ends_moves_are_known_by_label_name_or_notes(
    opening: dict[str, str], closing: dict[str, str]
) -> None:
    ends = [a_clip("hello", **opening), a_clip("goodbye", **closing)]
    ids = names(plan(a_song(), [*some_clips(6), *ends], BEGINNER, seed=2))
    assert (ids[0], ids[-1]) == ("hello", "goodbye")
    assert {"hello", "goodbye"}.isdisjoint(ids[1:-1])


# Difficulty


def a_mixed_library(**count: int) -> list[Clip]:
    return [
        a_clip(f"{difficulty}{i}", difficulty=difficulty)
        for difficulty, n in count.items()
        for i in range(n)
    ]


def share(made: Plan, difficulty: str) -> float:
    eights = [(move.clip.difficulty, move.eights) for move in made.moves]
    return sum(n for d, n in eights if d == difficulty) / sum(n for _, n in eights)


def test_beginners_get_beginner_moves_only() -> None:
    clips = a_mixed_library(beginner=3, intermediate=8, advanced=8)
    assert share(plan(a_song(), clips, BEGINNER, seed=1), "beginner") == 1


def test_intermediates_get_mostly_intermediate_moves_and_else_beginner_ones() -> None:
    clips = a_mixed_library(beginner=9, intermediate=5, advanced=9)
    made = plan(a_song(), clips, Wishes(difficulty="intermediate"), seed=1)
    assert share(made, "intermediate") > 0.5
    assert share(made, "beginner") > 0.2
    assert share(made, "advanced") == 0
    assert made.relaxed == ()


def test_the_advanced_get_mostly_advanced_moves() -> None:
    clips = a_mixed_library(beginner=9, intermediate=9, advanced=4)
    made = plan(a_song(), clips, Wishes(difficulty="advanced"), seed=1)
    assert share(made, "advanced") > 0.5


@pytest.mark.parametrize("seed", range(5))
def test_the_first_eight_is_an_easy_one(seed: int) -> None:
    clips = a_mixed_library(beginner=2, intermediate=5, advanced=5)
    made = plan(a_song(first_one=3), clips, Wishes(difficulty="advanced"), seed=seed)
    first = next(move for move in made.moves if move.eights)
    assert first.clip.difficulty == "beginner"


def test_the_easy_opening_is_short_where_harder_moves_are_wished() -> None:
    easy = [a_clip(f"easy{i}", n_beats=40) for i in range(3)]
    hard = [a_clip(f"hard{i}", difficulty="advanced", n_beats=18) for i in range(6)]
    made = plan(a_song(), [*easy, *hard], Wishes(difficulty="advanced"), seed=1)
    assert [(m.clip.difficulty, m.eights) for m in made.moves][:2] == [
        ("beginner", 2),
        ("advanced", 2),
    ]


def test_too_few_moves_raise_the_difficulty_by_one_step_and_say_so() -> None:
    clips = a_mixed_library(beginner=1, intermediate=3, advanced=9)
    made = plan(a_song(), clips, BEGINNER, seed=1)
    assert {move.clip.difficulty for move in made.moves} == {"beginner", "intermediate"}
    assert made.relaxed == ("difficulty",)


def test_moves_two_steps_too_hard_are_not_danced() -> None:
    with pytest.raises(NoMatchingMoves, match="easy enough for beginner"):
        plan(a_song(), a_mixed_library(advanced=5), BEGINNER, seed=1)


def test_a_plan_less_than_mostly_as_wished_says_so() -> None:
    made = plan(a_song(), a_mixed_library(beginner=5), Wishes(difficulty="intermediate"), seed=1)
    assert made.relaxed == ("difficulty",)


def test_a_style_weighs_more_than_a_step_of_energy() -> None:
    wished = [a_clip(f"wished{i}", energy_level="high", score=0.8) for i in range(3)]
    others = [a_clip(f"other{i}", energy_level="medium", score=0.6 - i / 100) for i in range(9)]
    wish = Wishes(difficulty="beginner", style="sensual")
    made = plan(a_song(n_beats=24), [*wished, *others, a_clip("no", score=0.4)], wish, seed=1)
    assert {name[:6] for name in names(made)} == {"wished"}


# Seed and what was relaxed before


def test_another_seed_gives_another_choreography() -> None:
    plans = {tuple(names(plan(a_song(), some_clips(9), BEGINNER, seed=seed))) for seed in range(5)}
    assert len(plans) == 5


def test_what_was_relaxed_to_find_the_clips_is_handed_on() -> None:
    one = [a_clip("only")]
    made = plan(a_song(), one, BEGINNER, seed=4, relaxed=("energy",))
    assert made.relaxed == ("energy", "clip_twice", "label_thrice")
    assert made.seed == 4


def test_a_better_score_is_danced_earlier() -> None:
    clips = [a_clip(f"c{i}", score=i / 10) for i in range(10)]
    ids = names(plan(a_song(n_beats=80), clips, BEGINNER, seed=1))
    assert set(ids[:5]) & {"c9", "c8"} == {"c9", "c8"}
