"""What others may know of users: a reference, how to get one, and who a token speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.identity.errors import EmailTaken, UsernameTaken
from modules.identity.models import User
from modules.identity.queries import SessionReader
from modules.identity.sessions import forget_ended_sessions
from modules.identity.tokens import Tokens

__all__ = [
    "EmailTaken",
    "SessionReader",
    "Tokens",
    "UserRef",
    "UsernameTaken",
    "ensure_user",
    "find_user",
    "forget_ended_sessions",
]


@dataclass(frozen=True, slots=True)
class UserRef:
    """A user as the other modules see one; without anything secret."""

    id: int
    username: str
    display_name: str
    is_instructor: bool
    is_active: bool
    preferences: Mapping[str, Any] = field(default_factory=dict, hash=False)


def find_user(*, user_id: int) -> UserRef | None:
    """Give the user with this id, or None."""
    user = User.objects.filter(pk=user_id).first()
    return _reference(user) if user else None


def ensure_user(username: str, *, email: str = "", display_name: str = "") -> UserRef:
    """Give the user of this name, made on the first call, without a password.

    The second call, also at the same moment, gives the same user and changes nothing in it.

    Raises
    ------
    EmailTaken
        If the user is new and the address is another user's.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        try:
            user = User.objects.create_user(username, email, display_name=display_name)
        except (UsernameTaken, EmailTaken):
            user = User.objects.filter(username=username).first()
            if user is None:
                raise
    return _reference(user)


def _reference(user: User) -> UserRef:
    return UserRef(
        id=user.pk,
        username=user.username,
        display_name=user.display_name,
        is_instructor=user.is_instructor,
        is_active=user.is_active,
        preferences=user.preferences,
    )
