"""The move index in PostgreSQL: documents as rows of ``bachata.move_embeddings``, compared here.

Vectors are plain arrays of numbers, so that every PostgreSQL keeps them. They are read again only
when the table has changed; see decision 0017 for what that costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.db import connection

from modules.moves.contract import (
    EMPTY_VECTORS,
    VECTOR_DIMENSIONS,
    MoveDocument,
    MoveQuery,
    ScoredMove,
    Vector,
    VectorName,
)
from modules.moves.models import MoveEmbeddingRow
from modules.moves.vectors import checked_vectors

if TYPE_CHECKING:
    from modules.moves.document_matrix import DocumentMatrix

ROWS_AT_ONCE = 200
TERMS = (
    "move_label",
    "difficulty",
    "energy_level",
    "lead_follow_roles",
    "estimated_tempo",
    "video_path",
    "quality_score",
    "detection_rate",
    "frame_count",
    "processing_time",
    "version",
)


# table_state: other numbers after any insert, update or delete, also within one transaction
_TABLE_STATE_SQL = """
SELECT count(*), sum(hashtextextended(clip_id || xmin::text || ctid::text, 0)) FROM move_embeddings
"""


class ExactMoveIndex:
    """``MoveIndex`` over ``bachata.move_embeddings``; writes join the open transaction.

    One index may serve many threads, and keeps the vectors of the whole table in memory: 14 KB
    for a document.
    """

    def __init__(self) -> None:
        self._held: tuple[tuple[Any, ...], DocumentMatrix] | None = None

    def put(self, document: MoveDocument) -> None:
        """Store a document in place of the one with its ``clip_id``."""
        vectors = checked_vectors(document.vectors)
        values: dict[str, Any] = {name: getattr(document, name) for name in TERMS}
        for name in VECTOR_DIMENSIONS:
            vector = vectors.get(name)
            values[f"{name}_embedding"] = None if vector is None else list(vector)
        MoveEmbeddingRow.objects.update_or_create(clip_id=document.clip_id, defaults=values)

    def find(self, clip_id: str) -> MoveDocument | None:
        """Return the document, or None."""
        row = MoveEmbeddingRow.objects.filter(clip_id=clip_id).first()
        return None if row is None else _document(row)

    def list_documents(self, clip_ids: frozenset[str] | None = None) -> list[MoveDocument]:
        """Return the documents, or those named, by clip id."""
        rows = MoveEmbeddingRow.objects.order_by("clip_id")
        if clip_ids is not None:
            rows = rows.filter(clip_id__in=clip_ids)
        return [_document(row) for row in rows]

    def delete(self, clip_id: str) -> None:
        """Forget a document; the second time does nothing."""
        MoveEmbeddingRow.objects.filter(clip_id=clip_id).delete()

    def search(self, query: MoveQuery) -> list[ScoredMove]:
        """Score the documents for which the terms hold, best first, ties by clip id."""
        return self._matrix().search(query)

    def mean_vectors(self, query: MoveQuery) -> Mapping[VectorName, Vector]:
        """Return what the documents for which the terms hold have in common."""
        return self._matrix().mean_vectors(query)

    def _matrix(self) -> DocumentMatrix:
        """Return the documents as they are now.

        The state is read before the documents: what is committed in between is read twice,
        never missed.
        """
        from modules.moves.document_matrix import DocumentMatrix  # loads numpy: only who searches

        state, held = _table_state(), self._held
        if held is None or held[0] != state:
            rows = MoveEmbeddingRow.objects.iterator(chunk_size=ROWS_AT_ONCE)
            held = self._held = state, DocumentMatrix(_document(row) for row in rows)
        return held[1]


def _table_state() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLE_STATE_SQL)
        return tuple(cursor.fetchone())


def _document(row: MoveEmbeddingRow) -> MoveDocument:
    vectors: dict[VectorName, Vector] = {}
    for name in VECTOR_DIMENSIONS:
        stored = getattr(row, f"{name}_embedding")
        if stored is not None:
            vectors[name] = tuple(stored)
    terms = cast(dict[str, Any], {name: getattr(row, name) for name in TERMS})
    return MoveDocument(clip_id=row.clip_id, vectors=vectors or EMPTY_VECTORS, **terms)
