"""What others may know of the collections module: values, errors, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from modules.errors import DomainError

MAX_TITLE = 200
"""Characters of a title; what the old app's column holds."""
MAX_NOTES = 2000
"""Characters of notes."""


class Topic(StrEnum):
    """The frozen names of the events of one saved choreography."""

    CHOREOGRAPHY_SAVED = "collections.ChoreographySaved"
    CHOREOGRAPHY_SAVED_AGAIN = "collections.ChoreographySavedAgain"
    CHOREOGRAPHY_REVISED = "collections.ChoreographyRevised"
    CHOREOGRAPHY_REMOVED = "collections.ChoreographyRemoved"


class Origin(StrEnum):
    """Who caused an event."""

    DANCER = "dancer"
    """The owner, through us."""
    AUTO_SAVE = "auto-save"
    """We, because the owner's preferences say so."""
    OLD_APP = "old app"
    """The old app did it on its own; the event was recorded when we saw it."""


class SavedChoreographyNotFound(DomainError):
    """There is no such saved choreography, or it belongs to somebody else."""

    code = "not_found"


class NothingToSave(DomainError):
    """The task has no video that could be kept: not finished, failed, or without a file."""

    code = "nothing_to_save"


class UnusableTitle(DomainError):
    """The title is empty, longer than ``MAX_TITLE``, or holds signs no page can show."""

    code = "unusable_title"


class UnusableNotes(DomainError):
    """The notes are longer than ``MAX_NOTES`` or hold signs no page can show."""

    code = "unusable_notes"


class UnknownVideo(DomainError):
    """The address is not that of a video of ours."""

    code = "unknown_video"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedItem:
    """One saved choreography as readers see it.

    The row is the old app's; what it cannot hold is ours, and absent from rows the old app made
    (``version`` is 0 there).

    Attributes
    ----------
    seen : str
        Names this state of the item: it changes with every event, and with every change the
        old app makes to the row.
    duration_s : float
        Seconds, ≥ 0.
    tempo_bpm : float or None
        Beats per minute.
    relaxed : tuple of str
        Rules of the choreography that could not be kept.
    video_key, thumbnail_key, timeline_key : str or None
        Media objects; None where the files are not in our storage.
    """

    id: UUID
    user_id: int
    title: str
    difficulty: str
    duration_s: float
    music_info: Mapping[str, Any] | None
    generation_parameters: Mapping[str, Any] | None
    video_path: str
    thumbnail_path: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    seen: str
    origin: Origin
    task_id: UUID | None
    notes: str
    tempo_bpm: float | None
    relaxed: tuple[str, ...]
    video_key: str | None
    thumbnail_key: str | None
    timeline_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCount:
    """How often a move is danced."""

    move_label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A user's collection in numbers.

    Attributes
    ----------
    total_duration_s : float
        Seconds of all videos together.
    recent_count : int
        Saved in the last seven days, by the database's clock.
    by_difficulty : mapping
        Every difficulty that exists, and how many have it.
    favorite_moves : tuple of MoveCount
        The five danced most, the most frequent first; known of our own choreographies only.
    """

    total_count: int
    total_duration_s: float
    recent_count: int
    by_difficulty: Mapping[str, int]
    favorite_moves: tuple[MoveCount, ...]
