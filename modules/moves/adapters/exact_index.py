"""The move index in PostgreSQL, compared in this process: for servers without pgvector.

A library of a few hundred moves is compared in milliseconds; the scores are the same.
"""

from __future__ import annotations

from modules.moves.adapters.documents import DocumentRows
from modules.moves.contract import MoveQuery, ScoredMove
from modules.moves.vectors import search_documents


class ExactMoveIndex(DocumentRows):
    """``MoveIndex`` over ``bachata.move_embeddings``; needs no extension."""

    def search(self, query: MoveQuery) -> list[ScoredMove]:
        """Score the documents for which the terms hold, best first, ties by clip id."""
        return search_documents(self.list_documents(query.clip_ids), query)
