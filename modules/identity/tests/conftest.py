"""What the tests of this module share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from modules.identity.application import Accounts, Login
from modules.identity.login_throttle import LoginThrottle
from modules.identity.tests.makers import KEY, LOGIN_POLICIES, PASSWORD
from modules.identity.tokens import Tokens
from modules.web.rate_limits import RateLimiter


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rounds of hashing would prove nothing more here."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch, few_rounds: None) -> list[str]:
    """What was hashed, in order."""
    hashed: list[str] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(
        self: PBKDF2PasswordHasher, password: str, salt: str, iterations: int | None = None
    ) -> str:
        hashed.append(password)
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    return hashed


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(KEY)


@pytest.fixture
def accounts(tokens: Tokens) -> Accounts:
    return Accounts(tokens=tokens, throttle=LoginThrottle(RateLimiter(), policies=LOGIN_POLICIES))


@pytest.fixture
def registered(accounts: Accounts) -> Callable[[str], Login]:
    """Registers somebody by name."""

    def register(username: str) -> Login:
        return accounts.register(
            username=username,
            email=f"{username}@example.org",
            password=PASSWORD,
            display_name=username.title(),
            address="192.0.2.1",
        )

    return register
