"""``manage.py moves`` says what it did, and by its exit code whether all went well."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation
from modules.moves.tests.makers import (
    MediaInMemory,
    a_backup,
    a_backup_row,
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


@pytest.fixture(autouse=True)
def wired(settings: Settings) -> None:
    """Let the command find the library of these tests."""
    settings.MOVE_LIBRARY_FACTORY = f"{__name__}.a_library"
    MEDIA.files.clear()


def moves(*arguments: object) -> str:
    out = StringIO()
    call_command("moves", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_an_import_is_summed_up_and_the_moves_are_listed(tmp_path: Path) -> None:
    annotate(tmp_path, [an_annotation("one"), an_annotation("two")])
    backup = a_backup(tmp_path / "backup.json", [a_backup_row("one")])
    summary = moves("import", tmp_path, "--embeddings", backup)
    assert summary.startswith("2 clips imported")
    assert "0 refused; 1 index documents reused." in summary
    listed = moves("list")
    assert "Continuous basic steps" in listed
    assert "120.0 BPM (annotated)" in listed
    assert listed.endswith("2 moves\n")


def test_refused_clips_are_named_and_make_the_exit_code_1(tmp_path: Path) -> None:
    annotate(tmp_path, [an_annotation("one"), an_annotation("gone", video_path="gone.mkv")])
    out = StringIO()
    with pytest.raises(CommandError, match="1 clip was not imported") as refusal:
        call_command("moves", "import", str(tmp_path), stdout=out, stderr=StringIO())
    assert refusal.value.returncode == 1
    assert "refused gone: The video gone.mkv is not there. (clip_missing)" in out.getvalue()
    assert out.getvalue().startswith("1 clip imported (")


def test_an_unusable_folder_is_a_sentence_and_no_trace(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no moves folder .*nowhere"):
        moves("import", tmp_path / "nowhere")


def test_an_unusable_index_is_a_sentence(tmp_path: Path) -> None:
    annotate(tmp_path, [an_annotation("one")])
    with pytest.raises(CommandError, match=r"backup\.json cannot be read"):
        moves("import", tmp_path, "--embeddings", tmp_path / "backup.json")
