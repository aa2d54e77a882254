"""Index documents and the poses that complete them."""

from __future__ import annotations

from dataclasses import replace

from modules.moves.contract import EMPTY_VECTORS, POSE_VECTORS, ClipPoses, MoveDocument

POSE_VERSION = "yolov8_pose_v1"
"""The construction of our vectors; a document's version adds a fingerprint of the model."""


def with_poses(document: MoveDocument, poses: ClipPoses) -> MoveDocument:
    """Return a document completed with poses; a vector that it has is kept."""
    return replace(
        document,
        vectors=dict(poses.vectors) | dict(document.vectors),
        quality_score=poses.quality_score,
        detection_rate=poses.detection_rate,
        frame_count=poses.frame_count,
        processing_time=poses.processing_time,
        version=poses.version,
    )


def without_stale_poses(document: MoveDocument) -> MoveDocument:
    """Return the document of a clip whose video is another one now.

    What was read here is gone; what a legacy index said stays.
    """
    if not document.version.startswith(POSE_VERSION):
        return document
    kept = {name: v for name, v in document.vectors.items() if name not in POSE_VECTORS}
    return replace(
        document,
        vectors=kept or EMPTY_VECTORS,
        quality_score=None,
        detection_rate=None,
        frame_count=None,
        processing_time=None,
        version="",
    )
