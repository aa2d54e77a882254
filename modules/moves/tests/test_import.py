"""Importing brings whole clips into the library, does only what is missing, and loses nothing."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation
from modules.moves.contract import (
    EmbeddingsUnusable,
    ImportProgress,
    MoveNotFound,
    MovesFolderUnusable,
    NoRoomForClips,
)
from modules.moves.models import MoveClipRow, MoveEmbeddingRow
from modules.moves.queries import MoveCatalogue, get_move, list_moves
from modules.moves.search import MoveWishes
from modules.moves.tests.makers import (
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


@pytest.fixture
def media() -> MediaInMemory:
    """An empty storage."""
    return MediaInMemory()


@pytest.fixture
def library(media: MediaInMemory) -> MoveLibrary:
    """An empty library whose clip preparation looks at no pictures."""
    preparation = ClipPreparation(prepare=prepare_nothing, find_beats=count_beats, workers=0)
    return MoveLibrary(index=ExactMoveIndex(), storage=media, clip_preparation=preparation)


def three_clips(folder: Path, **values: Any) -> Path:
    return annotate(folder, [an_annotation(name, **values) for name in ("one", "two", "three")])


def test_a_clip_is_stored_with_its_files_its_beats_and_its_document(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    report = library.import_folder(annotate(tmp_path, [an_annotation("one", estimated_tempo=120)]))
    assert (report.imported, report.refused) == (("one",), ())
    move = get_move("one")
    assert (move.tempo_bpm, move.tempo_source) == (120.0, "annotated")
    assert move.beats_s == move.keyframes_s
    assert move.beats_s[:2] == (0.25, 0.75)
    assert move.imported_at is not None
    assert media.files.keys() == {move.mezzanine_key, move.thumbnail_key}
    assert media.files[move.mezzanine_key].startswith(b"mezzanine of pictures of one")
    document = ExactMoveIndex().find("one")
    assert document is not None
    assert (document.difficulty, document.video_path) == ("beginner", "one.mp4")
    assert document.vectors == {}


def test_the_sound_wins_over_the_annotated_tempo(library: MoveLibrary, tmp_path: Path) -> None:
    (tmp_path / "one.mp4").write_text("loud")
    library.import_folder(annotate(tmp_path, [an_annotation("one", estimated_tempo=110)]))
    move = get_move("one")
    assert (move.annotated_tempo_bpm, move.tempo_bpm, move.tempo_source) == (110, 125, "sound")


def test_importing_twice_does_nothing_the_second_time(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    three_clips(tmp_path)
    library.import_folder(tmp_path)
    before, rows = list(media.puts), list(MoveClipRow.objects.values())
    report = library.import_folder(tmp_path)
    assert report.unchanged == ("one", "two", "three")
    assert report.imported == report.updated == report.refused == ()
    assert media.puts == before
    assert list(MoveClipRow.objects.values()) == rows


def test_a_changed_annotation_is_taken_over_without_encoding(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    (tmp_path / "one.mp4").write_text("loud")
    library.import_folder(annotate(tmp_path, [an_annotation("one")]))
    before = list(media.puts)
    changed = an_annotation("one", difficulty="advanced", notes="", estimated_tempo=99)
    report = library.import_folder(annotate(tmp_path, [changed]))
    assert report.updated == ("one",)
    assert media.puts == before
    move = get_move("one")
    assert (move.difficulty, move.name, move.annotated_tempo_bpm) == ("advanced", "Basic step", 99)
    document = ExactMoveIndex().find("one")
    assert document is not None
    assert document.difficulty == "advanced"


def test_another_tempo_for_a_clip_counted_by_it_counts_it_again(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    library.import_folder(annotate(tmp_path, [an_annotation("one", estimated_tempo=120)]))
    report = library.import_folder(annotate(tmp_path, [an_annotation("one", estimated_tempo=100)]))
    assert report.imported == ("one",)
    move = get_move("one")
    assert move.tempo_bpm == 100
    assert media.files.keys() == {move.mezzanine_key, move.thumbnail_key}


def test_a_changed_video_replaces_the_clip_and_its_files(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    library.import_folder(three_clips(tmp_path))
    earlier = get_move("one")
    (tmp_path / "one.mp4").write_text("other pictures")
    report = library.import_folder(tmp_path)
    assert (report.imported, report.unchanged) == (("one",), ("two", "three"))
    move = get_move("one")
    assert move.content_hash != earlier.content_hash
    assert earlier.mezzanine_key not in media.files
    assert move.mezzanine_key in media.files


@pytest.mark.parametrize("lost", ["mezzanine_key", "thumbnail_key"])
def test_a_file_lost_from_the_storage_is_made_again(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path, lost: str
) -> None:
    library.import_folder(three_clips(tmp_path))
    media.delete(getattr(get_move("two"), lost))
    assert library.import_folder(tmp_path).imported == ("two",)
    assert getattr(get_move("two"), lost) in media.files


def test_a_document_lost_from_the_index_is_made_again(library: MoveLibrary, tmp_path: Path) -> None:
    library.import_folder(three_clips(tmp_path))
    MoveEmbeddingRow.objects.filter(clip_id="two").delete()
    assert library.import_folder(tmp_path).imported == ("two",)
    assert ExactMoveIndex().find("two") is not None


def test_refused_clips_are_named_with_the_reason_and_the_rest_is_imported(
    library: MoveLibrary, tmp_path: Path
) -> None:
    rows = [
        an_annotation("good"),
        an_annotation("gone", video_path="gone/away.mp4"),
        an_annotation("broken"),
        an_annotation("silent", estimated_tempo=None),
        an_annotation("odd", estimated_tempo="fast"),
    ]
    (tmp_path / "broken.mp4").write_text("corrupt")
    report = library.import_folder(annotate(tmp_path, rows))
    assert report.imported == ("good",)
    assert {clip.clip_id: clip.code for clip in report.refused} == {
        "gone": "clip_missing",
        "broken": "clip_corrupt",
        "silent": "clip_untimed",
        "odd": "bad_annotation",
    }
    assert "gone/away.mp4" in next(c.message for c in report.refused if c.clip_id == "gone")
    assert [move.clip_id for move in list_moves()] == ["good"]


def test_a_directory_in_place_of_a_video_is_refused(library: MoveLibrary, tmp_path: Path) -> None:
    (tmp_path / "one.mp4").mkdir()
    report = library.import_folder(annotate(tmp_path, [an_annotation("one")]))
    assert [clip.code for clip in report.refused] == ["clip_missing"]


def test_a_refused_clip_leaves_an_earlier_import_of_it_as_it_is(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    library.import_folder(three_clips(tmp_path))
    before = get_move("one")
    (tmp_path / "one.mp4").write_text("corrupt")
    assert [clip.clip_id for clip in library.import_folder(tmp_path).refused] == ["one"]
    assert get_move("one") == before
    assert before.mezzanine_key in media.files


def test_an_import_broken_off_goes_on_where_it_was(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    three_clips(tmp_path)

    def break_off(progress: ImportProgress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.import_folder(tmp_path, on_progress=break_off)
    done = {move.clip_id for move in list_moves()}
    assert len(done) == 2
    report = library.import_folder(tmp_path)
    assert set(report.unchanged) == done
    assert set(report.imported) == {"one", "two", "three"} - done
    assert len(media.files) == 6


def test_a_clip_whose_row_was_not_written_is_stored_once_the_second_time(
    library: MoveLibrary,
    media: MediaInMemory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(self: object, document: object) -> None:
        raise KeyboardInterrupt

    three_clips(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(ExactMoveIndex, "put", die)
        with pytest.raises(KeyboardInterrupt):
            library.import_folder(tmp_path)
    assert MoveClipRow.objects.count() == MoveEmbeddingRow.objects.count() == 0
    assert len(library.import_folder(tmp_path).imported) == 3
    assert len(media.files) == 6


def test_a_full_disk_stops_the_import_with_a_sentence(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    media.fails = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(NoRoomForClips, match="disk is full"):
        library.import_folder(three_clips(tmp_path))
    assert list_moves() == []


def test_progress_counts_every_clip(library: MoveLibrary, tmp_path: Path) -> None:
    seen: list[ImportProgress] = []
    rows = [an_annotation("one"), an_annotation("gone", video_path="gone.mkv")]
    library.import_folder(annotate(tmp_path, rows), on_progress=seen.append)
    assert [(p.done, p.total) for p in seen] == [(1, 2), (2, 2)]
    assert {(p.clip_id, p.outcome) for p in seen} == {("one", "imported"), ("gone", "refused")}


def test_mezzanines_made_another_way_are_made_again(
    library: MoveLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.import_folder(three_clips(tmp_path))
    monkeypatch.setattr("modules.moves.application.PREPARATION_VERSION", 99)
    assert len(library.import_folder(tmp_path).imported) == 3
    assert len(library.import_folder(tmp_path).unchanged) == 3


# The legacy index


def test_old_documents_are_taken_over_and_survive_a_new_import(
    library: MoveLibrary, tmp_path: Path
) -> None:
    backup = a_backup(tmp_path / "backup.json", [a_backup_row("one"), a_backup_row("lost")])
    report = library.import_folder(three_clips(tmp_path / "moves"), embeddings=backup)
    assert report.documents == 2
    for _ in range(2):
        document = ExactMoveIndex().find("one")
        assert document is not None
        assert (document.vectors, document.quality_score) == (all_vectors(), 0.9)
        assert (document.version, document.frame_count) == ("mmpose_v1", 300)
        (tmp_path / "moves" / "one.mp4").write_text("other pictures")
        library.import_folder(tmp_path / "moves")


def test_a_document_whose_clip_is_missing_is_indexed_but_never_selected(
    library: MoveLibrary, tmp_path: Path
) -> None:
    backup = a_backup(tmp_path / "backup.json", [a_backup_row("lost")])
    library.import_folder(three_clips(tmp_path / "moves"), embeddings=backup)
    assert ExactMoveIndex().find("lost") is not None
    assert active() == {"one", "two", "three"}


def test_an_unusable_legacy_index_stops_the_import_before_anything_is_done(
    library: MoveLibrary, media: MediaInMemory, tmp_path: Path
) -> None:
    rows = [a_backup_row("one"), a_backup_row("bad", audio_embedding=[1.0])]
    backup = a_backup(tmp_path / "backup.json", rows)
    with pytest.raises(EmbeddingsUnusable):
        library.import_folder(three_clips(tmp_path / "moves"), embeddings=backup)
    assert MoveEmbeddingRow.objects.count() == MoveClipRow.objects.count() == 0
    assert media.files == {}


def test_an_unusable_folder_leaves_the_legacy_index_alone(
    library: MoveLibrary, tmp_path: Path
) -> None:
    backup = a_backup(tmp_path / "backup.json", [a_backup_row("one")])
    with pytest.raises(MovesFolderUnusable):
        library.import_folder(tmp_path / "nowhere", embeddings=backup)
    assert MoveEmbeddingRow.objects.count() == 0


# Reading


def test_candidates_carry_what_the_job_needs(library: MoveLibrary, tmp_path: Path) -> None:
    library.import_folder(three_clips(tmp_path, energy_level="low"))
    found = MoveCatalogue(index=ExactMoveIndex()).select(
        MoveWishes(difficulty="beginner", energy_level="high", style="modern")
    )
    assert found.relaxed == ("energy", "style")
    assert {c.clip for c in found.candidates} == set(list_moves())
    assert {c.score for c in found.candidates} == {0.5}


def test_moves_are_listed_by_label(library: MoveLibrary, tmp_path: Path) -> None:
    rows = [an_annotation("b"), an_annotation("c", move_label="abc"), an_annotation("a")]
    library.import_folder(annotate(tmp_path, rows))
    assert [move.clip_id for move in list_moves()] == ["c", "a", "b"]


def test_an_unknown_move_is_not_found() -> None:
    with pytest.raises(MoveNotFound, match="no such move"):
        get_move("nobody")


def test_a_refusal_survives_its_way_between_processes() -> None:
    import pickle

    from modules.moves.contract import ClipRefused

    refusal = pickle.loads(pickle.dumps(ClipRefused("clip_corrupt", "Broken.")))  # noqa: S301
    assert (refusal.code, refusal.message, str(refusal)) == ("clip_corrupt", "Broken.", "Broken.")


def active() -> set[str]:
    """The clips that a beginner may dance."""
    catalogue = MoveCatalogue(index=ExactMoveIndex())
    found = catalogue.select(MoveWishes(difficulty="beginner"))
    return {candidate.clip.clip_id for candidate in found.candidates}


def test_only_a_folders_clips_are_active_when_so_wished(
    library: MoveLibrary, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    library.import_folder(annotate(tmp_path / "a", [an_annotation("one"), an_annotation("two")]))
    own = annotate(tmp_path / "b", [an_annotation("three")])
    library.import_folder(own)
    assert active() == {"one", "two", "three"}
    for _ in range(2):
        library.import_folder(own, only=True)
        assert active() == {"three"}
    assert len(list_moves()) == 3
    library.import_folder(tmp_path / "a")
    assert active() == {"one", "two", "three"}


def test_the_namesake_of_a_refused_clip_is_not_active_for_it(
    library: MoveLibrary, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    library.import_folder(annotate(tmp_path / "a", [an_annotation("one"), an_annotation("two")]))
    own = annotate(tmp_path / "b", [an_annotation("one"), an_annotation("three")])
    (own / "one.mp4").unlink()
    report = library.import_folder(own, only=True)
    assert [clip.clip_id for clip in report.refused] == ["one"]
    assert active() == {"three"}
