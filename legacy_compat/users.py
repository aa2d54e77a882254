"""The old app's users, where rows of ours point at them."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from legacy_compat.schema import qualified

FIND_USER = """
-- find_user: the old app may have deleted it
SELECT FROM {users} WHERE id = %s
"""
KEEP_USER = """
-- keep_user: nobody deletes it before the transaction ends
SELECT FROM {users} WHERE id = %s FOR KEY SHARE
"""


def user_exists(user_id: int) -> bool:
    """Whether the user is there at the moment."""
    return _finds(FIND_USER, user_id)


def keep_user(user_id: int) -> bool:
    """Whether the user is there; if so, nobody deletes it before the open transaction ends."""
    return _finds(KEEP_USER, user_id)


def no_user_has(column: str) -> str:
    """Return the SQL condition that no user has the id in ``column``."""
    return f"NOT EXISTS (SELECT FROM {_users()} AS owner WHERE owner.id = {column})"


def _finds(query: str, user_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query.format(users=_users()), [user_id])
        return cursor.fetchone() is not None


def _users() -> str:
    return qualified(settings.LEGACY_USER_TABLE)
