"""Reading a moves folder: its ``bachata_annotations.json``, checked row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from engine.contract import DIFFICULTIES, ENERGY_LEVELS, Difficulty, Energy
from modules.moves.contract import (
    ROLES,
    ClipRefused,
    MovesFolderUnusable,
    RefusedClip,
    Roles,
)

ANNOTATIONS = "bachata_annotations.json"
MAX_ANNOTATIONS_BYTES = 10_000_000
MIN_TEMPO_BPM, MAX_TEMPO_BPM = 40.0, 260.0
MAX_NOTES_LENGTH = 2000
MAX_FIRST_ONE_S = 120.0

_CLIP_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_LABEL = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_FIGURE = re.compile(r"(?P<figure>[^.:;]{3,60}?)\s+(throughout|from seconds?)\b")
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
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What a person wrote about one clip."""

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


def read_annotations(folder: Path) -> tuple[list[Annotation], list[RefusedClip]]:
    """Return the folder's clips that are annotated well, and the rows that are not.

    Raises
    ------
    MovesFolderUnusable
        If there is no such folder, or its annotations are missing, unreadable or empty.
    """
    accepted: dict[str, Annotation] = {}
    refused: list[RefusedClip] = []
    for number, row in enumerate(_rows(folder), start=1):
        try:
            annotation = _annotation(folder, row)
            if annotation.clip_id in accepted:
                raise _bad("its clip_id was used by an earlier clip")
        except ClipRefused as error:
            refused.append(_refusal(row, number, error))
        else:
            accepted[annotation.clip_id] = annotation
    return list(accepted.values()), refused


def readable_name(label: str, notes: str) -> str:
    """Return a name for people: as the notes call it, else by its label.

    ``"Double cross body lead throughout 8 seconds"`` is a "Double cross body lead".
    """
    figure = _FIGURE.match(notes)
    text = figure["figure"] if figure else label.replace("_", " ")
    return text[0].upper() + text[1:]


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


def _annotation(folder: Path, row: object) -> Annotation:
    if not isinstance(row, dict):
        raise _bad("it is not an object")
    if unknown := sorted(set(row) - _FIELDS):
        raise _bad(f"nobody knows its field {', '.join(unknown)}")
    label = _text(row, "move_label", pattern=_LABEL)
    notes = _optional_text(row, "notes")
    name = _optional_text(row, "name")
    video_path = _text(row, "video_path")
    return Annotation(
        clip_id=_text(row, "clip_id", pattern=_CLIP_ID),
        source=_inside(folder, video_path),
        video_path=video_path,
        move_label=label,
        name=name or readable_name(label, notes),
        difficulty=cast(Difficulty, _one_of(row, "difficulty", DIFFICULTIES)),
        energy_level=cast(Energy, _one_of(row, "energy_level", ENERGY_LEVELS)),
        lead_follow_roles=cast(
            Roles, _one_of({"lead_follow_roles": "both"} | row, "lead_follow_roles", ROLES)
        ),
        notes=notes,
        tempo_bpm=_tempo(row),
        first_one_s=_first_one(row),
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


def _one_of(row: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str:
    value = row.get(key)
    if value not in known:
        raise _bad(f"its {key} is {value!r}, not one of {', '.join(known)}")
    return str(value)


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


def _inside(folder: Path, video_path: str) -> Path:
    """Return the clip's file; links are followed before it is judged where it lies."""
    try:
        source = (folder / video_path).resolve()
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
