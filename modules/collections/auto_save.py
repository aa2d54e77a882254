"""Save what is finished for those who want that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modules.choreography.contract import PendingSave
from modules.collections.contract import Origin
from modules.collections.domain import Details
from modules.collections.snapshot import title_of

if TYPE_CHECKING:
    from modules.choreography.contract import FinishedTask
    from modules.collections.application import SavedChoreographies
    from modules.collections.ports import FindUser

PREFERENCE = "auto_save_choreographies"


class CollectionAutoSaver:
    """The choreography module's ``AutoSaver``, on collections.

    Parameters
    ----------
    items : SavedChoreographies
        Where an item's history is read; nothing is stored through it.
    find_user : FindUser
        Whose preferences decide; who is gone wants nothing.
    """

    def __init__(self, *, items: SavedChoreographies, find_user: FindUser) -> None:
        self._items = items
        self._find_user = find_user

    def prepare(self, task: FinishedTask) -> PendingSave | None:
        """Return the item to store with the task's completion, or None.

        Raises
        ------
        NothingToSave
            If the result names no video.
        """
        user = self._find_user(user_id=task.user_id)
        if user is None or not wants_auto_save(user.preferences):
            return None
        item = self._items.prepare_save(
            task,
            details=Details(title=title_of(task), difficulty=task.difficulty, notes=""),
            origin=Origin.AUTO_SAVE,
        )
        return PendingSave(item.id, (item,))


def wants_auto_save(preferences: object) -> bool:
    """Whether the preferences ask for it: only a plain false declines.

    Missing, null, or a value of another kind means yes, as does anything but an object.
    """
    found: Any = preferences.get(PREFERENCE) if isinstance(preferences, Mapping) else None
    return found is not False
