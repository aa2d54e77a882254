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
    from modules.collections.ports import WantsAutoSave

PREFERENCE = "auto_save_choreographies"


class CollectionAutoSaver:
    """The choreography module's ``AutoSaver``, on collections.

    Parameters
    ----------
    items : SavedChoreographies
        Where an item's history is read; nothing is stored through it.
    wants : callable
        The user's preference.
    """

    def __init__(self, *, items: SavedChoreographies, wants: WantsAutoSave) -> None:
        self._items = items
        self._wants = wants

    def prepare(self, task: FinishedTask) -> PendingSave | None:
        """Return the item to store with the task's completion, or None.

        Raises
        ------
        NothingToSave
            If the result names no video.
        """
        if not self._wants(task.user_id):
            return None
        item = self._items.prepare_save(
            task,
            details=Details(title=title_of(task), difficulty=task.difficulty, notes=""),
            origin=Origin.AUTO_SAVE,
        )
        return PendingSave(item.id, (item,))


def wants_auto_save(preferences: object) -> bool:
    """Read the preference: only a plain false declines.

    Missing, null, or a value of another kind means yes, as does anything but an object.
    """
    found: Any = preferences.get(PREFERENCE) if isinstance(preferences, Mapping) else None
    return found is not False
