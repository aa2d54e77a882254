"""What the collections module needs from its neighbours."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from modules.choreography.contract import TaskView


class UserPreferences(Protocol):
    """A user, as far as saving goes."""

    @property
    def preferences(self) -> object:
        """What is stored of the user's preferences; any JSON."""


class FindUser(Protocol):
    """Reads users of the identity module."""

    def __call__(self, *, user_id: int) -> UserPreferences | None:
        """Return the user, or None if there is none."""


class GetTask(Protocol):
    """Reads tasks of the choreography module."""

    def __call__(self, task_id: UUID, *, user_id: int) -> TaskView:
        """Return the user's task, or raise ``TaskNotFound``, also for somebody else's."""
