"""What other modules and the job may know of the move library: values and errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from engine.contract import Clip, Difficulty, Energy, Figure, OneSource, TempoSource
from modules.errors import DomainError, TransientError

type Roles = Literal["both", "lead_focus", "follow_focus"]
type VectorName = Literal["audio", "lead", "follow", "interaction", "text"]
type Vector = tuple[float, ...]

ROLES: tuple[Roles, ...] = ("both", "lead_focus", "follow_focus")

VECTOR_DIMENSIONS: Mapping[VectorName, int] = MappingProxyType(
    {"audio": 128, "lead": 512, "follow": 512, "interaction": 256, "text": 384}
)
"""Components of each vector, as in the legacy index ``bachata_move_embeddings``."""

VECTOR_WEIGHTS: Mapping[VectorName, float] = MappingProxyType(
    {"text": 0.35, "audio": 0.35, "lead": 0.10, "follow": 0.10, "interaction": 0.10}
)
"""Share of each vector in a score, as in the old engine; they sum to 1."""

MIN_QUALITY = 0.5
"""Below this ``quality_score`` the vectors of a document are not trusted."""

NEUTRAL_SCORE = 0.5
"""Score of what cannot be compared: ``(cos + 1) / 2`` of two unrelated vectors."""

POSE_VECTORS: tuple[VectorName, ...] = ("lead", "follow", "interaction")
"""The vectors that describe how the couple moves."""

EMPTY_VECTORS: Mapping[VectorName, Vector] = MappingProxyType({})


class ClipRefused(DomainError):
    """A clip cannot join the library; ``code`` is one of ``REFUSAL_CODES``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


REFUSAL_CODES = frozenset(
    {
        "bad_annotation",
        "clip_outside_folder",
        "clip_missing",
        "clip_corrupt",
        "clip_untimed",
        "clip_too_short",
        "clip_too_long",
        "clip_crashed_decoder",
    }
)
"""Why a clip may be refused."""


class MovesFolderUnusable(DomainError):
    """The folder holds nothing to import: missing, empty, not annotated, or badly annotated."""

    code = "moves_folder_unusable"


class EmbeddingsUnusable(DomainError):
    """The backup of the legacy index is not what it should be; nothing of it was loaded."""

    code = "embeddings_unusable"


class PoseModelUnusable(DomainError):
    """The pose model is missing, corrupt, or finds no human keypoints; no clip was touched."""

    code = "pose_model_unusable"


class PoseReaderMissing(DomainError):
    """The installation lacks what pose models need; everything else works without."""

    code = "pose_reader_missing"


class TextModelUnusable(DomainError):
    """The folder holds no text model of the kind that made the index's vectors."""

    code = "text_model_unusable"


class TextEmbedderMissing(DomainError):
    """The installation lacks what text vectors need; everything else works without."""

    code = "text_embedder_missing"


class MoveNotFound(DomainError):
    """The library has no move of this name."""

    code = "move_not_found"


