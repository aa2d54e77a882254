"""The rows behind tokens: one for each login, in ``session_families``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from legacy_compat.schema import qualified
from modules.identity.domain import REFRESH_LIFE, TokenFamily
from modules.web.request_context import network_of

if TYPE_CHECKING:
    from datetime import datetime

USERS = qualified(settings.LEGACY_USER_TABLE)

# What a session remembers of the password, in its column ``password_mark``; a changed one differs.
FINGERPRINT = "encode(sha256(convert_to(u.password, 'UTF8')), 'hex')"

# The update makes a password change wait, or finds that there was one since the hash was checked.
OPEN = f"""
-- open_session: for the active user whose password hash is still the one that was checked
WITH u AS (
  UPDATE {USERS} SET last_login = clock_timestamp()
   WHERE id = %(user_id)s AND is_active AND password = %(password_hash)s
  RETURNING id, password, last_login AS now_)
INSERT INTO session_families
       (id, user_id, current_token, password_mark, address_mark, started_at, rotated_at, expires_at)
SELECT %(session_id)s, u.id, %(token)s, {FINGERPRINT}, %(address_fingerprint)s,
       now_, now_, now_ + %(life)s
  FROM u
RETURNING rotated_at, expires_at
"""  # noqa: S608

LOCK = """
-- lock_session: alone with a family until the transaction ends
SELECT id FROM session_families WHERE id = %(session_id)s AND user_id = %(user_id)s FOR UPDATE
"""

# Of its own: what waited for a lock sees the other table as it was before the wait.
READ = f"""
-- read_family: a locked family, and the time
SELECT f.current_token, f.previous_token, f.rotated_at, f.expires_at,
       f.revoked_at IS NULL AND u.is_active AND f.password_mark = {FINGERPRINT}, clock_timestamp()
  FROM session_families f JOIN {USERS} u ON u.id = f.user_id
 WHERE f.id = %(session_id)s
"""  # noqa: S608

ROTATE = """
-- rotate: hand out the next refresh token; what was current is the previous one
UPDATE session_families
   SET previous_token = current_token, current_token = %(token)s,
       rotated_at = %(now)s, expires_at = %(now)s + %(life)s
 WHERE id = %(session_id)s
RETURNING rotated_at, expires_at
"""

REVOKE = """
-- revoke: end one session; one that has ended keeps its time
UPDATE session_families SET revoked_at = clock_timestamp()
 WHERE id = %(session_id)s AND user_id = %(user_id)s AND revoked_at IS NULL
"""

REVOKE_OTHERS = """
-- revoke_others: end every session of a user but one
UPDATE session_families SET revoked_at = clock_timestamp()
 WHERE user_id = %(user_id)s AND id <> %(session_id)s AND revoked_at IS NULL
"""

RENEW_PASSWORD_FINGERPRINTS = f"""
-- renew_password_fingerprints: carry open sessions over to a new hash, not those of an older one
UPDATE session_families f SET password_mark = {FINGERPRINT}
  FROM {USERS} u
 WHERE u.id = %(user_id)s AND f.user_id = u.id AND f.revoked_at IS NULL
   AND f.password_mark = encode(sha256(convert_to(%(old_hash)s, 'UTF8')), 'hex')
"""  # noqa: S608

FORGET = """
-- forget_ended: sessions nobody can go on with; addresses are known for a month longer
DELETE FROM session_families WHERE expires_at < clock_timestamp() - interval '30 days'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open session and the refresh token that goes on with it."""

    user_id: int
    session_id: UUID
    token_id: UUID
    rotated_at: datetime
    expires_at: datetime


def open_session(*, user_id: int, password_hash: str, address: str) -> Session | None:
    """Begin a session and note the login, as the old app does, in ``last_login``.

    One statement. None, and nothing stored, if the user was deactivated or got another password
    since ``password_hash`` was checked.
    """
    session_id, token = uuid4(), uuid4()
    row = _one(
        OPEN,
        user_id=user_id,
        password_hash=password_hash,
        session_id=session_id,
        token=token,
        address_fingerprint=address_fingerprint(address),
        life=REFRESH_LIFE,
    )
    if row is None:
        return None
    return Session(
        user_id=user_id,
        session_id=session_id,
        token_id=token,
        rotated_at=row[0],
        expires_at=row[1],
    )


def lock_family(*, session_id: UUID, user_id: int) -> tuple[TokenFamily, datetime] | None:
    """Return a family and the database's time; it is locked until the transaction ends."""
    if _one(LOCK, session_id=session_id, user_id=user_id) is None:
        return None
    row = _one(READ, session_id=session_id)
    if row is None:
        return None
    current, previous, rotated_at, expires_at, is_open, now = row
    family = TokenFamily(
        current_token=current,
        previous_token=previous,
        rotated_at=rotated_at,
        expires_at=expires_at,
        is_open=is_open,
    )
    return family, now


def rotate(*, session_id: UUID, user_id: int, now: datetime) -> Session:
    """Consume the current refresh token of a locked family; its successor lives from now on."""
    token = uuid4()
    row = _one(ROTATE, session_id=session_id, token=token, now=now, life=REFRESH_LIFE)
    if row is None:
        raise LookupError("the family was not locked")
    return Session(
        user_id=user_id,
        session_id=session_id,
        token_id=token,
        rotated_at=row[0],
        expires_at=row[1],
    )


def revoke(*, session_id: UUID, user_id: int) -> None:
    """End one session; the second time nothing happens."""
    _do(REVOKE, session_id=session_id, user_id=user_id)


def revoke_others(*, user_id: int, session_id: UUID) -> int:
    """End every session of a user but this one; return how many ended."""
    return _do(REVOKE_OTHERS, user_id=user_id, session_id=session_id)


def renew_password_fingerprints(*, user_id: int, old_hash: str) -> None:
    """Carry sessions begun with the old hash on with the present one."""
    _do(RENEW_PASSWORD_FINGERPRINTS, user_id=user_id, old_hash=old_hash)


def forget_ended_sessions() -> int:
    """Remove sessions that expired a month ago; return how many."""
    return _do(FORGET)


def address_fingerprint(address: str) -> str:
    """Return what is kept of a network address: enough to know it again, not to read it.

    Of an IPv6 address the first 64 bits count; the rest changes daily.
    """
    network = network_of(address)
    return salted_hmac("identity.address", network, algorithm="sha256").hexdigest()


def _one(query: str, **values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()


def _do(query: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.rowcount)
