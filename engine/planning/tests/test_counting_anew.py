"""A song that goes on before an eight is over is counted anew there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.contract import (
    Plan,
    Section,
    SongAnalysis,
    Wishes,
)
from engine.planning.plan import plan
from engine.planning.tests.dances import (
    a_song,
    some_clips,
)

BEGINNER = Wishes(difficulty="beginner")


def a_song_cut_short(beats: int) -> SongAnalysis:
    """Three eights and so many beats of part A, then four eights of part B."""
    song = a_song(n_beats=24 + beats + 32)
    middle_s = float(song.beats_s[24 + beats])
    return replace(
        song,
        sections=(
            Section(start_s=0, end_s=middle_s, label="A", energy="medium"),
            Section(start_s=middle_s, end_s=song.duration_s, label="B", energy="medium"),
        ),
    )


@pytest.mark.parametrize("beats", [2, 4, 6])
@pytest.mark.parametrize("clip_beats", [9, 17, 33])
def test_eights_are_counted_anew_where_a_section_starts(beats: int, clip_beats: int) -> None:
    song = a_song_cut_short(beats)
    made = plan(song, some_clips(12, n_beats=clip_beats), BEGINNER, seed=1)
    starts = [move.first_beat for move in made.moves]
    second = [start for start in starts if start >= 24 + beats]
    assert second[0] == 24 + beats
    assert {(start - second[0]) % 8 for start in second} == {0}
    assert {start % 8 for start in starts if start <= 24} == {0}
    assert sum(move.eights for move in made.moves) == 7
    check_beats(made)


def check_beats(made: Plan) -> None:
    """Every move begins on a beat of its clip, and its ones fall on the section's ones."""
    for move in made.moves:
        assert move.clip_times_s[0] in move.clip.keyframes_s
        if move.eights:
            assert move.clip.keyframes_s.index(move.clip_times_s[0]) % 8 == 0
