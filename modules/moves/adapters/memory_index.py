"""The move index in a dictionary, for tests and for small tools without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from modules.moves.contract import MoveDocument, MoveQuery, ScoredMove, Vector, VectorName
from modules.moves.document_matrix import DocumentMatrix
from modules.moves.vectors import checked_vectors


class MemoryMoveIndex:
    """``MoveIndex`` in memory."""

    def __init__(self) -> None:
        self._documents: dict[str, MoveDocument] = {}

    def put(self, document: MoveDocument) -> None:
        """Store a document in place of the one with its ``clip_id``."""
        vectors = dict(checked_vectors(document.vectors))
        self._documents[document.clip_id] = replace(document, vectors=vectors)

    def find(self, clip_id: str) -> MoveDocument | None:
        """Return the document, or None."""
        return self._documents.get(clip_id)

    def list_documents(self, clip_ids: frozenset[str] | None = None) -> list[MoveDocument]:
        """Return the documents, or those named, by clip id."""
        wanted = self._documents.keys() if clip_ids is None else clip_ids & self._documents.keys()
        return [self._documents[clip_id] for clip_id in sorted(wanted)]

    def delete(self, clip_id: str) -> None:
        """Forget a document; the second time does nothing."""
        self._documents.pop(clip_id, None)

    def search(self, query: MoveQuery) -> list[ScoredMove]:
        """Score the documents for which the terms hold, best first, ties by clip id."""
        return DocumentMatrix(self._documents.values()).search(query)

    def mean_vectors(self, query: MoveQuery) -> Mapping[VectorName, Vector]:
        """Return what the documents for which the terms hold have in common."""
        return DocumentMatrix(self._documents.values()).mean_vectors(query)
