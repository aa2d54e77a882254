"""Clips as rows of ``move_clips``, and back."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from modules.moves.annotations import Annotation
from modules.moves.contract import MoveClip
from modules.moves.models import MoveClipRow

_COLUMNS = tuple(field.name for field in fields(MoveClip))
_GIVEN_BY_DATABASE = {"clip_id", "imported_at"}


def as_clip(row: MoveClipRow) -> MoveClip:
    """Read a row."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    values.update(beats_s=tuple(row.beats_s), keyframes_s=tuple(row.keyframes_s))
    return MoveClip(**values)


def values_of(clip: MoveClip) -> dict[str, Any]:
    """Give a clip's columns, without those that the database gives."""
    values = {name: getattr(clip, name) for name in _COLUMNS if name not in _GIVEN_BY_DATABASE}
    return values | {"beats_s": list(clip.beats_s), "keyframes_s": list(clip.keyframes_s)}


def described(clip: MoveClip, annotation: Annotation) -> MoveClip:
    """Give the clip as the annotation describes it now."""
    return replace(
        clip,
        move_label=annotation.move_label,
        name=annotation.name,
        difficulty=annotation.difficulty,
        energy_level=annotation.energy_level,
        lead_follow_roles=annotation.lead_follow_roles,
        notes=annotation.notes,
        annotated_tempo_bpm=annotation.tempo_bpm,
    )
