"""The later library: other words for difficulty and labels, ids that say more, fewer vectors."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.annotations import ANNOTATIONS, read_annotations
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation
from modules.moves.legacy_index import read_legacy_index
from modules.moves.models import MoveClipRow
from modules.moves.naming import readable_name, spoken
from modules.moves.queries import list_moves
from modules.moves.tests.makers import (
    MediaInMemory,
    a_backup,
    a_backup_row,
    a_vector,
    an_annotation,
    annotate,
    count_beats,
    prepare_nothing,
)
from modules.moves.words import affinities


def a_later_row(clip_id: str, label: str, **values: Any) -> dict[str, Any]:
    """One annotation as the later library has it: no roles, no notes, other difficulties."""
    return {
        "clip_id": clip_id,
        "video_path": f"{label}/{clip_id}.mp4",
        "move_label": label,
        "energy_level": "medium",
        "estimated_tempo": 129,
        "difficulty": "medium",
    } | values


def a_later_document(clip_id: str, label: str, **values: Any) -> dict[str, Any]:
    """One document of the later form: three vectors, of which one can be compared."""
    return {
        "clip_id": clip_id,
        "move_name": clip_id.title(),
        "video_path": f"data/Bachata_steps/{label}/{clip_id}.mp4",
        "pose_embedding": [0.1] * 512,
        "audio_embedding": [0.1] * 128,
        "text_embedding": list(a_vector("text")),
        "difficulty": "intermediate",
        "energy_level": "medium",
        "style": "sensual",
        "duration": 11.7,
        "move_label": label,
    } | values


ROWS = [
    a_later_row("energetic_intro", "intros", difficulty="high"),
    a_later_row("slow_basic3", "basic", difficulty="low", energy_level="low"),
    a_later_row("slow_hiproll2", "hiprolls", energy_level="low"),
    a_later_row("spin_right_ladyturn_left", "spin"),
    a_later_row("styled_caricia_headroll.2", "style"),
    a_later_row("paseala", "arm_styling"),
    a_later_row("paseala", "bolero"),
]


def a_later_folder(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Write the folder as the later library keeps it: annotations above, clips below."""
    annotate(folder, rows)
    for row in rows:
        video = folder / "Bachata_steps" / row["video_path"]
        video.parent.mkdir(parents=True, exist_ok=True)
        video.write_text(f"pictures of {row['video_path']}")
    return folder


def a_library() -> MoveLibrary:
    return MoveLibrary(
        index=ExactMoveIndex(),
        storage=MediaInMemory(),
        clip_preparation=ClipPreparation(
            prepare=prepare_nothing, find_beats=count_beats, workers=0
        ),
    )


def test_its_difficulties_are_ours_and_nobody_need_be_named(tmp_path: Path) -> None:
    clips, refused, unknown = read_annotations(a_later_folder(tmp_path, ROWS))
    assert (refused, unknown) == ([], ())
    graded = {clip.clip_id: (clip.difficulty, clip.lead_follow_roles) for clip in clips}
    assert graded["energetic_intro"] == ("advanced", "both")
    assert graded["slow_basic3"] == ("beginner", "both")
    assert graded["slow_hiproll2"] == ("intermediate", "both")


def test_its_roles_may_say_none(tmp_path: Path) -> None:
    row = a_later_row("spin", "spin", lead_follow_roles=None)
    (clip,), _, unknown = read_annotations(a_later_folder(tmp_path, [row]))
    assert (clip.lead_follow_roles, unknown) == ("both", ())


def test_its_clips_are_found_in_their_folder(tmp_path: Path) -> None:
    clips, *_ = read_annotations(a_later_folder(tmp_path, ROWS))
    assert all(clip.source.is_file() for clip in clips)


def test_two_recordings_of_one_id_are_told_apart_by_their_labels(tmp_path: Path) -> None:
    clips, refused, _ = read_annotations(a_later_folder(tmp_path, ROWS))
    assert refused == []
    assert [clip.clip_id for clip in clips][-2:] == ["paseala", "bolero_paseala"]


@pytest.mark.parametrize(
    ("clip_id", "label", "name"),
    [
        ("spin_right_ladyturn_left", "spin", "Spin right lady turn left"),
        ("sensual_basic_headroll", "basic", "Sensual basic head roll"),
        ("slow_hiproll2", "hiprolls", "Slow hip roll"),
        ("styled_caricia_headroll.2", "style", "Styled caricia head roll"),
        ("ochos_1", "footwork", "Ochos"),
        ("clip_0007", "bodywaves", "Body waves"),
        ("x1", "intros", "Intros"),
    ],
)
def test_names_are_made_from_ids(clip_id: str, label: str, name: str) -> None:
    assert readable_name(label, "", clip_id) == name


def test_words_run_together_are_spoken_apart() -> None:
    assert spoken("machete_bodywave_doublespin") == "machete body wave double spin"
    assert spoken("everybody_sidedips") == "everybody side dips"


