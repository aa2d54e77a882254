"""A clip is entered on its one, shows its figure, and stays in its room."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.contract import Figure, Plan, PlannedMove, SongAnalysis, Wishes
from engine.planning.plan import plan
from engine.planning.tests.dances import a_clip, a_song, some_clips

BEGINNER = Wishes(difficulty="beginner")


def counts_shown(move: PlannedMove, song: SongAnalysis) -> set[int]:
    """The clip's count, 0 … 3, wherever a one of the song is danced; its end is the next one's."""
    ones = {round(float(song.beats_s[one]), 6) for one in song.ones}
    shown = set()
    for at_s, clip_s in zip(move.song_times_s[:-1], move.clip_times_s[:-1], strict=True):
        if round(at_s, 6) in ones:
            nearest = min(
                range(len(move.clip.keyframes_s)),
                key=lambda beat: abs(move.clip.keyframes_s[beat] - clip_s),
            )
            shown.add((nearest - move.clip.one) % 4)
    return shown


@pytest.mark.parametrize("one", range(4))
@pytest.mark.parametrize("first_one", [0, 3])
def test_the_clips_one_falls_on_the_songs_one(one: int, first_one: int) -> None:
    song = a_song(n_beats=80, first_one=first_one)
    made = plan(song, some_clips(4, n_beats=20, one=one), BEGINNER, seed=1)
    assert set.union(*(counts_shown(move, song) for move in made.moves)) <= {0}


def test_a_clip_too_short_to_be_entered_on_its_one_is_used_last() -> None:
    late = [a_clip(f"late{i}", n_beats=9, one=3, score=1.0) for i in range(3)]
    made = plan(a_song(), [*late, *some_clips(2, n_beats=12)], BEGINNER, seed=1)
    assert {move.clip.clip_id for move in made.moves} == {"c00", "c01"}
    alone = plan(a_song(), late, BEGINNER, seed=1)
    assert len(alone.moves) > 0


def test_a_turn_is_danced_where_it_turns() -> None:
    turn = a_clip("turn", n_beats=25, figure=Figure(start_s=0.1 + 0.48 * 14, end_s=0.1 + 0.48 * 18))
    made = plan(a_song(), [turn, *some_clips(2, n_beats=9)], BEGINNER, seed=1)
    turns = [move for move in made.moves if move.clip.clip_id == "turn"]
    assert turns
    for move in turns:
        assert move.clip_times_s[0] <= turn.figure.start_s  # type: ignore[union-attr]
        assert move.clip_times_s[-1] >= turn.figure.end_s  # type: ignore[union-attr]


def test_a_turn_whose_figure_does_not_fit_is_left_out() -> None:
    turn = a_clip("turn", n_beats=10, figure=Figure(start_s=0.1 + 0.48 * 7, end_s=0.1 + 0.48 * 9.4))
    made = plan(a_song(), [turn, *some_clips(2, n_beats=9)], BEGINNER, seed=1)
    assert "turn" not in {move.clip.clip_id for move in made.moves}


def test_a_turn_that_is_cut_off_on_its_tap_is_danced_and_holds_it() -> None:
    tap_s = 0.1 + 0.48 * 13
    figure = Figure(start_s=0.1 + 0.48 * 9, end_s=tap_s)
    turn = a_clip("turn", n_beats=14, one=2, figure=figure, duration_s=tap_s + 0.07)
    made = plan(a_song(), [turn, *some_clips(2, n_beats=9)], BEGINNER, seed=1)
    [move, *_] = [move for move in made.moves if move.clip.clip_id == "turn"]
    assert (move.eights, move.clip_times_s[0]) == (1, pytest.approx(0.1 + 0.48 * 6))
    assert move.clip_times_s[-2:] == pytest.approx((tap_s, tap_s + 0.07))


def test_a_clip_cut_off_between_its_steps_holds_none_of_them() -> None:
    step_s = 0.1 + 0.48 * 8
    clip = a_clip("step", n_beats=9, one=2, duration_s=step_s + 0.3)
    made = plan(a_song(), [clip, *some_clips(2, n_beats=9)], BEGINNER, seed=1)
    assert "step" not in {move.clip.clip_id for move in made.moves}


def rooms(made: Plan) -> list[str]:
    return [move.clip.room for move in made.moves]


TWO_ROOMS = [a_clip(f"{room}{i}", n_beats=9, room=room) for room in "ab" for i in range(3)]


def test_a_section_is_danced_in_one_room() -> None:
    made = plan(a_song(n_beats=96, parts="AB"), TWO_ROOMS, BEGINNER, seed=1)
    changes = [a != b for a, b in zip(rooms(made), rooms(made)[1:], strict=False)]
    assert len(made.moves) >= 10
    assert sum(changes) <= 1


def test_within_a_room_a_section_stays_with_its_couple() -> None:
    clips = [
        a_clip(f"{scene}{i}", n_beats=18, room="a", scene=scene) for scene in "xy" for i in range(3)
    ]
    made = plan(a_song(n_beats=96), clips, BEGINNER, seed=1)
    scenes = [move.clip.scene for move in made.moves]
    assert len(scenes) == 6
    assert sum(a != b for a, b in pairwise(scenes)) <= 1


def eights(made: Plan) -> list[int]:
    return [move.eights for move in made.moves]


def test_four_eights_are_two_moves_of_two_rather_than_three_and_one() -> None:
    made = plan(a_song(n_beats=32), some_clips(3, n_beats=26), BEGINNER, seed=1)
    assert eights(made) == [2, 2]


def test_moves_of_a_single_eight_come_between_longer_ones() -> None:
    longer = [a_clip(f"long{i}", n_beats=18, move_label="basic") for i in range(2)]
    single = [a_clip(f"single{i}", n_beats=9) for i in range(8)]
    made = plan(a_song(n_beats=8 * 15), [*longer, *single], BEGINNER, seed=1)
    assert eights(made).count(1) <= 0.35 * len(made.moves)


def test_a_room_of_single_eights_is_left_to_those_who_have_nothing_longer() -> None:
    longer = [a_clip(f"long{i}", n_beats=18, room="a") for i in range(2)]
    single = [a_clip(f"single{i}", n_beats=9, room="b") for i in range(6)]
    made = plan(a_song(n_beats=96, parts="AB"), [*longer, *single], BEGINNER, seed=1)
    assert set(rooms(made)) == {"a"}


def test_who_wishes_the_camera_to_change_gets_every_clip_before_any_repeats() -> None:
    wishes = Wishes(difficulty="beginner", camera="change")
    made = plan(a_song(n_beats=48), TWO_ROOMS, wishes, seed=1)
    assert len({move.clip.clip_id for move in made.moves}) == len(made.moves) == 6


def test_a_library_of_rooms_of_one_clip_each_is_danced_all_the_same() -> None:
    clips = [a_clip(f"c{i}", room=f"room{i}") for i in range(4)]
    made = plan(a_song(), clips, BEGINNER, seed=1)
    assert len(set(rooms(made))) == 4


def test_the_last_clip_is_aligned_by_its_end() -> None:
    made = plan(a_song(n_beats=64), some_clips(3, n_beats=21), BEGINNER, seed=1)
    last = made.moves[-1]
    left_s = last.clip.duration_s - last.clip_times_s[-1]
    assert left_s < 4 * 0.48 + 0.2 + 1e-6


def test_the_plan_says_which_eight_of_the_clip_it_is() -> None:
    turn = a_clip("turn", n_beats=25, figure=Figure(start_s=0.1 + 0.48 * 17, end_s=0.1 + 0.48 * 21))
    made = plan(a_song(), [turn, *some_clips(2, n_beats=9)], BEGINNER, seed=1)
    eights = {move.clip_eight for move in made.moves if move.clip.clip_id == "turn"}
    assert eights
    assert all(move.clip_eight == 0 for move in made.moves if move.clip.clip_id != "turn")
