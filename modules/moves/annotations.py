"""Reading a moves folder: its ``bachata_annotations.json``, checked row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from engine.contract import Difficulty, Energy
from modules.moves.annotation_values import ValueReader
from modules.moves.contract import (
    ClipRefused,
    MovesFolderUnusable,
    RefusedClip,
    Roles,
    UnknownValue,
)
from modules.moves.naming import readable_name

ANNOTATIONS = "bachata_annotations.json"
MAX_ANNOTATIONS_BYTES = 10_000_000
MIN_TEMPO_BPM, MAX_TEMPO_BPM = 40.0, 260.0
MAX_NOTES_LENGTH = 2000
MAX_FIRST_ONE_S = 120.0
MAX_COUNT_IN = 64

_CLIP_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_LABEL = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_STYLE = re.compile(r"[a-z]{2,30}")
CLIPS_FOLDER = "Bachata_steps"
"""Where the old application kept its clips; the later library leaves it out of its paths."""

_FIELDS = frozenset(
    {
        "clip_id",
        "video_path",
        "move_label",
        "name",
        "energy_level",
        "estimated_tempo",
        "difficulty",
        "lead_follow_roles",
        "notes",
        "first_one_s",
        "count_in",
        "style",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What a person wrote about one clip.

    Where its one is may be said by the second at which it is heard, ``first_one_s``, or by the
    beats that come before it, ``count_in``; the first of the two counts.
    """

    clip_id: str
    source: Path
    video_path: str
    move_label: str
    name: str
    difficulty: Difficulty
    energy_level: Energy
    lead_follow_roles: Roles
    notes: str
    tempo_bpm: float | None
    first_one_s: float | None = None
    count_in: int | None = None
    style: str = ""


class ReadFolder(NamedTuple):
    """The clips that are annotated well, the rows that are not, and what nobody knows of them."""

    clips: list[Annotation]
    refused: list[RefusedClip]
    unknown: tuple[UnknownValue, ...]


def read_annotations(folder: Path) -> ReadFolder:
    """Return what a folder says of its clips.

    Two recordings with one id are told apart by their labels: the second ``paseala``, a bolero,
    is ``bolero_paseala``.

    Raises
    ------
    MovesFolderUnusable
        If there is no such folder, or its annotations are missing, unreadable or empty.
    """
    accepted: dict[str, Annotation] = {}
    refused: list[RefusedClip] = []
    values = ValueReader()
    for number, row in enumerate(_rows(folder), start=1):
        try:
            annotation = _distinct(_annotation(folder, row, values), accepted)
        except ClipRefused as error:
            refused.append(_refusal(row, number, error))
        else:
            accepted[annotation.clip_id] = annotation
    return ReadFolder(list(accepted.values()), refused, values.unknown())


def distinct_id(clip_id: str, label: str, *, known: Container[str]) -> str | None:
    """Return the id, or one with the label before it where it is known already; None if both are.

    The legacy index's documents are told apart in the same way.
    """
    return next((name for name in (clip_id, f"{label}_{clip_id}") if name not in known), None)


def _distinct(annotation: Annotation, known: Mapping[str, Annotation]) -> Annotation:
    clip_id = distinct_id(annotation.clip_id, annotation.move_label, known=known)
    earlier = known.get(annotation.clip_id)
    is_other = earlier is None or earlier.video_path != annotation.video_path
    if clip_id is None or not is_other or not _CLIP_ID.fullmatch(clip_id):
        raise _bad("its clip_id was used by an earlier clip")
    return replace(annotation, clip_id=clip_id)