def test_what_nobody_knows_is_named_and_does_not_refuse_the_clip(tmp_path: Path) -> None:
    odd = a_later_row("odd", "spin", difficulty="wizard", energy_level=7, camera_angle="front")
    rows = [odd, a_later_row("odder", "spin", difficulty="wizard", lead_follow_roles="solo")]
    clips, refused, unknown = read_annotations(a_later_folder(tmp_path, rows))
    assert refused == []
    assert {(c.difficulty, c.energy_level, c.lead_follow_roles) for c in clips} == {
        ("intermediate", "medium", "both")
    }
    assert {(each.field, each.value, each.taken_as, each.rows) for each in unknown} == {
        ("difficulty", "'wizard'", "intermediate", 2),
        ("energy_level", "7", "medium", 1),
        ("lead_follow_roles", "'solo'", "both", 1),
        ("camera_angle", "", "", 1),
    }


def test_of_its_vectors_only_the_texts_are_taken(tmp_path: Path) -> None:
    rows = [a_later_document("hiproll", "hiprolls"), a_later_document("spin", "spin")]
    legacy = read_legacy_index(a_backup(tmp_path / "b.json", rows))
    assert {frozenset(document.vectors) for document in legacy.documents} == {frozenset({"text"})}
    assert legacy.left_out == {"pose_embedding": 2, "audio_embedding": 2}
    assert legacy.styles == {"hiproll": "sensual", "spin": "sensual"}


def test_its_twins_are_told_apart_as_in_the_annotations(tmp_path: Path) -> None:
    rows = [a_later_document("paseala", "arm_styling"), a_later_document("paseala", "bolero")]
    legacy = read_legacy_index(a_backup(tmp_path / "b.json", rows))
    assert [d.clip_id for d in legacy.documents] == ["paseala", "bolero_paseala"]


def test_an_unknown_term_of_the_index_is_named(tmp_path: Path) -> None:
    row = a_backup_row("one", difficulty="wizard")
    legacy = read_legacy_index(a_backup(tmp_path / "b.json", [row]))
    assert legacy.documents[0].difficulty == "intermediate"
    assert [(each.field, each.value) for each in legacy.unknown] == [("difficulty", "'wizard'")]


@pytest.mark.django_db
def test_a_style_is_kept_when_the_index_is_not_given_again(tmp_path: Path) -> None:
    folder = a_later_folder(tmp_path / "moves", [a_later_row("hiproll", "hiprolls")])
    backup = a_backup(tmp_path / "b.json", [a_later_document("hiproll", "hiprolls")])
    library = a_library()
    library.import_folder(folder, embeddings=backup)
    assert MoveClipRow.objects.get(clip_id="hiproll").style == "sensual"
    assert library.import_folder(folder).unchanged == ("hiproll",)
    assert MoveClipRow.objects.get(clip_id="hiproll").style == "sensual"
    rows = [a_later_row("hiproll", "hiprolls", style="playful")]
    (folder / ANNOTATIONS).write_text(json.dumps({"clips": rows}))
    assert library.import_folder(folder).updated == ("hiproll",)
    assert MoveClipRow.objects.get(clip_id="hiproll").style == "playful"


@pytest.mark.django_db
def test_the_import_names_what_it_left_out_and_what_nobody_knows(tmp_path: Path) -> None:
    rows = [a_later_row("hiproll", "hiprolls", difficulty="wizard", camera_angle="front")]
    folder = a_later_folder(tmp_path / "moves", rows)
    backup = a_backup(tmp_path / "b.json", [a_later_document("hiproll", "hiprolls")])
    said = StringIO()
    with override_settings(MOVE_LIBRARY_FACTORY=f"{__name__}.a_library"):
        call_command("moves", "import", folder, embeddings=backup, stdout=said, stderr=StringIO())
    text = said.getvalue()
    assert "unknown difficulty 'wizard' in 1 clip: taken as intermediate" in text
    assert "unknown field camera_angle in 1 clip: passed over" in text
    assert "left out 1 of pose_embedding" in text


STYLE_LABELS = {
    "sensual": {"hiprolls", "bodywaves", "headrolls"},
    "energetic": {"golpes", "footwork", "spin"},
    "playful": {"spin", "ladyturn"},
    "modern": {"style", "footwork"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("style", STYLE_LABELS)
def test_styles_are_read_in_its_labels_and_ids(style: str, tmp_path: Path) -> None:
    labels = ["hiprolls", "bodywaves", "headrolls", "golpes", "footwork", "spin", "ladyturn"]
    rows = [a_later_row(f"{label}_{i}", label) for label in [*labels, "style"] for i in range(2)]
    a_library().import_folder(a_later_folder(tmp_path, rows))
    answers = affinities(list_moves(), style)
    best = max(answers.values())
    answering = {m.move_label for m in list_moves() if answers[m.clip_id] >= 0.8 * best}
    assert answering >= STYLE_LABELS[style]
    assert "cross_body_lead" not in answering


@pytest.mark.django_db
def test_a_style_in_an_id_or_a_field_answers(tmp_path: Path) -> None:
    rows = [
        a_later_row("sensual_basic", "basic"),
        a_later_row("locked_basic", "basic", style="sensual"),
        a_later_row("front_basic", "basic"),
    ]
    a_library().import_folder(a_later_folder(tmp_path, rows))
    answers = affinities(list_moves(), "sensual")
    assert answers["sensual_basic"] > answers["locked_basic"] > answers["front_basic"]


def test_an_old_annotation_reads_as_before(tmp_path: Path) -> None:
    (clip,), *_ = read_annotations(annotate(tmp_path, [an_annotation("one")]))
    assert (clip.difficulty, clip.style, clip.name) == ("beginner", "", "Continuous basic steps")
