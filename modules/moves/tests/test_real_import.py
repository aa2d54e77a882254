"""Real clips of real couples, prepared in earnest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine.audio.clip_beats import find_beats_by_sound
from engine.video.mezzanine import prepare_clip
from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.annotations import ANNOTATIONS
from modules.moves.application import MoveLibrary
from modules.moves.clip_preparation import ClipPreparation
from modules.moves.contract import VECTOR_DIMENSIONS
from modules.moves.queries import MoveCatalogue, get_move
from modules.moves.search import MoveWishes
from modules.moves.tests.makers import MediaInMemory

CHOSEN = {"cross_body_lead_3", "lady_left_turn_2", "combination_3", "body_roll_2"}


@pytest.fixture
def folder(shared_data: Path, tmp_path: Path) -> Path:
    """Four real clips, of which one is missing and one has been cut off."""
    real = shared_data / "moves"
    rows = [
        row
        for row in json.loads((real / ANNOTATIONS).read_text())["clips"]
        if row["clip_id"] in CHOSEN
    ]
    (tmp_path / ANNOTATIONS).write_text(json.dumps({"clips": rows}))
    for row in rows:
        source, target = real / row["video_path"], tmp_path / row["video_path"]
        if source.is_file():
            target.parent.mkdir(parents=True)
            shutil.copyfile(source, target)
    cut = next(tmp_path.rglob("body_roll_2.mp4"))
    cut.write_bytes(cut.read_bytes()[:100_000])
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_real_clips_are_imported_and_their_vectors_reused(folder: Path, shared_data: Path) -> None:
    media = MediaInMemory()
    preparation = ClipPreparation(prepare=prepare_clip, find_beats=find_beats_by_sound)
    library = MoveLibrary(index=ExactMoveIndex(), storage=media, clip_preparation=preparation)
    backup = shared_data / "moves" / "embeddings_backup.json"

    report = library.import_folder(folder, embeddings=backup)

    assert set(report.imported) == {"cross_body_lead_3", "lady_left_turn_2"}
    assert {clip.clip_id: clip.code for clip in report.refused} == {
        "combination_3": "clip_missing",
        "body_roll_2": "clip_corrupt",
    }
    assert report.documents == 38
    move = get_move("cross_body_lead_3")
    assert (move.tempo_source, move.tempo_bpm) == ("sound", pytest.approx(107.7, abs=1))
    assert move.duration_s == pytest.approx(4.88, abs=0.1)
    assert len(move.keyframes_s) >= 8
    assert media.files[move.mezzanine_key][4:8] == b"ftyp"
    assert media.files[move.thumbnail_key][:2] == b"\xff\xd8"
    catalogue = MoveCatalogue(index=ExactMoveIndex())
    selected = catalogue.select(MoveWishes(difficulty="intermediate")).candidates
    assert {candidate.clip.clip_id for candidate in selected} == set(report.imported)
    assert all(candidate.score > 0.9 for candidate in selected)
    document = ExactMoveIndex().find("combination_3")
    assert document is not None
    assert set(document.vectors) == set(VECTOR_DIMENSIONS)
