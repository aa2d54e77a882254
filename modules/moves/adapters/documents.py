"""The index documents as rows of ``bachata.move_embeddings``, on Django's connection.

Vectors are plain arrays of numbers, so that the table exists, and keeps the legacy index, on every
PostgreSQL; comparing them is what the adapters differ in.
"""

from __future__ import annotations

from typing import Any, cast

from modules.moves.contract import (
    EMPTY_VECTORS,
    VECTOR_DIMENSIONS,
    MoveDocument,
    Vector,
    VectorName,
)
from modules.moves.models import MoveEmbeddingRow
from modules.moves.vectors import checked_vectors

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


class DocumentRows:
    """What every index on the table shares; writes join the open transaction."""

    def put(self, document: MoveDocument) -> None:
        """Store a document in place of the one with its ``clip_id``."""
        vectors = checked_vectors(document.vectors)
        values: dict[str, Any] = {name: getattr(document, name) for name in TERMS}
        for name in VECTOR_DIMENSIONS:
            vector = vectors.get(name)
            values[f"{name}_embedding"] = None if vector is None else list(vector)
        MoveEmbeddingRow.objects.update_or_create(clip_id=document.clip_id, defaults=values)

    def find(self, clip_id: str) -> MoveDocument | None:
        """Give the document, or None."""
        row = MoveEmbeddingRow.objects.filter(clip_id=clip_id).first()
        return None if row is None else _document(row)

    def list_documents(self, clip_ids: frozenset[str] | None = None) -> list[MoveDocument]:
        """Give the documents, or those named, by clip id."""
        rows = MoveEmbeddingRow.objects.order_by("clip_id")
        if clip_ids is not None:
            rows = rows.filter(clip_id__in=clip_ids)
        return [_document(row) for row in rows]

    def delete(self, clip_id: str) -> None:
        """Forget a document; the second time does nothing."""
        MoveEmbeddingRow.objects.filter(clip_id=clip_id).delete()


def _document(row: MoveEmbeddingRow) -> MoveDocument:
    vectors: dict[VectorName, Vector] = {}
    for name in VECTOR_DIMENSIONS:
        stored = getattr(row, f"{name}_embedding")
        if stored is not None:
            vectors[name] = tuple(stored)
    terms = cast(dict[str, Any], {name: getattr(row, name) for name in TERMS})
    return MoveDocument(clip_id=row.clip_id, vectors=vectors or EMPTY_VECTORS, **terms)
