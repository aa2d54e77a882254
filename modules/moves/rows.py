"""Clips as rows of ``move_clips``, and back."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from engine.contract import Figure
from modules.moves.annotations import Annotation
from modules.moves.clip_count import figure_of, one_of
from modules.moves.clip_preparation import PreparationResult
from modules.moves.contract import MoveClip
from modules.moves.models import MoveClipRow

_DIVIDED = {"figure", "background"}
_COLUMNS = tuple(field.name for field in fields(MoveClip) if field.name not in _DIVIDED)
_ARRAYS = ("beats_s", "keyframes_s", "motion_by_beat")
_GIVEN_BY_DATABASE = {"clip_id", "imported_at"}


def as_clip(row: MoveClipRow) -> MoveClip:
    """Return the row as a value."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    figure = None
    if row.figure_start_s is not None and row.figure_end_s is not None:
        figure = Figure(start_s=row.figure_start_s, end_s=row.figure_end_s)
    arrays = {name: tuple(values[name]) for name in _ARRAYS}
    return MoveClip(**values | arrays, background=bytes(row.background), figure=figure)


def values_of(clip: MoveClip) -> dict[str, Any]:
    """Return a clip's columns, without those that the database gives."""
    values = {name: getattr(clip, name) for name in _COLUMNS if name not in _GIVEN_BY_DATABASE}
    arrays = {name: list(values[name]) for name in _ARRAYS}
    figure = (clip.figure.start_s, clip.figure.end_s) if clip.figure else (None, None)
    ends = dict(zip(("figure_start_s", "figure_end_s"), figure, strict=True))
    return values | arrays | ends | {"background": clip.background}


def described(clip: MoveClip, annotation: Annotation) -> MoveClip:
    """Return the clip as the annotation describes it now; a style is kept where it names none."""
    renamed = replace(
        clip,
        move_label=annotation.move_label,
        name=annotation.name,
        difficulty=annotation.difficulty,
        energy_level=annotation.energy_level,
        lead_follow_roles=annotation.lead_follow_roles,
        notes=annotation.notes,
        annotated_tempo_bpm=annotation.tempo_bpm,
        style=annotation.style or clip.style,
    )
    counted = replace(renamed, **one_of(renamed, annotation))
    return replace(counted, figure=figure_of(counted))


def prepared(annotation: Annotation, content_hash: str, made: PreparationResult) -> MoveClip:
    """Return the clip as it was prepared and annotated.

    Raises
    ------
    ClipRefused
        If the annotated one does not lie within the clip.
    """
    name = f"moves/{annotation.clip_id}/{made.digest}"
    clip = MoveClip(
        clip_id=annotation.clip_id,
        content_hash=content_hash,
        move_label=annotation.move_label,
        name=annotation.name,
        difficulty=annotation.difficulty,
        energy_level=annotation.energy_level,
        lead_follow_roles=annotation.lead_follow_roles,
        notes=annotation.notes,
        annotated_tempo_bpm=annotation.tempo_bpm,
        tempo_bpm=made.beats.tempo_bpm,
        tempo_source=made.beats.source,
        beats_s=made.beats.beats_s,
        keyframes_s=made.keyframes_s,
        duration_s=made.duration_s,
        mezzanine_key=f"{name}.mp4",
        thumbnail_key=f"{name}.jpg",
        one_beat=made.one.beat,
        one_source=made.one.source,
        motion_by_beat=made.motion_by_beat,
        background=made.background,
    )
    return described(clip, annotation)


def corrected_like(clip: MoveClip, earlier: MoveClip) -> MoveClip:
    """Return the clip with the one that somebody corrected, if somebody did."""
    if earlier.one_source != "corrected":
        return clip
    counted = replace(clip, one_beat=earlier.one_beat, one_source=earlier.one_source)
    return replace(counted, figure=figure_of(counted))
