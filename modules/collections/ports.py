"""What the collections module needs from its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from modules.choreography.contract import TaskView

type WantsAutoSave = Callable[[int], bool]
"""Whether a user, by id, wants finished choreographies kept; false for one who is gone."""


class GetTask(Protocol):
    """Reads tasks of the choreography module."""

    def __call__(self, task_id: UUID, *, user_id: int) -> TaskView:
        """Give the user's task, or raise ``TaskNotFound``, also for somebody else's."""
