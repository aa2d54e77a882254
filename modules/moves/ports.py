"""What the move library needs from the outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from engine.contract import ClipBeats, ClipMotion
from modules.moves.contract import (
    ClipPoses,
    MoveDocument,
    MoveQuery,
    ScoredMove,
    Vector,
    VectorName,
)


class MoveIndex(Protocol):
    """Finds moves by terms and by nearness of their vectors."""

    def put(self, document: MoveDocument) -> None:
        """Store a document in place of the one with its ``clip_id``; part of an open transaction.

        Raises
        ------
        ValueError
            If a vector has the wrong length, is all zero, or holds a number that is not finite.
        """

    def find(self, clip_id: str) -> MoveDocument | None:
        """Return the document, or None."""

    def list_documents(self, clip_ids: frozenset[str] | None = None) -> list[MoveDocument]:
        """Return the documents, or those named, by clip id."""

    def delete(self, clip_id: str) -> None:
        """Forget a document; the second time does nothing."""

    def search(self, query: MoveQuery) -> list[ScoredMove]:
        """Score the documents for which the terms hold, best first, ties by clip id.

        The score is ``sum(weight * (cos + 1) / 2)`` with ``VECTOR_WEIGHTS``. A vector that the
        query or the document lacks, or one of a document under ``MIN_QUALITY``, counts as
        ``NEUTRAL_SCORE``: such moves remain usable, and rank where nothing is known.
        """

    def mean_vectors(self, query: MoveQuery) -> Mapping[VectorName, Vector]:
        """Return what the documents for which the terms hold have in common.

        Returns
        -------
        mapping
            The mean direction of each vector, of length 1; every document's counts alike,
            whatever its length. Names for which no document can be compared, or whose
            directions cancel, are left out. The query's own vectors and limit do not matter.
        """


class TextEmbedder(Protocol):
    """Turns words into a text vector; there is one where the extra ``text`` is installed."""

    def embed(self, text: str) -> Vector:
        """Return the words' vector of 384 components, not all zero.

        It must be of the model that made the index's text vectors: nearness between the
        vectors of two models means nothing.

        Raises
        ------
        TextModelUnusable
            If the model cannot be loaded.
        """


class PreparedClip(Protocol):
    """What preparing a clip gave."""

    @property
    def keyframes_s(self) -> Sequence[float]:
        """Times in the mezzanine that are a beat and a keyframe, in order."""

    @property
    def duration_s(self) -> float:
        """Length of the mezzanine in seconds."""

    @property
    def motion(self) -> ClipMotion:
        """What moves, picture by picture."""

    @property
    def background(self) -> bytes:
        """What stands still, tiny; see ``engine.video.meters``."""


class ClipPreparer(Protocol):
    """Writes the mezzanine and the thumbnail of a clip; picklable, runs in a worker process."""

    def __call__(
        self, source: Path, target: Path, thumbnail: Path, *, beats_s: Sequence[float]
    ) -> PreparedClip:
        """Decode ``source`` and write ``target`` (MP4) and ``thumbnail`` (JPEG).

        Raises
        ------
        UnusableClip
            If the clip cannot be decoded, or is too short or too long.
        """


class ClipBeatFinder(Protocol):
    """Finds a clip's own beat grid; picklable, runs in a worker process."""

    def __call__(self, source: Path, *, annotated_tempo_bpm: float | None) -> ClipBeats:
        """Find the beats in the clip's sound; else count them from the annotated tempo.

        Raises
        ------
        UnusableClip
            If the clip has neither a beat to be heard nor an annotated tempo, or is corrupt.
        """


class PoseReader(Protocol):
    """Reads the poses of a clip's couple; picklable, runs in a worker process."""

    @property
    def version(self) -> str:
        """Name construction and model: at most 50 characters, the same for the same numbers."""

    def __call__(self, video: Path, *, beats_s: Sequence[float]) -> ClipPoses:
        """Read a prepared clip, sampled along the beats of its mezzanine.

        Raises
        ------
        PoseModelUnusable
            If the model fails.
        """
