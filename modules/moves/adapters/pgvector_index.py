"""The move index in PostgreSQL, with the extension pgvector, on Django's connection."""

from __future__ import annotations

from typing import Any, cast

from django.db import connection
from pgvector import Vector as PgVector

from modules.moves.contract import (
    EMPTY_VECTORS,
    MIN_QUALITY,
    NEUTRAL_SCORE,
    VECTOR_DIMENSIONS,
    VECTOR_WEIGHTS,
    MoveDocument,
    MoveQuery,
    ScoredMove,
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


class PgvectorMoveIndex:
    """``MoveIndex`` over ``bachata.move_embeddings``; writes join the open transaction."""

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

    def search(self, query: MoveQuery) -> list[ScoredMove]:
        """Score the documents for which the terms hold, best first, ties by clip id."""
        parameters: dict[str, Any] = {
            "difficulties": sorted(query.difficulties) or None,
            "energies": sorted(query.energies) or None,
            "clip_ids": None if query.clip_ids is None else sorted(query.clip_ids),
            "min_quality": MIN_QUALITY,
            "neutral": NEUTRAL_SCORE,
            "limit": query.limit,
        }
        for name in VECTOR_DIMENSIONS:
            vector = query.vectors.get(name)
            parameters[name] = None if vector is None else PgVector(list(vector)).to_text()
            parameters[f"{name}_weight"] = VECTOR_WEIGHTS[name]
        with connection.cursor() as cursor:
            cursor.execute(_SEARCH_SQL, parameters)
            return [ScoredMove(clip_id=row[0], score=round(row[1], 9)) for row in cursor.fetchall()]


def _term_sql(name: VectorName) -> str:
    # [cosine distance] = 1 - cos, hence (cos + 1) / 2 = 1 - distance / 2
    nearness = f"1 - ({name}_embedding <=> %({name})s::vector) / 2"
    return f"%({name}_weight)s * COALESCE({nearness}, %(neutral)s)"


# search_moves: the weighted nearness of every document for which the terms hold
_SEARCH_SQL = f"""
SELECT clip_id,
       CASE WHEN COALESCE(quality_score, 1) < %(min_quality)s THEN %(neutral)s
            ELSE {" + ".join(_term_sql(name) for name in VECTOR_DIMENSIONS)} END AS score
  FROM move_embeddings
 WHERE (%(difficulties)s::text[] IS NULL OR difficulty = ANY(%(difficulties)s::text[]))
   AND (%(energies)s::text[] IS NULL OR energy_level = ANY(%(energies)s::text[]))
   AND (%(clip_ids)s::text[] IS NULL OR clip_id = ANY(%(clip_ids)s::text[]))
 ORDER BY score DESC, clip_id COLLATE "C"
 LIMIT %(limit)s
"""  # noqa: S608 — built from the constants above only


def _document(row: MoveEmbeddingRow) -> MoveDocument:
    vectors: dict[VectorName, Vector] = {}
    for name in VECTOR_DIMENSIONS:
        stored = getattr(row, f"{name}_embedding")
        if stored is not None:
            vectors[name] = tuple(float(number) for number in _numbers(stored))
    terms = cast(dict[str, Any], {name: getattr(row, name) for name in TERMS})
    return MoveDocument(clip_id=row.clip_id, vectors=vectors or EMPTY_VECTORS, **terms)


def _numbers(stored: Any) -> list[float]:
    return stored.to_list() if isinstance(stored, PgVector) else list(stored)
