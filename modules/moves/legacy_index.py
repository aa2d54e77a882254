"""Reading a backup of the legacy index: its documents, as they are.

There are two forms. The first has five vectors a document. The later library's has three, of which
only that of its text can be compared with anything: its ``pose_embedding`` is one dancer's mean
place in the picture, and its ``audio_embedding`` was filled with random numbers by the program
that wrote it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from modules.moves.annotation_values import ValueReader
from modules.moves.annotations import distinct_id
from modules.moves.contract import (
    VECTOR_DIMENSIONS,
    EmbeddingsUnusable,
    MoveDocument,
    UnknownValue,
    Vector,
    VectorName,
)
from modules.moves.vectors import checked_vectors

MAX_BACKUP_BYTES = 500_000_000


LATER_FORM = "pose_embedding"
"""The field that only documents of the later form have."""

LATER_VECTORS: tuple[VectorName, ...] = ("text",)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyIndex:
    """A backup's documents, and what else it says.

    Attributes
    ----------
    styles : mapping of str to str
        By clip id, the style that the later form gives a clip.
    left_out : mapping of str to int
        How many vectors could not be taken, by the name of their field.
    unknown : tuple of UnknownValue
        Terms that nobody knows.
    """

    documents: tuple[MoveDocument, ...] = ()
    styles: Mapping[str, str]
    left_out: Mapping[str, int]
    unknown: tuple[UnknownValue, ...] = ()


NO_LEGACY_INDEX = LegacyIndex(styles={}, left_out={})


def read_legacy_index(path: Path) -> LegacyIndex:
    """Return what the backup holds; one document that cannot be read refuses the whole.

    Raises
    ------
    EmbeddingsUnusable
        If the file is missing, not JSON, holds no documents, or one of them lacks its name or
        label, or has a vector of the wrong length.
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
    return _index(path, rows)


def _index(path: Path, rows: list[Any]) -> LegacyIndex:
    values, left_out = ValueReader(), Counter[str]()
    documents: dict[str, MoveDocument] = {}
    styles: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        document = _document(path, number, row, values)
        # A document said twice counts the second time, as in the index itself.
        is_twin = document.clip_id in documents and LATER_FORM in row
        if is_twin:
            label, known = document.move_label, documents
            clip_id = distinct_id(document.clip_id, label, known=known) or document.clip_id
            document = replace(document, clip_id=clip_id)
        documents[document.clip_id] = document
        if isinstance(row.get("style"), str):
            styles[document.clip_id] = row["style"][:30].lower()
        taken = {f"{name}_embedding" for name in document.vectors}
        left_out.update(
            key for key in row if key.endswith("_embedding") and row[key] and key not in taken
        )
    return LegacyIndex(
        documents=tuple(documents.values()),
        styles=styles,
        left_out=dict(left_out),
        unknown=values.unknown(),
    )


def _document(path: Path, number: int, row: object, values: ValueReader) -> MoveDocument:
    name = row.get("clip_id") if isinstance(row, dict) else None
    try:
        if not isinstance(row, dict) or not isinstance(name, str) or not 0 < len(name) <= 100:
            raise ValueError("it has no clip_id")
        return MoveDocument(
            clip_id=name,
            move_label=_term(row, "move_label"),
            difficulty=values.difficulty(row),
            energy_level=values.energy(row),
            lead_follow_roles=values.roles(row),
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
    for name in LATER_VECTORS if LATER_FORM in row else VECTOR_DIMENSIONS:
        stored = row.get(f"{name}_embedding")
        if stored is None:
            continue
        if not isinstance(stored, list) or not all(_is_number(number) for number in stored):
            raise ValueError(f"{name}_embedding is not a list of numbers")
        vectors[name] = tuple(float(number) for number in stored)
    return vectors


def _term(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= 100:
        raise ValueError(f"its {key} is {value!r}")
    return value


def _number(row: Mapping[str, Any], key: str) -> float | None:
    value = row.get(key)
    if value is not None and not _is_number(value):
        raise ValueError(f"its {key} is {value!r}")
    return None if value is None else float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
