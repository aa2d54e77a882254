"""Clips get vectors from their pictures where none are known, and keep those that are."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation, PoseJob
from modules.moves.contract import (
    POSE_VECTORS,
    ImportReport,
    MoveDocument,
    PoseModelUnusable,
    PoseReaderMissing,
)
from modules.moves.models import MoveClipRow
from modules.moves.ports import PoseReader
from modules.moves.tests.makers import (
    InventedPoses,
    MediaInMemory,
    a_backup,
    a_backup_row,
    all_vectors,
    an_annotation,
    annotate,
    count_beats,
    prepare_nothing,
)

pytestmark = pytest.mark.django_db

MEDIA = MediaInMemory()


def a_library() -> MoveLibrary:
    """Make the library of these tests, as the wiring would."""
    preparation = ClipPreparation(prepare=prepare_nothing, find_beats=count_beats, workers=0)
    return MoveLibrary(index=ExactMoveIndex(), storage=MEDIA, clip_preparation=preparation)


def a_reader(model: Path) -> PoseReader:
    """Open a model, as the wiring would; its name says what becomes of it."""
    if "missing" in model.name:
        raise PoseReaderMissing("Poses are not read: the extra is not installed.")
    if "bad" in model.name:
        raise PoseModelUnusable(f"The pose model {model} cannot be used: it is bad.")
    return InventedPoses()


@pytest.fixture(autouse=True)
def wired(settings: Settings) -> None:
    """Let the command find the library and the reader of these tests."""
    settings.MOVE_LIBRARY_FACTORY = f"{__name__}.a_library"
    settings.POSE_READER_FACTORY = f"{__name__}.a_reader"
    MEDIA.files.clear()


@pytest.fixture
def importing(tmp_path: Path) -> Callable[..., ImportReport]:
    """Import the clips one and two."""
    annotate(tmp_path, [an_annotation("one"), an_annotation("two")])

    def bring(poses: PoseReader | None = None, embeddings: Path | None = None) -> ImportReport:
        return a_library().import_folder(tmp_path, poses=poses, embeddings=embeddings)

    return bring


def document(clip_id: str) -> MoveDocument:
    found = ExactMoveIndex().find(clip_id)
    assert found is not None
    return found


def test_new_clips_get_vectors_and_say_how_well_they_were_seen(
    importing: Callable[..., ImportReport],
) -> None:
    report = importing(InventedPoses())
    assert set(report.posed) == {"one", "two"}
    assert report.without_poses == ()
    made = document("one")
    assert set(made.vectors) == set(POSE_VECTORS)
    assert (made.quality_score, made.detection_rate, made.frame_count) == (0.8, 0.7, 66)
    assert (made.processing_time, made.version) == (0.25, "yolov8_pose_v1/invented")
    assert made.is_comparable


def test_vectors_of_the_legacy_index_are_never_read_again(
    importing: Callable[..., ImportReport], tmp_path: Path
) -> None:
    backup = a_backup(tmp_path / "backup.json", [a_backup_row("one")])
    report = importing(InventedPoses(), backup)
    assert report.posed == ("two",)
    assert document("one").vectors == all_vectors()
    assert document("one").version == "mmpose_v1"


def test_a_document_without_some_vectors_keeps_the_others(
    importing: Callable[..., ImportReport], tmp_path: Path
) -> None:
    row = a_backup_row("one") | {"lead_embedding": None, "follow_embedding": None}
    importing(InventedPoses(), a_backup(tmp_path / "backup.json", [row]))
    made = document("one").vectors
    assert set(made) == set(all_vectors())
    assert {name: made[name] for name in ("audio", "interaction", "text")} == {
        name: all_vectors()[name] for name in ("audio", "interaction", "text")
    }


def test_the_second_import_reads_nothing(importing: Callable[..., ImportReport]) -> None:
    importing(InventedPoses())
    before = document("one")
    assert importing(InventedPoses("yolov8_pose_v1/other")).posed == ()
    assert document("one") == before


def test_a_library_imported_without_a_model_gets_vectors_later_without_being_encoded(
    importing: Callable[..., ImportReport],
) -> None:
    assert importing().without_poses == ("one", "two")
    puts = list(MEDIA.puts)
    report = importing(InventedPoses())
    assert report.unchanged == ("one", "two")
    assert set(report.posed) == {"one", "two"}
    assert MEDIA.puts == puts


def test_a_clip_where_nobody_is_seen_is_tried_once_with_every_model(tmp_path: Path) -> None:
    (tmp_path / "one.mp4").write_text("nobody")
    annotate(tmp_path, [an_annotation("one")])
    report = a_library().import_folder(tmp_path, poses=InventedPoses())
    assert (report.posed, report.without_poses) == ((), ("one",))
    assert (document("one").vectors, document("one").detection_rate) == ({}, 0)
    assert not document("one").is_comparable
    row = MoveClipRow.objects.get()
    MEDIA.files[row.mezzanine_key] = b"somebody after all"
    assert a_library().import_folder(tmp_path, poses=InventedPoses()).posed == ()
    other = InventedPoses("yolov8_pose_v1/other")
    assert a_library().import_folder(tmp_path, poses=other).posed == ("one",)


def test_another_video_for_a_clip_drops_the_vectors_read_from_the_first(
    importing: Callable[..., ImportReport], tmp_path: Path
) -> None:
    importing(InventedPoses())
    (tmp_path / "one.mp4").write_text("filmed again")
    assert importing().without_poses == ("one",)
    assert (document("one").vectors, document("one").version) == ({}, "")
    assert set(document("two").vectors) == set(POSE_VECTORS)


def test_another_video_keeps_the_vectors_of_the_legacy_index(
    importing: Callable[..., ImportReport], tmp_path: Path
) -> None:
    importing(embeddings=a_backup(tmp_path / "backup.json", [a_backup_row("one")]))
    (tmp_path / "one.mp4").write_text("filmed again")
    importing(InventedPoses())
    assert document("one").vectors == all_vectors()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_clip_that_kills_its_reader_takes_no_other_with_it(tmp_path: Path, workers: int) -> None:
    (tmp_path / "work").mkdir()
    jobs = []
    for name, content in {"a": "pictures", "b": "deadly", "c": "nobody"}.items():
        (tmp_path / name).write_text(content)
        directory = tmp_path / "work" / name
        jobs.append(
            PoseJob(clip_id=name, video=tmp_path / name, beats_s=(0.0, 0.5), directory=directory)
        )
    preparation = ClipPreparation(prepare=prepare_nothing, find_beats=count_beats, workers=workers)
    seen = {job.clip_id: poses for job, poses in preparation.read_poses(InventedPoses(), jobs)}
    assert seen["a"] is not None
    assert seen["a"].vectors
    assert seen["b"] is None
    assert seen["c"] is not None
    assert seen["c"].vectors == {}


def moves(folder: Path, *arguments: object) -> tuple[str, str]:
    annotate(folder, [an_annotation("one"), an_annotation("two")])
    out, err = StringIO(), StringIO()
    call_command("moves", "import", str(folder), *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_says_how_many_clips_were_read(tmp_path: Path) -> None:
    out, _ = moves(tmp_path, "--pose-model", "good.pt")
    assert "Pose vectors were read from 2 clips; 0 clips have none." in out


def test_without_a_model_the_import_says_so_and_goes_on(tmp_path: Path) -> None:
    out, _ = moves(tmp_path)
    assert out.startswith("2 clips imported")
    assert out.count("2 clips have no pose vectors: --pose-model FILE reads them") == 1
    backup = a_backup(tmp_path / "backup.json", [a_backup_row("one"), a_backup_row("two")])
    assert "pose" not in moves(tmp_path, "--embeddings", backup)[0]


def test_without_the_extra_the_import_says_so_once_and_goes_on(tmp_path: Path) -> None:
    out, err = moves(tmp_path, "--pose-model", "missing.pt")
    assert out.startswith("2 clips imported")
    assert (out + err).count("Poses are not read: the extra is not installed.") == 1
    assert "no pose vectors" not in out


def test_a_wrong_model_is_refused_before_any_clip_is_touched(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"bad\.pt cannot be used: it is bad\.") as refusal:
        moves(tmp_path, "--pose-model", "bad.pt")
    assert refusal.value.returncode == 1
    assert not MoveClipRow.objects.exists()
    assert not MEDIA.files
