"""The legacy index is taken over as it is, or not at all."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from modules.moves.contract import VECTOR_DIMENSIONS, EmbeddingsUnusable
from modules.moves.legacy_index import read_legacy_index
from modules.moves.tests.makers import a_backup, a_backup_row, all_vectors


def test_a_document_keeps_its_terms_and_vectors(tmp_path: Path) -> None:
    (document,) = read_legacy_index(a_backup(tmp_path / "b.json", [a_backup_row("one")])).documents
    assert document.vectors == all_vectors()
    assert (document.clip_id, document.quality_score, document.frame_count) == ("one", 0.9, 300)
    assert (document.version, document.estimated_tempo) == ("mmpose_v1", 120.0)


def test_a_document_may_lack_vectors(tmp_path: Path) -> None:
    row = a_backup_row("one", lead_embedding=None)
    (document,) = read_legacy_index(a_backup(tmp_path / "b.json", [row])).documents
    assert set(document.vectors) == set(VECTOR_DIMENSIONS) - {"lead"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"audio_embedding": [0.5] * 127}, "audio has 127 components, not 128"),
        ({"text_embedding": [0.0] * 384}, "text has no direction"),
        ({"text_embedding": [math.nan] * 384}, "text has no direction"),
        ({"lead_embedding": "long"}, "lead_embedding is not a list of numbers"),
        ({"lead_embedding": ["1"] * 512}, "lead_embedding is not a list of numbers"),
        ({"move_label": None}, "move_label is None"),
        ({"quality_score": "good"}, "quality_score is 'good'"),
        ({"quality_score": 10**400}, "too large"),
        ({"frame_count": math.inf}, "infinity"),
        ({"clip_id": ""}, "it has no clip_id"),
    ],
)
def test_one_bad_document_refuses_the_whole_naming_it(
    tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    path = a_backup(tmp_path / "b.json", [a_backup_row("good"), a_backup_row("bad") | change])
    with pytest.raises(EmbeddingsUnusable, match=complaint) as refusal:
        read_legacy_index(path)
    assert str(path) in str(refusal.value)
    assert "bad" in str(refusal.value) or "number 2" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("{", "is not JSON"), ("[]", "no documents"), ('{"embeddings": []}', "no documents")],
)
def test_an_unusable_backup_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(content)
    with pytest.raises(EmbeddingsUnusable, match=complaint):
        read_legacy_index(path)


def test_a_missing_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingsUnusable, match="cannot be read: No such file"):
        read_legacy_index(tmp_path / "nowhere.json")


def test_the_real_backup_holds_thirty_eight_documents_of_five_vectors(shared_data: Path) -> None:
    documents = read_legacy_index(shared_data / "moves" / "embeddings_backup.json").documents
    assert len(documents) == 38
    assert all(set(document.vectors) == set(VECTOR_DIMENSIONS) for document in documents)
    poor = {document.clip_id for document in documents if not document.is_comparable}
    assert poor == {"body_roll_2", "body_roll_4"}
