"""What others may know of users: a reference, how to get one, and what may be refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from modules.identity.errors import EmailTaken, UsernameTaken

__all__ = ["EmailTaken", "EnsureUser", "FindUser", "UserRef", "UsernameTaken"]


@dataclass(frozen=True, slots=True)
class UserRef:
    """A user as the other modules see one; without anything secret."""

    id: int
    username: str
    display_name: str
    is_instructor: bool
    is_active: bool
    preferences: Mapping[str, Any] = field(default_factory=dict, hash=False)


class FindUser(Protocol):
    """Finds users by id."""

    def __call__(self, *, user_id: int) -> UserRef | None:
        """Return the user with this id, or None."""


class EnsureUser(Protocol):
    """Finds users by name, and makes those who are missing."""

    def __call__(self, username: str, *, email: str = "", display_name: str = "") -> UserRef:
        """Return the user of this name, made on the first call, without a password.

        The second call, also at the same moment, gives the same user and changes nothing in it.

        Raises
        ------
        EmailTaken
            If the user is new and the address is another user's.
        """
