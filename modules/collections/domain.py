"""The ``SavedChoreography`` aggregate: one video that somebody keeps.

Commands check and record; apply methods only assign. Titles and notes are the owner's own: they
stand in the events, because the rows are made from the events alone. Nobody's name or address
does.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from eventsourcing.domain import Aggregate, event

from engine.contract import DIFFICULTIES
from modules.choreography.contract import UnknownDifficulty
from modules.collections.contract import (
    MAX_NOTES,
    MAX_TITLE,
    Origin,
    SavedChoreographyNotFound,
    Topic,
    UnusableNotes,
    UnusableTitle,
)
from modules.collections.snapshot import ChoreographySnapshot


class Details(NamedTuple):
    """What the owner says of a video and may change."""

    title: str
    difficulty: str
    notes: str


_NAMESPACE = UUID("0f6b4c0e-8f3e-5d0c-9d0a-6a1c3b6c2f11")


class SavedChoreography(Aggregate):
    """A kept video: saved, revised, removed, and perhaps saved again.

    Attributes
    ----------
    task_id : UUID or None
        The task that made the video; None for a row of the old app.
    is_removed : bool
        Whether the owner does not keep it at the moment.
    """

    TOPIC = "collections.SavedChoreography"

    class Created(Aggregate.Created):
        """Somebody keeps this video (``ChoreographySaved``).

        ``saved_at`` is None for the moment of the event, and earlier for what the old app saved.
        ``keepsake`` is the snapshot; stored names never change.
        """

        TOPIC = Topic.CHOREOGRAPHY_SAVED.value
        user_id: int
        task_id: UUID | None
        origin: str
        saved_at: datetime | None
        title: str
        difficulty: str
        notes: str
        keepsake: dict[str, Any]

    class ChoreographySavedAgain(Aggregate.Event):
        """The owner keeps the video again after it was removed."""

        TOPIC = Topic.CHOREOGRAPHY_SAVED_AGAIN.value
        user_id: int
        task_id: UUID | None
        origin: str
        saved_at: datetime | None
        title: str
        difficulty: str
        notes: str
        keepsake: dict[str, Any]

    class ChoreographyRevised(Aggregate.Event):
        """Title, difficulty and notes are these from now on."""

        TOPIC = Topic.CHOREOGRAPHY_REVISED.value
        origin: str
        title: str
        difficulty: str
        notes: str

    class ChoreographyRemoved(Aggregate.Event):
        """The owner keeps the video no longer; its files stay."""

        TOPIC = Topic.CHOREOGRAPHY_REMOVED.value
        origin: str

    @event(Created)
    def __init__(
        self, *, user_id: int, task_id: UUID | None, title: str, difficulty: str, notes: str
    ) -> None:
        self.user_id = user_id
        self.task_id = task_id
        self.details = Details(title, difficulty, notes)
        self.is_removed = False

    def save_again(
        self, *, origin: Origin, details: Details, snapshot: ChoreographySnapshot
    ) -> None:
        """Record that the video is kept again; no news while it is kept."""
        if not self.is_removed:
            return
        checked = checked_details(details)
        self.trigger_event(
            self.ChoreographySavedAgain,
            user_id=self.user_id,
            task_id=self.task_id,
            origin=origin.value,
            saved_at=None,
            **checked._asdict(),
            keepsake=snapshot.as_event(),
        )

    @event(ChoreographySavedAgain)
    def _apply_saved_again(self, title: str, difficulty: str, notes: str) -> None:
        self.details, self.is_removed = Details(title, difficulty, notes), False

    def revise(
        self,
        *,
        origin: Origin = Origin.DANCER,
        title: str | None = None,
        difficulty: str | None = None,
        notes: str | None = None,
    ) -> None:
        """Record other details; None leaves one as it is, however odd; no change, no event.

        Raises
        ------
        SavedChoreographyNotFound
            If it is removed.
        UnusableTitle, UnknownDifficulty, UnusableNotes
        """
        self._must_be_kept()
        old = self.details
        merged = Details(
            title=old.title if title is None else checked_title(title),
            difficulty=old.difficulty if difficulty is None else checked_difficulty(difficulty),
            notes=old.notes if notes is None else checked_notes(notes),
        )
        if merged != self.details:
            self._record_details(origin, merged)

    def adopt_details(self, *, title: str, difficulty: str) -> None:
        """Record what the old app wrote over the details, unchecked: it is there already."""
        self._must_be_kept()
        adopted = self.details._replace(title=title, difficulty=difficulty)
        if adopted != self.details:
            self._record_details(Origin.OLD_APP, adopted)

    @event(ChoreographyRevised)
    def _apply_revised(self, title: str, difficulty: str, notes: str) -> None:
        self.details = Details(title, difficulty, notes)

    def remove(self, *, origin: Origin = Origin.DANCER) -> None:
        """Record that it is kept no longer.

        Raises
        ------
        SavedChoreographyNotFound
            If it is removed already.
        """
        self._must_be_kept()
        self.trigger_event(self.ChoreographyRemoved, origin=origin.value)

    @event(ChoreographyRemoved)
    def _apply_removed(self) -> None:
        self.is_removed = True

    def must_belong_to(self, user_id: int) -> None:
        """Refuse anybody but the owner as if there were nothing."""
        if user_id != self.user_id:
            raise SavedChoreographyNotFound(NOT_THERE)

    def _must_be_kept(self) -> None:
        if self.is_removed:
            raise SavedChoreographyNotFound(NOT_THERE)

    def _record_details(self, origin: Origin, details: Details) -> None:
        self.trigger_event(self.ChoreographyRevised, origin=origin.value, **details._asdict())


NOT_THERE = "There is no such saved choreography."


def id_of(*, user_id: int, task_id: UUID) -> UUID:
    """Return the one id under which a user keeps a task's video, now and after removing it."""
    return uuid5(_NAMESPACE, f"{user_id}:{task_id}")


