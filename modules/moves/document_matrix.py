"""Documents compared by their vectors: all of them at once, and exactly.

A document's five vectors, each brought to length 1 and scaled by the root of its weight, stand
one after another in one row; a query's likewise. The inner product of two rows is the weighted
sum of their cosines, and as the weights sum to 1, ``sum(w * (cos + 1) / 2) = (1 + inner) / 2``.
A vector that is missing is all zero: its cosine counts as 0, which is neutral.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from modules.moves.contract import (
    VECTOR_DIMENSIONS,
    VECTOR_WEIGHTS,
    MoveDocument,
    MoveQuery,
    ScoredMove,
    Vector,
    VectorName,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_COMPONENTS = sum(VECTOR_DIMENSIONS.values())
COLUMNS: Mapping[VectorName, slice] = {
    name: slice(end - VECTOR_DIMENSIONS[name], end)
    for name, end in zip(VECTOR_DIMENSIONS, accumulate(VECTOR_DIMENSIONS.values()), strict=True)
}
"""Where each vector stands in a row."""


class DocumentMatrix:
    """What a search needs of the documents: their terms, and a row for each one's vectors.

    Parameters
    ----------
    documents : iterable of MoveDocument
        Read once; their vectors must be such as ``checked_vectors`` lets pass.
    """

    def __init__(self, documents: Iterable[MoveDocument]) -> None:
        self._terms: list[tuple[str, str, str]] = []
        rows = []
        for document in documents:
            self._terms.append((document.clip_id, document.difficulty, document.energy_level))
            rows.append(_row(document.vectors if document.is_comparable else {}))
        self._rows = np.stack(rows) if rows else np.zeros((0, N_COMPONENTS))

    def search(self, query: MoveQuery) -> list[ScoredMove]:
        """Return the documents for which the query's terms hold; see ``MoveIndex.search``."""
        scores = (1 + self._rows @ _row(query.vectors)) / 2
        hits = [
            ScoredMove(clip_id=self._terms[i][0], score=round(float(scores[i]), 9))
            for i in self._fitting(query)
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.clip_id))
        return hits[: query.limit]

    def mean_vectors(self, query: MoveQuery) -> dict[VectorName, Vector]:
        """Return what the documents that fit have in common; see ``MoveIndex.mean_vectors``."""
        total = self._rows[list(self._fitting(query))].sum(axis=0)
        means = {name: total[columns] for name, columns in COLUMNS.items()}
        return {name: tuple(_unit(mean).tolist()) for name, mean in means.items() if mean.any()}

    def _fitting(self, query: MoveQuery) -> Iterator[int]:
        for i, (clip_id, difficulty, energy_level) in enumerate(self._terms):
            if query.difficulties and difficulty not in query.difficulties:
                continue
            if query.energies and energy_level not in query.energies:
                continue
            if query.clip_ids is None or clip_id in query.clip_ids:
                yield i


def _row(vectors: Mapping[VectorName, Vector]) -> NDArray[np.float64]:
    """Return vectors as one row of ``N_COMPONENTS``; zero where one is missing."""
    row = np.zeros(N_COMPONENTS)
    for name, columns in COLUMNS.items():
        if name in vectors:
            row[columns] = np.sqrt(VECTOR_WEIGHTS[name]) * _unit(np.asarray(vectors[name]))
    return row


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)
