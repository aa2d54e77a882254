"""Reads: who a token speaks for, whom a name means, what a profile shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from modules.identity.domain import LEEWAY, Account, shown_preferences
from modules.identity.models import User
from modules.identity.sessions import FINGERPRINT, USERS, address_fingerprint
from modules.web.contract import Caller

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from modules.identity.tokens import Tokens

# Every request of a logged-in user runs this; both tables are found by their primary keys.
READ_SESSION = f"""
-- read_session: the active user of an open session, if the token's time has come and not passed
SELECT u.username, u.is_instructor
  FROM session_families f JOIN {USERS} u ON u.id = f.user_id
 WHERE f.id = %(session_id)s AND f.user_id = %(user_id)s AND f.revoked_at IS NULL
   AND u.is_active AND f.password_mark = {FINGERPRINT}
   AND extract(epoch FROM clock_timestamp())
       BETWEEN %(issued_at)s - %(leeway_s)s AND %(expires_at)s + %(leeway_s)s
"""  # noqa: S608

# One walk over the table, whoever is asked for: unknown names take as long as known ones.
FIND_ACCOUNTS = f"""
-- find_accounts: active users with this name or address, in any mixture of cases
SELECT u.id, u.username, u.password,
       EXISTS (SELECT FROM session_families f
                WHERE f.user_id = u.id AND f.address_mark = %(address_fingerprint)s)
  FROM {USERS} u
 WHERE u.is_active AND (lower(u.username) = lower(%(name)s) OR lower(u.email) = lower(%(name)s))
 ORDER BY u.username = %(name)s DESC LIMIT 10
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A user as they see themselves."""

    id: int
    username: str
    email: str
    display_name: str
    is_instructor: bool
    preferences: Mapping[str, Any]
    date_joined: datetime


class SessionReader:
    """Reads access tokens: one signature and one query for each request."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def __call__(self, token: str) -> Caller | None:
        """Return the user of a good access token; None for any other text, at whatever fault.

        Good: made by us, of its time by the database's clock (give or take 30 s), its session open,
        its user active, and their password the same since the login.
        """
        claims = self._tokens.read(token, kind="access")
        if claims is None:
            return None
        values: dict[str, int | UUID] = {
            "session_id": claims.session_id,
            "user_id": claims.user_id,
            "issued_at": claims.issued_at,
            "expires_at": claims.expires_at,
            "leeway_s": int(LEEWAY.total_seconds()),
        }
        with connection.cursor() as cursor:
            cursor.execute(READ_SESSION, values)
            row = cursor.fetchone()
        if row is None:
            return None
        return Caller(
            user_id=claims.user_id,
            username=row[0],
            is_instructor=row[1],
            session_id=claims.session_id,
        )


def find_accounts(*, name: str, address: str) -> list[Account]:
    """Return the active accounts that a typed name may mean, the exact one first."""
    with connection.cursor() as cursor:
        cursor.execute(
            FIND_ACCOUNTS, {"name": name, "address_fingerprint": address_fingerprint(address)}
        )
        return [
            Account(user_id=row[0], username=row[1], password_hash=row[2], is_known_address=row[3])
            for row in cursor.fetchall()
        ]


def find_profile(*, user_id: int) -> Profile | None:
    """Return a user's profile, every known preference in it; None if the user is gone."""
    user = User.objects.filter(pk=user_id).first()
    return profile_of(user) if user else None


def profile_of(user: User) -> Profile:
    """Return the profile of a loaded user."""
    return Profile(
        id=user.pk,
        username=user.username,
        email=user.email,
        display_name=user.display_name,
        is_instructor=user.is_instructor,
        preferences=shown_preferences(user.preferences),
        date_joined=user.date_joined,
    )
