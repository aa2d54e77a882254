"""Vectors of moves, and whether they can be compared."""

from __future__ import annotations

import math
from collections.abc import Mapping

from modules.moves.contract import VECTOR_DIMENSIONS, Vector, VectorName


def checked_vectors(vectors: Mapping[VectorName, Vector]) -> Mapping[VectorName, Vector]:
    """Return the vectors when each can be compared by its cosine.

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
