"""Tokens and passwords used by many at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from modules.identity import application
from modules.identity.application import Accounts, Login
from modules.identity.errors import InvalidCredentials, SessionEnded, WrongPassword
from modules.identity.models import SessionFamily, User
from modules.identity.queries import SessionReader
from modules.identity.tests.makers import (
    ELSEWHERE,
    HOME,
    LOGIN_POLICY,
    PASSWORD,
    at_once,
    let_pass,
    sessions,
)
from modules.identity.tokens import Tokens
from modules.web.errors import TooManyRequests

pytestmark = pytest.mark.django_db(transaction=True)

type Register = Callable[[str], Login]


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Remove what a committing test made: Django's flush leaves unmanaged tables alone."""
    yield
    User.objects.all().delete()


def test_twenty_exchanges_of_one_token_give_one_successor(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    login = registered("ana")

    results = at_once(lambda _: accounts.refresh(token=login.refresh), threads=20)

    assert len({result.refresh for result in results}) == 1
    assert all(SessionReader(tokens)(result.access) for result in results)
    assert list(sessions().values()) == [False]
    accounts.refresh(token=results[0].refresh)


def test_twenty_thieves_of_an_old_token_end_the_session_once(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    login = registered("ana")
    newer = accounts.refresh(token=login.refresh)
    let_pass(31)

    results = at_once(lambda _: accounts.refresh(token=login.refresh), threads=20)

    assert {type(result) for result in results} == {SessionEnded}
    assert SessionReader(tokens)(newer.access) is None
    assert list(sessions().values()) == [True]


def test_a_thief_beside_the_owner_gets_nowhere(accounts: Accounts, registered: Register) -> None:
    first = registered("ana")
    second = accounts.refresh(token=first.refresh)
    let_pass(31)

    at_once(
        lambda n: accounts.refresh(token=(first if n % 2 else second).refresh),
        threads=8,
    )

    assert list(sessions().values()) == [True]


def test_of_two_password_changes_at_once_one_wins(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    login = registered("ana")
    claims = tokens.read(login.access, kind="access")
    assert claims is not None

    results = at_once(
        lambda n: accounts.change_password(
            user_id=login.user.id,
            session_id=claims.session_id,
            current=PASSWORD,
            new=f"staple of the stable {n}",
            address=HOME,
        ),
        threads=4,
    )

    assert sorted(type(result).__name__ for result in results) == [
        "NoneType",
        *["WrongPassword"] * 3,
    ]
    assert isinstance(results[0], WrongPassword | None)
    assert SessionReader(tokens)(login.access) is not None


def test_a_login_with_the_old_password_does_not_outlive_its_change(
    accounts: Accounts, registered: Register, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = registered("ana")
    claims = tokens.read(login.access, kind="access")
    assert claims is not None
    is_right = application.is_right

    def changed_meanwhile(password: str, *, password_hash: str | None) -> bool:
        right = is_right(password, password_hash=password_hash)
        monkeypatch.setattr(application, "is_right", is_right)
        accounts.change_password(
            user_id=login.user.id,
            session_id=claims.session_id,
            current=PASSWORD,
            new="staple of the stable",
            address=HOME,
        )
        return right

    monkeypatch.setattr(application, "is_right", changed_meanwhile)

    with pytest.raises(InvalidCredentials):
        accounts.log_in(name="ana", password=PASSWORD, address=HOME)

    assert list(sessions()) == [claims.session_id]


def test_refreshing_beside_a_password_change_keeps_the_callers_session(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    login = registered("ana")
    claims = tokens.read(login.access, kind="access")
    assert claims is not None

    def act(number: int) -> Login | None:
        if number:
            return accounts.refresh(token=login.refresh)
        accounts.change_password(
            user_id=login.user.id,
            session_id=claims.session_id,
            current=PASSWORD,
            new="staple of the stable",
            address=HOME,
        )
        return None

    results = at_once(act, threads=6)

    assert results[0] is None
    assert all(isinstance(result, Login) for result in results[1:])
    assert list(sessions().values()) == [False]


def test_exactly_ten_guesses_at_once_are_looked_at(
    accounts: Accounts, registered: Register, hashings: list[str]
) -> None:
    registered("ana")
    hashings.clear()

    results = at_once(
        lambda _: accounts.log_in(name="ana", password="wrong", address=ELSEWHERE),
        threads=LOGIN_POLICY.quota + 8,
    )

    kinds = [type(result) for result in results]
    assert kinds.count(InvalidCredentials) == LOGIN_POLICY.quota == len(hashings)
    assert kinds.count(TooManyRequests) == 8


def test_a_name_registered_at_once_in_several_cases_is_given_once(accounts: Accounts) -> None:
    names = ["ana", "Ana", "aNa", "anA"]

    results = at_once(
        lambda n: accounts.register(
            username=names[n],
            email=f"{n}@example.org",
            password=PASSWORD,
            display_name="",
            address=HOME,
        ),
        threads=4,
    )

    assert sorted(type(result).__name__ for result in results) == ["Login", *["UsernameTaken"] * 3]
    assert SessionFamily.objects.count() == User.objects.count() == 1


def test_an_address_changed_at_once_is_given_once(accounts: Accounts, registered: Register) -> None:
    ids = [registered(name).user.id for name in ("ana", "ben", "cleo")]

    results = at_once(
        lambda n: accounts.change_profile(
            user_id=ids[n], changes={"email": "shared@example.org"}, current_password=PASSWORD
        ),
        threads=3,
    )

    assert sorted(type(result).__name__ for result in results) == [*["EmailTaken"] * 2, "Profile"]
    assert User.objects.filter(email="shared@example.org").count() == 1


def test_preferences_changed_at_once_are_all_kept(accounts: Accounts, registered: Register) -> None:
    user_id = registered("ana").user.id

    at_once(
        lambda n: accounts.change_profile(user_id=user_id, changes={"preferences": {f"key{n}": n}}),
        threads=8,
    )

    assert User.objects.get().preferences == {f"key{n}": n for n in range(8)}
