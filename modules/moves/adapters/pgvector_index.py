"""The move index in PostgreSQL, compared there by the extension pgvector."""

from __future__ import annotations

from typing import Any

from django.db import connection
from pgvector import Vector as PgVector

from modules.moves.adapters.documents import DocumentRows
from modules.moves.contract import (
    MIN_QUALITY,
    NEUTRAL_SCORE,
    VECTOR_DIMENSIONS,
    VECTOR_WEIGHTS,
    MoveQuery,
    ScoredMove,
    VectorName,
)


class PgvectorMoveIndex(DocumentRows):
    """``MoveIndex`` over ``bachata.move_embeddings``; needs the extension."""

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
            rows = cursor.fetchall()
        return [ScoredMove(clip_id=clip_id, score=round(score, 9)) for clip_id, score in rows]


def _term_sql(name: VectorName) -> str:
    # [cosine distance] = 1 - cos, hence (cos + 1) / 2 = 1 - distance / 2
    nearness = f"1 - ({name}_embedding::vector <=> %({name})s::vector) / 2"
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
