"""The rules of identity: whom a name means, which refresh token is good, what may be preferred."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from uuid import UUID

from engine.contract import DIFFICULTIES

ACCESS_LIFE = timedelta(minutes=60)
REFRESH_LIFE = timedelta(days=7)
REPEAT_WITHIN = timedelta(seconds=30)
LEEWAY = timedelta(seconds=30)

DEFAULT_PREFERENCES: Mapping[str, Any] = {
    "auto_save_choreographies": True,
    "default_difficulty": None,
    "language": None,
}
MAX_PREFERENCES_BYTES = 16 << 10
MAX_KEY_LENGTH = 100
MAX_DEPTH = 8


class RotationDecision(Enum):
    """What becomes of a refresh token that is shown."""

    ROTATE = auto()
    """It is the latest one: it is consumed, and its successor handed out."""
    REPEAT = auto()
    """Its successor was handed out a moment ago, to another tab: that one is given again."""
    REVOKE = auto()
    """It was consumed before: two hold this session, and one of them stole it. It ends."""
    REFUSE = auto()
    """The session has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFamily:
    """The refresh tokens that descend from one login; only the youngest two are known by name.

    Every other token that carries our signature and the family's id is an older one.
    """

    current_token: UUID
    previous_token: UUID | None
    rotated_at: datetime
    expires_at: datetime
    is_open: bool

    def decide(self, token: UUID, *, now: datetime) -> RotationDecision:
        """Decide about a token of this family at a moment of the database's clock."""
        if not self.is_open or now >= self.expires_at + LEEWAY:
            return RotationDecision.REFUSE
        if token == self.current_token:
            return RotationDecision.ROTATE
        if token == self.previous_token and now - self.rotated_at <= REPEAT_WITHIN:
            return RotationDecision.REPEAT
        return RotationDecision.REVOKE


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An active account that a typed name may mean."""

    user_id: int
    username: str
    password_hash: str
    is_known_address: bool


def normal_name(typed: str) -> str:
    """Return a typed name in the form the old app stores names in (NFKC, no space around)."""
    return unicodedata.normalize("NFKC", typed).strip()


def choose_account(candidates: Sequence[Account], *, name: str) -> Account | None:
    """Return the one account that is meant, or None if none is, or if it is not clear which.

    ``candidates`` have the name as their user name or e-mail address, in any mixture of cases. The
    exact user name wins; then a user name that differs by case; then an e-mail address. The old app
    stores addresses twice: such an address opens nothing, its owners log in with their names.
    """
    exact = [one for one in candidates if one.username == name]
    if exact:
        return exact[0]
    alike = [one for one in candidates if one.username.lower() == name.lower()]
    meant = alike or candidates
    return meant[0] if len(meant) == 1 else None


def shown_preferences(stored: Any) -> dict[str, Any]:
    """Return preferences with every known key; what the old app spoiled is shown as its default."""
    kept = dict(stored) if isinstance(stored, Mapping) else {}
    spoiled = [key for key in DEFAULT_PREFERENCES if key in kept and not _is_usable(key, kept[key])]
    return {**DEFAULT_PREFERENCES, **kept, **{key: DEFAULT_PREFERENCES[key] for key in spoiled}}


def merged_preferences(stored: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored preferences with the changed keys replaced and all others kept."""
    return {**(stored if isinstance(stored, Mapping) else {}), **changes}


def size_bytes(preferences: Any) -> int:
    """Return the size of preferences as JSON."""
    return len(json.dumps(preferences).encode())


def _is_usable(key: str, value: Any) -> bool:
    if key == "auto_save_choreographies":
        return isinstance(value, bool)
    if key == "default_difficulty":
        return value is None or value in DIFFICULTIES
    return value is None or isinstance(value, str)


def check_plain(value: Any) -> None:
    """Raise ``ValueError`` for JSON that PostgreSQL cannot hold, or that is nested too deeply."""
    level: Iterable[Any] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for one in level:
            _check_leaf(one)
            if isinstance(one, dict):
                inner += [*one, *one.values()]
            elif isinstance(one, list):
                inner += one
        if not inner:
            return
        level = inner
    raise ValueError(f"must not be nested deeper than {MAX_DEPTH} levels")


def _check_leaf(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("holds a number that is too large")
    if isinstance(value, str):
        check_text(value)


def check_text(text: str) -> None:
    """Raise ``ValueError`` for text with NUL or half a character, which PostgreSQL cannot hold."""
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("must not hold NUL or half a character")
