"""Reading a backup of the legacy index: its documents, as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from engine.contract import DIFFICULTIES, ENERGY_LEVELS
from modules.moves.contract import (
    ROLES,
    VECTOR_DIMENSIONS,
    EmbeddingsUnusable,
    MoveDocument,
    Vector,
    VectorName,
)
from modules.moves.vectors import checked_vectors

MAX_BACKUP_BYTES = 500_000_000


def read_legacy_index(path: Path) -> list[MoveDocument]:
    """Return every document of the backup; one bad document refuses the whole.

    Raises
    ------
    EmbeddingsUnusable
        If the file is missing, not JSON, holds no documents, or one of them lacks a term or
        has a vector of the wrong length.
    """
    try:
        if path.stat().st_size > MAX_BACKUP_BYTES:
            raise EmbeddingsUnusable(f"{path} is larger than {MAX_BACKUP_BYTES} bytes.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EmbeddingsUnusable(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise EmbeddingsUnusable(f"{path} is not JSON: {error}.") from error
    rows = content.get("embeddings") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not rows:
        raise EmbeddingsUnusable(f'{path} holds no documents: it needs a list "embeddings".')
    return [_document(path, number, row) for number, row in enumerate(rows, start=1)]


def _document(path: Path, number: int, row: object) -> MoveDocument:
    name = row.get("clip_id") if isinstance(row, dict) else None
    try:
        if not isinstance(row, dict) or not isinstance(name, str) or not 0 < len(name) <= 100:
            raise ValueError("it has no clip_id")
        return MoveDocument(
            clip_id=name,
            move_label=_term(row, "move_label"),
            difficulty=cast(Any, _term(row, "difficulty", DIFFICULTIES)),
            energy_level=cast(Any, _term(row, "energy_level", ENERGY_LEVELS)),
            lead_follow_roles=cast(Any, _term(row, "lead_follow_roles", ROLES)),
            estimated_tempo=_number(row, "estimated_tempo"),
            video_path=str(row.get("video_path") or ""),
            quality_score=_number(row, "quality_score"),
            detection_rate=_number(row, "detection_rate"),
            frame_count=int(_number(row, "frame_count") or 0),
            processing_time=_number(row, "processing_time"),
            version=str(row.get("version") or "")[:50],
            vectors=checked_vectors(_vectors(row)),
        )
    except (ValueError, OverflowError) as error:
        shown = name or f"number {number}"
        raise EmbeddingsUnusable(f"Document {shown} of {path} is unusable: {error}.") from error


def _vectors(row: Mapping[str, Any]) -> dict[VectorName, Vector]:
    vectors: dict[VectorName, Vector] = {}
    for name in VECTOR_DIMENSIONS:
        stored = row.get(f"{name}_embedding")
        if stored is None:
            continue
        if not isinstance(stored, list) or not all(_is_number(number) for number in stored):
            raise ValueError(f"{name}_embedding is not a list of numbers")
        vectors[name] = tuple(float(number) for number in stored)
    return vectors


def _term(row: Mapping[str, Any], key: str, known: tuple[str, ...] = ()) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= 100 or (known and value not in known):
        raise ValueError(f"its {key} is {value!r}")
    return value


def _number(row: Mapping[str, Any], key: str) -> float | None:
    value = row.get(key)
    if value is not None and not _is_number(value):
        raise ValueError(f"its {key} is {value!r}")
    return None if value is None else float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
