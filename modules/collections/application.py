"""The commands of the collections module, each in one transaction, retried on conflict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from modules.choreography.contract import FinishedTask
from modules.collections.contract import Origin, SavedItem
from modules.collections.domain import Details, SavedChoreography, adopt_row, id_of, save_task
from modules.collections.queries import find_kept, get_item, lock_item
from modules.collections.snapshot import ChoreographySnapshot, snapshot_of, title_of
from modules.conflicts import retry_on_conflict
from modules.eventstore.contract import AggregateNotFound, EventStore

type Guard = Callable[[SavedItem], None]
"""Looks at an item that is about to change, and raises if it must not."""

LOCK_SAVE = """
-- lock_save: who saves the same task's video at the same time comes one after the other
SELECT pg_advisory_xact_lock(hashtextextended('collections:' || %s, 0))
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving came to: the item, and whether it is new."""

    id: UUID
    is_new: bool


class SavedChoreographies:
    """Everything that can happen to what dancers keep.

    Rows of the old app get a history the first time they are changed here (an event with the
    origin ``old app``), and what it changed or deleted meanwhile is recorded before anything
    else is: nothing changes without an event. Refusals are ``DomainError``s, and nothing is
    recorded then.

    Parameters
    ----------
    store : EventStore
        Where the events are.
    """

    def __init__(self, *, store: EventStore) -> None:
        self._store = store

    @retry_on_conflict
    def keep(
        self,
        task: FinishedTask,
        *,
        title: str | None = None,
        difficulty: str | None = None,
        notes: str = "",
        origin: Origin = Origin.DANCER,
    ) -> Saved:
        """Keep a task's video; what is kept already is returned as it is.

        Removed before, it is kept again under the same id.

        Parameters
        ----------
        title : str, optional
            The song's title where there is none.
        difficulty : str, optional
            The task's where there is none.

        Raises
        ------
        NothingToSave, UnusableTitle, UnknownDifficulty, UnusableNotes
        """
        item_id = id_of(user_id=task.user_id, task_id=task.task_id)
        with transaction.atomic():
            _lock_save(item_id)
            kept = find_kept(item_id=item_id, task_id=task.task_id, user_id=task.user_id)
            if kept is not None:
                return Saved(kept, is_new=False)
            details = Details(
                title=title_of(task) if title is None else title,
                difficulty=task.difficulty if difficulty is None else difficulty,
                notes=notes,
            )
            item = self.prepare_save(task, details=details, origin=origin)
            self._store.save(item)
        return Saved(item_id, is_new=True)

    def prepare_save(
        self, task: FinishedTask, *, details: Details, origin: Origin
    ) -> SavedChoreography:
        """Return the item of a task that has no row, with the events that make one, unsaved."""
        snapshot = snapshot_of(task)
        item = self._find(id_of(user_id=task.user_id, task_id=task.task_id))
        if item is None:
            return save_task(
                user_id=task.user_id,
                task_id=task.task_id,
                origin=origin,
                details=details,
                snapshot=snapshot,
            )
        if not item.is_removed:
            item.remove(origin=Origin.OLD_APP)  # its row is gone, and not by us
        item.save_again(origin=origin, details=details, snapshot=snapshot)
        return item

    @retry_on_conflict
    def revise(
        self,
        item_id: UUID,
        *,
        user_id: int,
        title: str | None = None,
        difficulty: str | None = None,
        notes: str | None = None,
        guard: Guard | None = None,
    ) -> SavedItem:
        """Change details of an item, and return it as this left it; None leaves one as it is.

        ``guard`` sees the item as it is, locked, before anything is decided.

        Raises
        ------
        SavedChoreographyNotFound
            Also for somebody else's.
        UnusableTitle, UnknownDifficulty, UnusableNotes
        """
        with transaction.atomic():
            item = self._locked(item_id, user_id=user_id, guard=guard)
            item.revise(title=title, difficulty=difficulty, notes=notes)
            self._store.save(item)
            return get_item(item_id, user_id=user_id)  # before anybody else changes it

    @retry_on_conflict
    def remove(self, item_id: UUID, *, user_id: int, guard: Guard | None = None) -> None:
        """Keep an item no longer; lessons that show it lose that step, files stay.

        Raises
        ------
        SavedChoreographyNotFound
            Also for somebody else's, and the second time.
        """
        with transaction.atomic():
            # The lock also keeps the old app from putting it into a lesson until all is over.
            item = self._locked(item_id, user_id=user_id, guard=guard)
            item.remove()
            self._store.save(item)

    def _locked(self, item_id: UUID, *, user_id: int, guard: Guard | None) -> SavedChoreography:
        """Return the item of a row that is there, after recording what the old app did to it."""
        row = lock_item(item_id, user_id=user_id)
        if guard is not None:
            guard(row)
        item = self._find(item_id)
        if item is None:
            return adopted(row)
        item.must_belong_to(user_id)
        item.adopt_details(title=row.title, difficulty=row.difficulty)
        return item

    def _find(self, item_id: UUID) -> SavedChoreography | None:
        try:
            item: SavedChoreography = self._store.get(item_id)
        except AggregateNotFound:
            return None
        return item


def adopted(row: SavedItem) -> SavedChoreography:
    """Begin the history of a row of the old app, exactly as it stands."""
    return adopt_row(
        item_id=row.id,
        user_id=row.user_id,
        saved_at=row.created_at,
        title=row.title,
        difficulty=row.difficulty,
        snapshot=ChoreographySnapshot(
            duration_s=row.duration_s,
            music_info=row.music_info,
            generation_parameters=row.generation_parameters,
            video_path=row.video_path,
            thumbnail_path=row.thumbnail_path,
        ),
    )


def _lock_save(item_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SAVE, [str(item_id)])