def _rows(folder: Path) -> list[Any]:
    path = folder / ANNOTATIONS
    try:
        if not folder.is_dir():
            raise MovesFolderUnusable(f"There is no moves folder {folder}.")
        if not path.is_file():
            state = "has no" if any(folder.iterdir()) else "is empty: it has no"
            raise MovesFolderUnusable(f"The moves folder {folder} {state} {ANNOTATIONS}.")
        if path.stat().st_size > MAX_ANNOTATIONS_BYTES:
            raise MovesFolderUnusable(f"{path} is larger than {MAX_ANNOTATIONS_BYTES} bytes.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MovesFolderUnusable(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise MovesFolderUnusable(f"{path} is not JSON: {error}.") from error
    rows = content.get("clips") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not rows:
        raise MovesFolderUnusable(f'{path} annotates no clips: it needs a list "clips".')
    return rows


def _annotation(folder: Path, row: object, values: ValueReader) -> Annotation:
    if not isinstance(row, dict):
        raise _bad("it is not an object")
    for unknown in sorted(set(row) - _FIELDS):
        values.note_field(unknown)
    label = _text(row, "move_label", pattern=_LABEL)
    notes = _optional_text(row, "notes")
    name = _optional_text(row, "name")
    video_path = _text(row, "video_path")
    clip_id = _text(row, "clip_id", pattern=_CLIP_ID)
    return Annotation(
        clip_id=clip_id,
        source=_inside(folder, video_path),
        video_path=video_path,
        move_label=label,
        name=name or readable_name(label, notes, clip_id),
        difficulty=values.difficulty(row),
        energy_level=values.energy(row),
        lead_follow_roles=values.roles(row),
        notes=notes,
        tempo_bpm=_tempo(row),
        first_one_s=_first_one(row),
        count_in=_count_in(row),
        style=_style(row, values),
    )


def _text(row: Mapping[str, Any], key: str, *, pattern: re.Pattern[str] | None = None) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > 500 or "\0" in value:
        raise _bad(f"it has no {key}")
    if pattern and not (len(value) <= 100 and pattern.fullmatch(value)):
        raise _bad(f"its {key} {value!r} is not a plain name")
    return value


def _optional_text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key) or ""
    if not isinstance(value, str) or len(value) > MAX_NOTES_LENGTH or "\0" in value:
        raise _bad(f"its {key} are not a text of at most {MAX_NOTES_LENGTH} characters")
    return value.strip()


def _style(row: Mapping[str, Any], values: ValueReader) -> str:
    written = row.get("style")
    if written is None or (isinstance(written, str) and _STYLE.fullmatch(written)):
        return written or ""
    values.note_field("style")
    return ""


def _tempo(row: Mapping[str, Any]) -> float | None:
    value = row.get("estimated_tempo")
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not MIN_TEMPO_BPM <= value <= MAX_TEMPO_BPM:
        raise _bad(
            f"its estimated_tempo is {value!r}, not a number of beats a minute "
            f"between {MIN_TEMPO_BPM:.0f} and {MAX_TEMPO_BPM:.0f}"
        )
    return float(value)


def _first_one(row: Mapping[str, Any]) -> float | None:
    value = row.get("first_one_s")
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MAX_FIRST_ONE_S:
        raise _bad(f"its first_one_s is {value!r}, not seconds from the clip's start")
    return float(value)


def _count_in(row: Mapping[str, Any]) -> int | None:
    value = row.get("count_in")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_COUNT_IN:
        raise _bad(f"its count_in is {value!r}, not a number of beats up to {MAX_COUNT_IN}")
    return value


def _inside(folder: Path, video_path: str) -> Path:
    """Return the clip's file; links are followed before it is judged where it lies."""
    try:
        source = (folder / video_path).resolve()
        if not source.exists() and (folder / CLIPS_FOLDER / video_path).exists():
            source = (folder / CLIPS_FOLDER / video_path).resolve()
        is_inside = source.is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        raise ClipRefused("clip_missing", f"The video {video_path} is not there.") from error
    if not is_inside:
        raise ClipRefused(
            "clip_outside_folder", f"The video {video_path} lies outside the moves folder."
        )
    return source


def _bad(what: str) -> ClipRefused:
    return ClipRefused("bad_annotation", f"The annotation cannot be used: {what}.")


def _refusal(row: object, number: int, error: ClipRefused) -> RefusedClip:
    clip_id = row.get("clip_id") if isinstance(row, dict) else None
    shown = str(clip_id)[:100] if clip_id else f"clip number {number}"
    return RefusedClip(clip_id=shown, code=error.code, message=error.message)
