"""A moves folder says what its clips are, or clearly why it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules.moves.annotations import ANNOTATIONS, read_annotations
from modules.moves.contract import MovesFolderUnusable
from modules.moves.naming import readable_name
from modules.moves.tests.makers import an_annotation, annotate


def test_a_well_annotated_clip_is_read(tmp_path: Path) -> None:
    annotate(tmp_path, [an_annotation("one", difficulty="advanced", estimated_tempo=104.5)])
    (clip,), refused, _ = read_annotations(tmp_path)
    assert refused == []
    assert (clip.clip_id, clip.source) == ("one", tmp_path / "one.mp4")
    assert (clip.difficulty, clip.tempo_bpm, clip.name) == (
        "advanced",
        104.5,
        "Continuous basic steps",
    )


def test_roles_notes_name_and_tempo_may_be_left_out(tmp_path: Path) -> None:
    row = an_annotation("one")
    for key in ("lead_follow_roles", "notes", "estimated_tempo"):
        del row[key]
    (clip,), *_ = read_annotations(annotate(tmp_path, [row]))
    assert (clip.lead_follow_roles, clip.notes, clip.tempo_bpm) == ("both", "", None)
    assert clip.name == "Basic step"


@pytest.mark.parametrize(
    ("label", "notes", "name"),
    [
        ("lady_right_turn", "", "Lady right turn"),
        ("cross_body_lead", "Double cross body lead throughout 8 s", "Double cross body lead"),
        ("dips", "Dip from second 7 to 10", "Dip"),
        ("dips", "Filmed in the rain", "Dips"),
    ],
)
def test_moves_are_named_for_people(label: str, notes: str, name: str) -> None:
    assert readable_name(label, notes) == name


def test_a_name_given_is_kept(tmp_path: Path) -> None:
    (clip,), *_ = read_annotations(annotate(tmp_path, [an_annotation("one", name="Sombrero")]))
    assert clip.name == "Sombrero"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "annotates no clips"),
        ('{"clips": {}}', "annotates no clips"),
        ('{"clips": []}', "annotates no clips"),
        (b"\xff\xfe\x00", "is not JSON"),
    ],
)
def test_unusable_annotations_are_refused_naming_the_file(
    tmp_path: Path, content: str | bytes, complaint: str
) -> None:
    raw = content.encode() if isinstance(content, str) else content
    (tmp_path / ANNOTATIONS).write_bytes(raw)
    with pytest.raises(MovesFolderUnusable, match=complaint) as refusal:
        read_annotations(tmp_path)
    assert str(tmp_path / ANNOTATIONS) in str(refusal.value)


def test_a_missing_an_empty_and_an_unannotated_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(MovesFolderUnusable, match="There is no moves folder"):
        read_annotations(tmp_path / "nowhere")
    with pytest.raises(MovesFolderUnusable, match="is empty"):
        read_annotations(tmp_path)
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(MovesFolderUnusable, match=f"has no {ANNOTATIONS}"):
        read_annotations(tmp_path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"clip_id": "../evil"}, "clip_id '../evil' is not a plain name"),
        ({"clip_id": ".hidden"}, "not a plain name"),
        ({"clip_id": "x" * 101}, "not a plain name"),
        ({"clip_id": 7}, "it has no clip_id"),
        ({"move_label": "Two words"}, "move_label"),
        ({"move_label": ""}, "it has no move_label"),
        ({"video_path": ""}, "it has no video_path"),
        ({"video_path": "a\0b"}, "it has no video_path"),
        ({"estimated_tempo": "fast"}, "estimated_tempo is 'fast'"),
        ({"estimated_tempo": True}, "estimated_tempo is True"),
        ({"estimated_tempo": 1e9}, "estimated_tempo"),
        ({"notes": 5}, "notes"),
        ({"notes": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_a_bad_row_is_refused_by_name_and_reason_and_the_rest_is_read(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    accepted, (refused,), _ = read_annotations(
        annotate(tmp_path, [an_annotation("bad") | change, an_annotation("good")])
    )
    assert [clip.clip_id for clip in accepted] == ["good"]
    assert refused.code == "bad_annotation"
    assert complaint in refused.message


def test_a_row_that_is_no_object_is_named_by_its_place(tmp_path: Path) -> None:
    _, (refused,), _ = read_annotations(annotate(tmp_path, [an_annotation("good"), "oops"]))
    assert refused.clip_id == "clip number 2"


def test_a_clip_id_used_twice_counts_the_first_time(tmp_path: Path) -> None:
    rows = [an_annotation("one", notes="first"), an_annotation("one", notes="second")]
    (clip,), (refused,), _ = read_annotations(annotate(tmp_path, rows))
    assert clip.notes == "first"
    assert "earlier clip" in refused.message


@pytest.mark.parametrize("path", ["../outside.mp4", "/etc/passwd", "a/../../outside.mp4", "link"])
def test_a_video_outside_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "moves"
    folder.mkdir()
    (tmp_path / "outside.mp4").touch()
    (folder / "link").symlink_to(tmp_path / "outside.mp4")
    _, (refused,), _ = read_annotations(annotate(folder, [an_annotation("one", video_path=path)]))
    assert refused.code == "clip_outside_folder"


def test_a_link_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    accepted, refused, _ = read_annotations(
        annotate(tmp_path, [an_annotation("one", video_path="loop/x.mp4")])
    )
    assert [r.code for r in refused] == ["clip_missing"] or not accepted[0].source.is_file()


def test_the_real_annotations_are_read(shared_data: Path) -> None:
    accepted, refused, _ = read_annotations(shared_data / "moves")
    rows = json.loads((shared_data / "moves" / ANNOTATIONS).read_text())["clips"]
    assert len(accepted) == len(rows) == 38
    assert refused == []
    assert {clip.name for clip in accepted if clip.move_label == "lady_right_turn"} == {
        "Lady right turn"
    }
