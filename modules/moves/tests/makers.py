"""Makers of what the tests of the move library need."""

from __future__ import annotations

import ctypes
import errno
import json
import math
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.contract import ClipBeats, ClipMotion, UnusableClip
from modules.moves.contract import (
    POSE_VECTORS,
    VECTOR_DIMENSIONS,
    ClipPoses,
    MoveDocument,
    Vector,
    VectorName,
)


def a_vector(name: VectorName, *, angle: float = 0.0) -> Vector:
    """A vector whose cosine to the one of angle 0 is ``cos(angle)``."""
    rest = [0.0] * (VECTOR_DIMENSIONS[name] - 2)
    return (3 * math.cos(angle), 3 * math.sin(angle), *rest)


def all_vectors(**angles: float) -> dict[VectorName, Vector]:
    """All five vectors; those named are turned by the angle given."""
    return {name: a_vector(name, angle=angles.get(name, 0.0)) for name in VECTOR_DIMENSIONS}


def a_document(clip_id: str, **values: Any) -> MoveDocument:
    """An index document without vectors, if not said otherwise."""
    terms: dict[str, Any] = {
        "move_label": "basic_step",
        "difficulty": "beginner",
        "energy_level": "medium",
    }
    return MoveDocument(clip_id=clip_id, **(terms | values))


def an_annotation(clip_id: str, **values: Any) -> dict[str, Any]:
    """One row of ``bachata_annotations.json``."""
    return {
        "clip_id": clip_id,
        "video_path": f"{clip_id}.mp4",
        "move_label": "basic_step",
        "energy_level": "medium",
        "estimated_tempo": 120,
        "difficulty": "beginner",
        "lead_follow_roles": "both",
        "notes": "Continuous basic steps throughout 14 seconds",
    } | values


def annotate(folder: Path, rows: Sequence[object]) -> Path:
    """Write the annotations of a folder, and a file for each clip that has none."""
    folder.mkdir(exist_ok=True)
    (folder / "bachata_annotations.json").write_text(json.dumps({"clips": rows}))
    for row in rows:
        video = folder / f"{row['clip_id']}.mp4" if isinstance(row, dict) else None
        if video and row.get("video_path") == video.name and not video.exists():
            video.write_text(f"pictures of {row['clip_id']}")
    return folder


def a_backup(path: Path, documents: Sequence[dict[str, Any]]) -> Path:
    """Write a backup of the legacy index."""
    path.write_text(json.dumps({"count": len(documents), "embeddings": documents}))
    return path


def a_backup_row(clip_id: str, **values: Any) -> dict[str, Any]:
    """One document of the backup, with five vectors."""
    row = an_annotation(clip_id) | {"quality_score": 0.9, "detection_rate": 1, "frame_count": 300}
    vectors = {f"{name}_embedding": list(v) for name, v in all_vectors().items()}
    return row | {"processing_time": 1.5, "version": "mmpose_v1"} | vectors | values


@dataclass(frozen=True)
class Prepared:
    """What a fake preparer gives."""

    keyframes_s: tuple[float, ...]
    duration_s: float
    motion: ClipMotion = ClipMotion()  # noqa: RUF009
    background: bytes = b""


def prepare_nothing(
    source: Path, target: Path, thumbnail: Path, *, beats_s: Sequence[float]
) -> Prepared:
    """Prepare a clip without looking at pictures; one that says "corrupt" is."""
    content = source.read_text()
    if "corrupt" in content:
        raise UnusableClip("The video cannot be decoded.", code="clip_corrupt")
    target.write_text(f"mezzanine of {content} on {list(beats_s)}")
    thumbnail.write_text("a thumbnail")
    return Prepared(keyframes_s=tuple(beats_s), duration_s=beats_s[-1] + 0.4)


def count_beats(source: Path, *, annotated_tempo_bpm: float | None) -> ClipBeats:
    """Hear 125 BPM, but only where the file says "loud"; else count by the annotation."""
    loud = "loud" in source.read_text()
    if not loud and annotated_tempo_bpm is None:
        raise UnusableClip("The clip is silent and has no annotated tempo.", code="clip_untimed")
    tempo_bpm = 125.0 if loud else float(annotated_tempo_bpm or 0)
    beats_s = tuple(0.25 + 60 / tempo_bpm * i for i in range(12))
    return ClipBeats(beats_s=beats_s, tempo_bpm=tempo_bpm, source="sound" if loud else "annotated")


def crash(source: Path, target: Path, thumbnail: Path, *, beats_s: Sequence[float]) -> Prepared:
    """Prepare a clip, as libav at its worst.

    One that says "deadly" takes its process with it, "endless" waits deaf to Python, "swollen"
    asks for all memory.
    """
    content = source.read_text()
    if "deadly" in content:
        os._exit(139)
    if "endless" in content:
        ctypes.PyDLL(None).sleep(3600)
    if "swollen" in content:
        target.write_bytes(bytes(2 << 30))
    return prepare_nothing(source, target, thumbnail, beats_s=beats_s)


class MediaInMemory:
    """A media storage; ``fails`` makes it raise when something is put."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.fails: Exception | None = None

    def put(self, key: str, source: Path) -> None:
        """Keep a file."""
        if self.fails:
            raise self.fails
        self.puts.append(key)
        self.files[key] = source.read_bytes()

    def fetch(self, key: str, target: Path) -> None:
        """Give a file."""
        target.write_bytes(self.files[key])

    def local_path(self, key: str) -> Path | None:
        """There are no local files."""
        return None

    def exists(self, key: str) -> bool:
        """Whether it is kept."""
        return key in self.files

    def delete(self, key: str) -> None:
        """Forget a file."""
        self.files.pop(key, None)


def fill_the_disk(
    source: Path, target: Path, thumbnail: Path, *, beats_s: Sequence[float]
) -> Prepared:
    """Find no room for the mezzanine."""
    raise OSError(errno.ENOSPC, "No space left on device")


def work_for_ever(
    source: Path, target: Path, thumbnail: Path, *, beats_s: Sequence[float]
) -> Prepared:
    """Leave this process's id in place of a thumbnail, and never come back."""
    partial = thumbnail.with_suffix(".part")
    partial.write_text(str(os.getpid()))
    partial.rename(thumbnail)
    threading.Event().wait()
    raise AssertionError


@dataclass(frozen=True)
class InventedPoses:
    """A pose reader that looks at no pictures: "nobody" is seen there, or it is "deadly"."""

    version: str = "yolov8_pose_v1/invented"

    def __call__(self, video: Path, *, beats_s: Sequence[float]) -> ClipPoses:
        """Give vectors, of a clip on which somebody is seen."""
        content = video.read_text()
        if "deadly" in content:
            os._exit(139)
        vectors = {name: a_vector(name, angle=1.0) for name in POSE_VECTORS}
        return ClipPoses(
            vectors={} if "nobody" in content else vectors,
            quality_score=0.0 if "nobody" in content else 0.8,
            detection_rate=0.0 if "nobody" in content else 0.7,
            frame_count=6 * (len(beats_s) - 1),
            processing_time=0.25,
            version=self.version,
        )