class NoRoomForClips(TransientError):
    """The disk is full; the clips stored so far remain."""

    code = "no_room_for_clips"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveClip:
    """One recorded move, prepared for cutting, as the library keeps it.

    ``keyframes_s`` are the times in the mezzanine that are a beat and a keyframe, in order.
    ``one_beat`` is the first of them that begins a bar, and ``one_source`` says who says so;
    ``motion_by_beat`` is how much moves around each. ``figure`` is the stretch that must be shown,
    in seconds, ``background`` what stands still, ``room`` where that is: the same word for clips
    of one room, ``scene`` on which occasion. ``style`` is a word somebody gave it, empty if nobody
    did.
    """

    clip_id: str
    content_hash: str
    move_label: str
    name: str
    difficulty: Difficulty
    energy_level: Energy
    lead_follow_roles: Roles
    notes: str
    annotated_tempo_bpm: float | None
    tempo_bpm: float
    tempo_source: TempoSource
    beats_s: tuple[float, ...]
    keyframes_s: tuple[float, ...]
    duration_s: float
    mezzanine_key: str
    thumbnail_key: str
    one_beat: int = 0
    one_source: OneSource = "unsure"
    motion_by_beat: tuple[float, ...] = ()
    figure: Figure | None = None
    background: bytes = b""
    room: str = ""
    scene: str = ""
    style: str = ""
    imported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDocument:
    """What the index knows of a move; the vectors that are known, by name."""

    clip_id: str
    move_label: str
    difficulty: Difficulty
    energy_level: Energy
    lead_follow_roles: Roles = "both"
    estimated_tempo: float | None = None
    video_path: str = ""
    quality_score: float | None = None
    detection_rate: float | None = None
    frame_count: int | None = None
    processing_time: float | None = None
    version: str = ""
    vectors: Mapping[VectorName, Vector] = field(default_factory=lambda: EMPTY_VECTORS)

    @property
    def is_comparable(self) -> bool:
        """Whether its vectors exist and are good enough to be compared."""
        quality = 1.0 if self.quality_score is None else self.quality_score
        return bool(self.vectors) and quality >= MIN_QUALITY


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPoses:
    """What the poses of a clip's dancers say: the fields of its document that depend on them.

    ``vectors`` is empty if no couple was seen; ``version`` names construction and model.
    """

    vectors: Mapping[VectorName, Vector]
    quality_score: float
    detection_rate: float
    frame_count: int
    processing_time: float
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveQuery:
    """What to look for: terms that must hold, and vectors to be near to.

    An empty set of terms does not filter. ``clip_ids`` restricts the search to clips on hand.
    """

    difficulties: frozenset[Difficulty] = frozenset()
    energies: frozenset[Energy] = frozenset()
    clip_ids: frozenset[str] | None = None
    vectors: Mapping[VectorName, Vector] = field(default_factory=lambda: EMPTY_VECTORS)
    limit: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredMove:
    """A hit of the index; ``score`` in [0, 1], 0.5 when nothing could be compared."""

    clip_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCandidate:
    """A clip that a choreography may use, with its fit to the wishes in [0, 1]."""

    clip: MoveClip
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The clips that fit the wishes, best first, and which wishes were dropped to find them.

    ``reasons`` holds a sentence for every word of ``relaxed``.
    """

    candidates: tuple[MoveCandidate, ...]
    relaxed: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedClips:
    """The clips the planner may use, which wishes were relaxed to find them, and why."""

    clips: tuple[Clip, ...]
    relaxed: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedClip:
    """A clip that was not imported, by name and reason."""

    clip_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownValue:
    """Something written of clips that nobody knows.

    ``value`` is empty for a field that was passed over; else it was ``taken_as`` another.
    """

    field: str
    value: str
    taken_as: str
    rows: int


type ClipOutcome = Literal["imported", "updated", "unchanged", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress:
    """One clip more is done."""

    done: int
    total: int
    clip_id: str
    outcome: ClipOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What one import did.

    Attributes
    ----------
    imported, updated, unchanged : tuple of str
        Clip ids: prepared anew; annotation changed only; nothing to do.
    documents : int
        Index documents taken over from the legacy index.
    left_out : mapping of str to int
        Vectors of the legacy index that could not be taken, by name: how many.
    unknown : tuple of UnknownValue
        What was written of the clips, and in the legacy index, that nobody knows.
    posed, without_poses : tuple of str
        Clip ids: vectors read from their pictures now; without such vectors, for lack of a
        pose model or of a couple to be seen.
    worded, without_texts : tuple of str
        Clip ids: a text vector made now; without one, for lack of a text model.
    prepared_s, took_s : float
        Playing time of the clips prepared, and wall-clock time of the import, in seconds.
    """

    imported: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[RefusedClip, ...] = ()
    documents: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    unknown: tuple[UnknownValue, ...] = ()
    posed: tuple[str, ...] = ()
    without_poses: tuple[str, ...] = ()
    worded: tuple[str, ...] = ()
    without_texts: tuple[str, ...] = ()
    prepared_s: float = 0.0
    took_s: float = 0.0
