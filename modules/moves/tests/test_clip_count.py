"""Where a clip's one is: as annotated or corrected, else as found; and it survives an import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from engine.contract import ClipMotion
from engine.video.rooms import PICTURE_BYTES
from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation
from modules.moves.contract import MoveNotFound
from modules.moves.models import MoveClipRow
from modules.moves.queries import get_move
from modules.moves.tests.makers import (
    MediaInMemory,
    an_annotation,
    annotate,
    count_beats,
    prepare_nothing,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Seen:
    """What was seen in a clip."""

    keyframes_s: tuple[float, ...]
    duration_s: float
    motion: ClipMotion
    background: bytes


def prepare_seen(source: Path, target: Path, thumbnail: Path, *, beats_s: Sequence[float]) -> Seen:
    """See legs that rest on the fourth, eighth … beat, and a bright or a dark room."""
    made = prepare_nothing(source, target, thumbnail, beats_s=beats_s)
    legs = tuple((1.4, 1.0, 0.9, 0.6)[beat % 4] for beat in range(len(beats_s)))
    return Seen(
        keyframes_s=made.keyframes_s,
        duration_s=made.duration_s,
        motion=ClipMotion(times_s=tuple(beats_s), legs=legs, body=legs),
        background=bytes([200 if "bright" in source.read_text() else 20]) * PICTURE_BYTES,
    )


@pytest.fixture
def library() -> MoveLibrary:
    """A library that sees motion and rooms."""
    preparation = ClipPreparation(prepare=prepare_seen, find_beats=count_beats, workers=0)
    return MoveLibrary(
        index=ExactMoveIndex(), storage=MediaInMemory(), clip_preparation=preparation
    )


def test_the_one_is_found_where_nobody_says_it(library: MoveLibrary, tmp_path: Path) -> None:
    library.import_folder(annotate(tmp_path, [an_annotation("a")]))
    move = get_move("a")
    assert (move.one_beat, move.one_source) == (0, "analysed")
    assert len(move.motion_by_beat) == len(move.beats_s)


def test_an_annotated_one_wins_also_over_an_import_of_before(
    library: MoveLibrary, tmp_path: Path
) -> None:
    library.import_folder(annotate(tmp_path, [an_annotation("a")]))
    beats = get_move("a").keyframes_s
    library.import_folder(annotate(tmp_path, [an_annotation("a", first_one_s=beats[6] + 0.05)]))
    move = get_move("a")
    assert (move.one_beat, move.one_source) == (2, "annotated")


@pytest.mark.parametrize(("said", "one_beat"), [({"count_in": 6}, 2), ({"count_in": 0}, 0)])
def test_beats_counted_in_say_where_the_one_is(
    library: MoveLibrary, tmp_path: Path, said: dict[str, int], one_beat: int
) -> None:
    library.import_folder(annotate(tmp_path, [an_annotation("a", **said)]))
    move = get_move("a")
    assert (move.one_beat, move.one_source) == (one_beat, "annotated")


def test_the_second_of_the_one_counts_more_than_the_beats_before_it(
    library: MoveLibrary, tmp_path: Path
) -> None:
    library.import_folder(annotate(tmp_path, [an_annotation("a")]))
    beats = get_move("a").keyframes_s
    both = an_annotation("a", count_in=2, first_one_s=beats[5])
    library.import_folder(annotate(tmp_path, [both]))
    assert get_move("a").one_beat == 1


@pytest.mark.parametrize("count_in", [-1, 65, 1.5, True, "eight"])
def test_a_count_in_that_is_no_number_of_beats_is_refused(
    library: MoveLibrary, tmp_path: Path, count_in: object
) -> None:
    report = library.import_folder(annotate(tmp_path, [an_annotation("a", count_in=count_in)]))
    assert [refused.code for refused in report.refused] == ["bad_annotation"]


@pytest.mark.parametrize("first_one_s", [-1, 500, "soon", True, 60.0])
def test_a_one_outside_of_the_clip_is_refused(
    library: MoveLibrary, tmp_path: Path, first_one_s: object
) -> None:
    report = library.import_folder(
        annotate(tmp_path, [an_annotation("a", first_one_s=first_one_s), an_annotation("b")])
    )
    assert [refused.code for refused in report.refused] == ["bad_annotation"]
    assert [row.clip_id for row in MoveClipRow.objects.all()] == ["b"]


def test_a_corrected_one_survives_importing_again_but_not_another_video(
    library: MoveLibrary, tmp_path: Path
) -> None:
    folder = annotate(tmp_path, [an_annotation("a")])
    library.import_folder(folder)
    beats = get_move("a").keyframes_s
    library.correct_one("a", one_s=beats[3])
    library.import_folder(folder)
    MoveClipRow.objects.update(preparation=0)
    assert library.import_folder(folder).imported == ("a",)
    move = get_move("a")
    assert (move.one_beat, move.one_source) == (3, "corrected")
    (folder / "a.mp4").write_text("another video")
    library.import_folder(folder)
    assert get_move("a").one_source == "analysed"


def test_a_turn_keeps_its_figure_when_it_is_described_anew(
    library: MoveLibrary, tmp_path: Path
) -> None:
    library.import_folder(annotate(tmp_path, [an_annotation("a", move_label="basic_step")]))
    assert get_move("a").figure is None
    library.import_folder(annotate(tmp_path, [an_annotation("a", move_label="lady_right_turn")]))
    figure = get_move("a").figure
    assert figure is not None
    assert 0 <= figure.start_s < figure.end_s <= get_move("a").duration_s


def test_clips_of_one_room_carry_its_name(library: MoveLibrary, tmp_path: Path) -> None:
    for name, words in {"a": "dark", "b": "bright", "c": "dark"}.items():
        (tmp_path / f"{name}.mp4").write_text(words)
    library.import_folder(annotate(tmp_path, [an_annotation(name) for name in "abc"]))
    assert [get_move(name).room for name in "abc"] == ["a", "b", "a"]


def test_the_command_corrects_and_lists_the_one(
    library: MoveLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.import_folder(annotate(tmp_path, [an_annotation("a")]))
    command = "modules.moves.management.commands.moves.import_string"
    monkeypatch.setattr(command, lambda _: lambda: library)
    out = StringIO()
    at_s = get_move("a").keyframes_s[1]
    call_command("moves", "correct", "a", "--one", str(at_s), stdout=out)
    call_command("moves", "list", stdout=out)
    assert f"a begins its bars at {at_s:.2f} s." in out.getvalue()
    assert f"one at {at_s:5.2f} s (corrected)" in out.getvalue()
    with pytest.raises(CommandError, match="no move nobody"):
        call_command("moves", "correct", "nobody", "--one", "1")
    with pytest.raises(CommandError, match="does not lie within"):
        call_command("moves", "correct", "a", "--one", "900")
    with pytest.raises(MoveNotFound):
        library.correct_one("nobody", one_s=1)
