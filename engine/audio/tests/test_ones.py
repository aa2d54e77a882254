"""The ones of a song, also where it goes on before an eight is over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.audio.analysis import analyse
from engine.audio.decoding import decode_mono
from engine.audio.tests.sounds import RATE_HZ, piece
from engine.contract import Section, SongAnalysis, count_ones

BEATS_S = np.arange(40) * 0.5
BEAT_S = 0.48


def a_section(start_s: float) -> Section:
    return Section(start_s=start_s, end_s=99, label="A", energy="low")


def test_ones_are_eight_beats_apart_from_the_first() -> None:
    assert count_ones(BEATS_S, 3, ()) == (3, 11, 19, 27, 35)
    assert count_ones(BEATS_S, 3, (a_section(0),)) == (3, 11, 19, 27, 35)


def test_a_later_section_counts_anew_from_its_beat() -> None:
    sections = (a_section(0), a_section(BEATS_S[17]))
    assert count_ones(BEATS_S, 3, sections) == (3, 11, 17, 25, 33)


@pytest.mark.parametrize("start_s", [8.6, 21.0, 0.5])
def test_a_section_off_the_beats_changes_no_count(start_s: float) -> None:
    assert count_ones(BEATS_S, 3, (a_section(0), a_section(start_s))) == (3, 11, 19, 27, 35)


def a_piece_cut_short(beats: int) -> np.ndarray:
    """Verse and chorus, twice; the first chorus lacks so many beats."""
    whole = piece(("verse", 4), ("chorus", 6), ("verse", 4), ("chorus", 6))
    middle, lacking = ((0.3 + at * 8 * BEAT_S) * RATE_HZ for at in (10, 10 - beats / 8))
    return np.concatenate([whole[: round(lacking)], whole[round(middle) :]])


@pytest.mark.parametrize("lacking", [2, 6])
def test_the_count_goes_on_where_the_song_drops_some_beats(lacking: int) -> None:
    found = analyse(a_piece_cut_short(lacking), sample_rate_hz=RATE_HZ)
    middle = 80 - lacking
    assert found.ones == (*range(0, middle, 8), *range(middle, middle + 80, 8))
    assert [section.label for section in found.sections] == ["A", "B", "A", "B"]
    assert found.sections[2].start_s == found.beats_s[middle]


@pytest.fixture(scope="module")
def fishin(shared_data: Path) -> SongAnalysis:
    song = decode_mono(shared_data / "songs" / "lets_go_fishin.ogg")
    return analyse(song, sample_rate_hz=RATE_HZ)


def test_the_count_of_a_real_song_moves_with_its_phrases(fishin: SongAnalysis) -> None:
    # call and answer change on 16, 24 … 48, then two beats are dropped: 78, 86, 94, 102 …
    assert set(range(16, 72, 8)) <= set(fishin.ones)
    assert {94, 102, 110, 118, 126} <= set(fishin.ones)
