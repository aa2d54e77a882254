"""Only tokens that we made, of the right kind and complete, are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from modules.identity.tests.makers import KEY
from modules.identity.tokens import Tokens

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SESSION, TOKEN = uuid4(), uuid4()


def a_refresh(tokens: Tokens) -> str:
    return tokens.make_refresh(
        user_id=7,
        session_id=SESSION,
        token_id=TOKEN,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )


def claims(**changes: Any) -> dict[str, Any]:
    whole = {
        "iss": "bachata-buddy",
        "aud": "bachata-buddy-api",
        "type": "access",
        "sub": "7",
        "sid": SESSION.hex,
        "jti": TOKEN.hex,
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3600,
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def signed(stated: Any, *, key: str = KEY, algorithm: str = "HS256") -> str:
    # PyJWT refuses to write what it would refuse to read; an attacker's library would not.
    options: Any = {"enforce_minimum_key_length": False}
    return jwt.PyJWS(options=options).encode(
        jwt.api_jwt.json.dumps(stated).encode(), key, algorithm=algorithm
    )


def test_what_is_made_is_read(tokens: Tokens) -> None:
    access = tokens.make_access(user_id=7, session_id=SESSION, now=NOW)

    read = tokens.read(access, kind="access")

    assert read is not None
    assert (read.user_id, read.session_id) == (7, SESSION)
    assert read.expires_at - read.issued_at == 3600
    assert tokens.read(signed(claims()), kind="access") is not None


def test_a_refresh_token_names_itself_and_is_made_the_same_again(tokens: Tokens) -> None:
    read = tokens.read(a_refresh(tokens), kind="refresh")

    assert read is not None
    assert read.token_id == TOKEN
    assert read.expires_at - read.issued_at == 7 * 24 * 3600
    assert a_refresh(tokens) == a_refresh(tokens)


def test_one_kind_is_not_the_other(tokens: Tokens) -> None:
    access = tokens.make_access(user_id=7, session_id=SESSION, now=NOW)

    assert tokens.read(access, kind="refresh") is None
    assert tokens.read(a_refresh(tokens), kind="access") is None


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in ("exp", "iat", "jti", "sub", "type", "iss", "aud", "sid")),
        {"iss": "somebody"},
        {"aud": "another-api"},
        {"aud": ["bachata-buddy-api", "another-api"]},
        {"type": "refresh"},
        {"type": ["access"]},
        {"sub": "0"},
        {"sub": "-7"},
        {"sub": "ana"},
        {"sub": 7},
        {"sub": str(1 << 63)},
        {"sid": "no id"},
        {"sid": 7},
        {"jti": "no id"},
        {"exp": "tomorrow"},
        {"exp": 1e300},
        {"exp": 1 << 70},
        {"exp": True},
        {"iat": -1},
        {"iat": [1]},
    ],
)
def test_an_incomplete_or_foreign_claim_is_refused(tokens: Tokens, changes: dict[str, Any]) -> None:
    assert tokens.read(signed(claims(**changes)), kind="access") is None


@pytest.mark.parametrize("stated", [[], "text", 7, None])
def test_a_token_that_states_no_claims_is_refused(tokens: Tokens, stated: Any) -> None:
    assert tokens.read(signed(stated), kind="access") is None


def test_another_key_is_refused(tokens: Tokens) -> None:
    forged = signed(claims(), key="another-key-that-has-enough-bytes-too")

    assert tokens.read(forged, kind="access") is None


@pytest.mark.parametrize(("algorithm", "key"), [("none", ""), ("HS384", KEY), ("HS512", KEY)])
def test_another_algorithm_is_refused(tokens: Tokens, algorithm: str, key: str) -> None:
    assert tokens.read(signed(claims(), key=key, algorithm=algorithm), kind="access") is None


def test_any_changed_letter_is_noticed(tokens: Tokens) -> None:
    access = tokens.make_access(user_id=7, session_id=SESSION, now=NOW)
    head, body, mac = access.split(".")
    changed = body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1]

    assert tokens.read(f"{head}.{changed}.{mac}", kind="access") is None
    assert tokens.read(f"{head}.{body}.", kind="access") is None
    assert tokens.read(f"{head}.{body}", kind="access") is None


@pytest.mark.parametrize("text", ["", ".", "..", "é.é.é", "\x00", "\ud800", "a" * 3000, "a.b.c"])
def test_text_that_is_no_token_is_refused(tokens: Tokens, text: str) -> None:
    assert tokens.read(text, kind="access") is None
    assert tokens.read(text, kind="refresh") is None


def test_a_short_key_makes_no_tokens() -> None:
    with pytest.raises(jwt.InvalidKeyError):
        Tokens("short").make_access(user_id=7, session_id=SESSION, now=NOW)
