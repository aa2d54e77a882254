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


class SignedLinks(Protocol):
    """Addresses that open one media object for a while, to whoever has them."""

    def link(self, key: str, *, filename: str | None = None) -> str:
        """Give the address of an object."""

    def period(self) -> int:
        """Give the number of the present period; links made in one period are equal."""