def save_task(
    *,
    user_id: int,
    task_id: UUID,
    origin: Origin,
    details: Details,
    snapshot: ChoreographySnapshot,
) -> SavedChoreography:
    """Begin to keep a task's video.

    Raises
    ------
    UnusableTitle, UnknownDifficulty, UnusableNotes
    """
    checked = checked_details(details)
    return SavedChoreography._create(
        event_class=SavedChoreography.Created,
        id=id_of(user_id=user_id, task_id=task_id),
        user_id=user_id,
        task_id=task_id,
        origin=origin.value,
        saved_at=None,
        **checked._asdict(),
        keepsake=snapshot.as_event(),
    )


def adopt_row(
    *,
    item_id: UUID,
    user_id: int,
    saved_at: datetime,
    title: str,
    difficulty: str,
    snapshot: ChoreographySnapshot,
) -> SavedChoreography:
    """Begin the history of what the old app saved; its details are taken as they are."""
    return SavedChoreography._create(
        event_class=SavedChoreography.Created,
        id=item_id,
        user_id=user_id,
        task_id=None,
        origin=Origin.OLD_APP.value,
        saved_at=saved_at,
        title=title,
        difficulty=difficulty,
        notes="",
        keepsake=snapshot.as_event(),
    )


def checked_details(details: Details) -> Details:
    """Return the details as events state them.

    Raises
    ------
    UnusableTitle, UnknownDifficulty, UnusableNotes
    """
    return Details(
        title=checked_title(details.title),
        difficulty=checked_difficulty(details.difficulty),
        notes=checked_notes(details.notes),
    )


def checked_title(title: str) -> str:
    """Return a title without space around it, or raise ``UnusableTitle``."""
    title = title.strip()
    if not 1 <= len(title) <= MAX_TITLE or _holds(title, IN_NO_LINE):
        raise UnusableTitle(f"A title has 1 to {MAX_TITLE} characters, none of them a control one.")
    return title


def checked_difficulty(difficulty: str) -> str:
    """Return the difficulty, or raise ``UnknownDifficulty``."""
    if difficulty not in DIFFICULTIES:
        possible = ", ".join(DIFFICULTIES)
        raise UnknownDifficulty(
            f"There is no difficulty {difficulty[:40]!r}; it can be {possible}."
        )
    return difficulty


def checked_notes(notes: str) -> str:
    """Return notes without space around them, lines ended by a line feed.

    Raises
    ------
    UnusableNotes
    """
    notes = notes.replace("\r\n", "\n").strip()
    if len(notes) > MAX_NOTES or _holds(notes.translate(LAYOUT), IN_NO_TEXT):
        raise UnusableNotes(f"Notes have at most {MAX_NOTES} characters, no control ones.")
    return notes


IN_NO_TEXT = frozenset({"Cc", "Cs"})
"""Unicode categories of what neither a page nor PostgreSQL can hold: controls, half characters."""
IN_NO_LINE = IN_NO_TEXT | {"Zl", "Zp"}
LAYOUT = dict.fromkeys(map(ord, "\n\r\t"), " ")


def _holds(text: str, categories: frozenset[str]) -> bool:
    return any(unicodedata.category(sign) in categories for sign in text)
