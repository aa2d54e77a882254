"""Users as the other modules see them."""

from __future__ import annotations

from modules.identity.contract import UserRef
from modules.identity.errors import EmailTaken, UsernameTaken
from modules.identity.models import User


def find_user(*, user_id: int) -> UserRef | None:
    """Return the user with this id, or None."""
    user = User.objects.filter(pk=user_id).first()
    return _reference(user) if user else None


def ensure_user(username: str, *, email: str = "", display_name: str = "") -> UserRef:
    """Return the user of this name, made on the first call, without a password.

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
