"""Vectors of moves: checking, averaging and comparing them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from modules.moves.contract import (
    NEUTRAL_SCORE,
    VECTOR_DIMENSIONS,
    VECTOR_WEIGHTS,
    MoveDocument,
    MoveQuery,
    ScoredMove,
    Vector,
    VectorName,
)


def checked_vectors(vectors: Mapping[VectorName, Vector]) -> Mapping[VectorName, Vector]:
    """Give the vectors back when each can be compared by its cosine.

    Raises
    ------
    ValueError
        If one is unknown, has the wrong length, is all zero, or holds infinities or NaN.
    """
    for name, vector in vectors.items():
        dimensions = VECTOR_DIMENSIONS.get(name)
        if dimensions is None:
            raise ValueError(f"there is no vector named {name}")
        if len(vector) != dimensions:
            raise ValueError(f"{name} has {len(vector)} components, not {dimensions}")
        length = math.hypot(*vector)
        if not math.isfinite(length) or length == 0:
            raise ValueError(f"{name} has no direction")
    return vectors


def search_documents(documents: Iterable[MoveDocument], query: MoveQuery) -> list[ScoredMove]:
    """Score the documents for which the query's terms hold, best first, ties by clip id."""
    hits = [
        ScoredMove(clip_id=document.clip_id, score=round(score, 9))
        for document in documents
        if not query.difficulties or document.difficulty in query.difficulties
        if not query.energies or document.energy_level in query.energies
        for score in [weighted_score(query.vectors, document)]
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.clip_id))
    return hits[: query.limit]


def weighted_score(query: Mapping[VectorName, Vector], document: MoveDocument) -> float:
    """Score a document against the query vectors; see ``MoveIndex.search``.

    Returns
    -------
    float
        ``sum(weight * (cos + 1) / 2)`` in [0, 1]; ``NEUTRAL_SCORE`` stands for what is missing.
    """
    if not document.is_comparable:
        return NEUTRAL_SCORE
    return math.fsum(
        weight * _nearness(query.get(name), document.vectors.get(name))
        for name, weight in VECTOR_WEIGHTS.items()
    )


def mean_vectors(documents: Iterable[MoveDocument]) -> dict[VectorName, Vector]:
    """Average the directions of comparable documents: the vectors of what they have in common.

    Each vector is brought to length 1 first, so that none outweighs the others. Names for
    which no document has a vector, or whose directions cancel, are left out.
    """
    comparable = [document for document in documents if document.is_comparable]
    means: dict[VectorName, Vector] = {}
    for name in VECTOR_DIMENSIONS:
        directions = [_direction(d.vectors[name]) for d in comparable if name in d.vectors]
        total = [math.fsum(components) for components in zip(*directions, strict=True)]
        if any(total):
            means[name] = _direction(tuple(total))
    return means


def _nearness(first: Vector | None, second: Vector | None) -> float:
    if first is None or second is None:
        return NEUTRAL_SCORE
    cosine = math.sumprod(first, second) / (math.hypot(*first) * math.hypot(*second))
    return (cosine + 1) / 2


def _direction(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return tuple(component / length for component in vector)
