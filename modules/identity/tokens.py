"""Access and refresh tokens: signed statements, whose times the database's clock judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import jwt

from modules.identity.domain import ACCESS_LIFE

ALGORITHM = "HS256"
ISSUER = "bachata-buddy"
AUDIENCE = "bachata-buddy-api"
MAX_LENGTH = 2000

type Kind = Literal["access", "refresh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a genuine token says; whether its times and session are good is not yet known."""

    user_id: int
    session_id: UUID
    token_id: UUID
    issued_at: int
    """Seconds since 1970, as ``expires_at``."""
    expires_at: int


class Tokens:
    """Makes tokens and reads those it made.

    Parameters
    ----------
    key : str
        The signing key, at least 32 bytes; who has it is everybody.

    Notes
    -----
    ``exp`` and ``iat`` must be there and whole, but are compared by the database in the query that
    looks for the session: one clock for all machines.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._jwt = jwt.PyJWT(
            options={
                "require": ["exp", "iat", "jti", "sub", "iss", "aud", "type", "sid"],
                "verify_exp": False,
                "verify_iat": False,
                "strict_aud": True,
                "enforce_minimum_key_length": True,
            }
        )

    def make_access(self, *, user_id: int, session_id: UUID, now: datetime) -> str:
        """Return a token for an hour of requests."""
        return self._signed(
            "access",
            user_id=user_id,
            session_id=session_id,
            token_id=uuid4(),
            issued_at=now,
            expires_at=now + ACCESS_LIFE,
        )

    def make_refresh(
        self,
        *,
        user_id: int,
        session_id: UUID,
        token_id: UUID,
        issued_at: datetime,
        expires_at: datetime,
    ) -> str:
        """Return the refresh token of this id; the same arguments give the same token."""
        return self._signed(
            "refresh",
            user_id=user_id,
            session_id=session_id,
            token_id=token_id,
            issued_at=issued_at,
            expires_at=expires_at,
        )

    def read(self, token: str, *, kind: Kind) -> Claims | None:
        """Read a token of this kind that we made; None for anything else."""
        if len(token) > MAX_LENGTH:
            return None
        try:
            stated = self._jwt.decode(
                token, self._key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER
            )
            return _claims(stated) if stated["type"] == kind else None
        # ValueError: text that is no ASCII, an id that is none.
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
            return None

    def _signed(
        self,
        kind: Kind,
        *,
        user_id: int,
        session_id: UUID,
        token_id: UUID,
        issued_at: datetime,
        expires_at: datetime,
    ) -> str:
        stated: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "type": kind,
            "sub": str(user_id),
            "sid": session_id.hex,
            "jti": token_id.hex,
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        return self._jwt.encode(stated, self._key, algorithm=ALGORITHM)


def _claims(stated: dict[str, Any]) -> Claims:
    times = stated["iat"], stated["exp"]
    if any(type(time) is not int or not 0 <= time < 1 << 40 for time in times):
        raise ValueError("a time is no whole number of seconds")
    user_id = int(stated["sub"])
    if not 0 < user_id < 1 << 63:
        raise ValueError("no user has this number")
    return Claims(
        user_id=user_id,
        session_id=UUID(stated["sid"]),
        token_id=UUID(stated["jti"]),
        issued_at=times[0],
        expires_at=times[1],
    )
