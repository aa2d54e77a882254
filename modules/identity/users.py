"""Users as the other modules see them, and what operators do with them."""

from __future__ import annotations

from modules.identity.contract import UserRef
from modules.identity.domain import Account, choose_account, normal_name
from modules.identity.errors import EmailTaken, UsernameTaken
from modules.identity.models import User
from modules.identity.passwords import hash_new
from modules.identity.queries import find_accounts


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


def find_account(name: str) -> Account | None:
    """Return the one active account of this name or e-mail address, or None."""
    name = normal_name(name)
    return choose_account(find_accounts(name=name, address=""), name=name)


def make_instructor(*, user_id: int, is_instructor: bool = True) -> None:
    """Let a user do what instructors may, or not any more; the second time nothing changes."""
    User.objects.filter(pk=user_id).update(is_instructor=is_instructor)


def set_password(*, user_id: int, password: str) -> None:
    """Give a user a new password, whatever the old one was; every session ends with the old one.

    Raises
    ------
    WeakPassword
        Nothing is changed then.
    """
    user = User.objects.get(pk=user_id)
    hashed = hash_new(
        password, username=user.username, email=user.email, display_name=user.display_name
    )
    # A session knows the hash it was begun with.
    User.objects.filter(pk=user_id).update(password=hashed)


def _reference(user: User) -> UserRef:
    return UserRef(
        id=user.pk,
        username=user.username,
        display_name=user.display_name,
        is_instructor=user.is_instructor,
        is_active=user.is_active,
        preferences=user.preferences,
    )
