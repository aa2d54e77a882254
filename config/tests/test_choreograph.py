"""``manage.py choreograph`` explains a plan and makes nothing."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from config import importing, wiring
from engine.contract import Clip, NoMatchingMoves, Section, SongAnalysis, Wishes
from modules.moves.contract import SelectedClips as Selection

ANALYSIS = SongAnalysis(
    duration_s=66.0,
    tempo_bpm=120.0,
    beats_s=np.arange(0.0, 65.5, 0.5),
    first_one=0,
    sections=tuple(
        Section(start_s=16.0 * part, end_s=end_s, label=label, energy="low")
        for part, (label, end_s) in enumerate(zip("ABAB", (16.0, 32.0, 48.0, 66.0), strict=True))
    ),
    peaks=np.zeros(800, np.float32),
)


class Moves:
    """A library of six easy clips, or of none."""

    def __init__(self, n_clips: int) -> None:
        self.n_clips, self.wishes = n_clips, Wishes(difficulty="beginner")

    def select(self, wishes: Wishes, *, tempo_bpm: float, folder: Path) -> Selection:
        """Offer every clip, and remember what was wished."""
        self.wishes = wishes
        clips = (_clip(index) for index in range(self.n_clips))
        return Selection(clips=tuple(clips), relaxed=("style",))


def _clip(index: int) -> Clip:
    return Clip(
        clip_id=f"clip_{index}",
        move_label=f"label_{index}",
        name=f"Move {index}",
        difficulty="beginner",
        energy_level="low",
        tempo_bpm=120.0,
        keyframes_s=tuple(0.5 * beat for beat in range(18)),
        duration_s=9.0,
        mezzanine=Path("unused.mp4"),
    )


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> Moves:
    """A library and a song without files or a database."""
    library = Moves(6)
    monkeypatch.setattr(importing, "song_analyser", lambda _: lambda path: ANALYSIS)
    monkeypatch.setattr(wiring, "moves", lambda: SimpleNamespace(open_clips=lambda: library))
    return library


def choreograph(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("choreograph", "song.ogg", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_an_explained_plan_covers_the_song_and_says_why(moves: Moves) -> None:
    lines = choreograph("--explain", "--difficulty", "beginner", "--seed", "3")
    rows = [line.split() for line in lines if line.strip()[:1].isdigit() and "(clip_" in line]
    assert rows[0][1] == "0:00.00"
    assert rows[-1][2] == "1:06.00"
    assert [row[1] for row in rows[1:]] == [row[2] for row in rows[:-1]]
    assert {row[3] for row in rows} == {"A", "B"}
    assert sum("Part A returns, and its moves with it." in line for line in lines) > 0
    assert lines[-1].startswith("relaxed: style")
    assert "seed 3" in lines[-3]


def test_the_wishes_reach_the_library(moves: Moves) -> None:
    choreograph(
        *("--difficulty", "advanced", "--energy", "high"),
        *("--style", "sensual", "--camera", "change"),
    )
    assert moves.wishes == Wishes(
        difficulty="advanced", energy_level="high", style="sensual", camera="change"
    )


def test_the_same_seed_gives_the_same_plan(moves: Moves) -> None:
    assert choreograph("--explain", "--seed", "7") == choreograph("--explain", "--seed", "7")


def test_without_explain_only_the_sum_is_told(moves: Moves) -> None:
    assert len(choreograph()) == 3


def test_an_empty_library_says_how_to_fill_it(moves: Moves) -> None:
    moves.n_clips = 0
    with pytest.raises(CommandError, match=r"import moves with manage\.py moves import") as refusal:
        choreograph("--explain")
    assert isinstance(refusal.value.__cause__, NoMatchingMoves)


def test_an_impossible_seed_is_named() -> None:
    with pytest.raises(CommandError, match="--seed -1: it must be within"):
        choreograph("--seed=-1")


def test_a_file_that_is_no_song_is_named(tmp_path: Path) -> None:
    (tmp_path / "song.ogg").write_text("no song")
    with pytest.raises(CommandError, match=r"^song\.ogg: The file could not be read as audio\."):
        call_command("choreograph", str(tmp_path / "song.ogg"))
    with pytest.raises(CommandError, match=r"none\.ogg does not exist\.$"):
        call_command("choreograph", str(tmp_path / "none.ogg"))
