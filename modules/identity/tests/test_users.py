"""Users on the legacy user table: who can be made, and what is stored of them."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from modules.errors import DomainError
from modules.identity.checks import pbkdf2_is_preferred
from modules.identity.contract import EmailTaken, UsernameTaken, UserRef
from modules.identity.models import User
from modules.identity.users import ensure_user, find_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings


@pytest.fixture
def no_users_left() -> Iterator[None]:
    """Remove what a committing test made: Django's flush leaves unmanaged tables alone."""
    yield
    User.objects.all().delete()


def stored_users() -> list[dict[str, Any]]:
    """Read the legacy table without the model."""
    with connection.cursor() as cursor:
        table = sql.Identifier("public", settings.LEGACY_USER_TABLE)
        cursor.execute(sql.SQL("SELECT to_jsonb(u)::text FROM {} u").format(table))
        return [json.loads(row) for (row,) in cursor.fetchall()]


def at_once(act: Callable[[int], Any], *, threads: int) -> list[Any]:
    """Do it in several threads at the same moment; give results and domain errors."""
    start = threading.Barrier(threads)

    def run(number: int) -> Any:
        try:
            start.wait(timeout=30)
            return act(number)
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


@pytest.mark.django_db
def test_a_new_user_is_stored_as_the_old_app_can_use_it() -> None:
    user = User.objects.create_user("ana", " Ana@Example.ORG ", "correct horse", display_name="Ana")

    (stored,) = stored_users()
    assert stored["id"] == user.pk
    assert stored["email"] == "ana@example.org"
    assert stored["password"].startswith("pbkdf2_sha256$")
    assert user.check_password("correct horse")
    assert not user.check_password("wrong horse")
    flags = ("is_superuser", "is_staff", "is_active", "is_instructor")
    assert [stored[flag] for flag in flags] == [False, False, True, False]
    assert stored["preferences"] == {}
    assert stored["last_login"] is None


@pytest.mark.django_db
def test_a_user_without_a_password_cannot_log_in() -> None:
    user = User.objects.create_user("ana")

    assert not user.has_usable_password()
    assert not user.check_password("")


@pytest.mark.django_db
def test_a_taken_name_is_refused() -> None:
    User.objects.create_user("ana", "ana@example.org")
    before = stored_users()

    with pytest.raises(UsernameTaken, match="ana"):
        User.objects.create_user("ana", "another@example.org")

    assert stored_users() == before


@pytest.mark.django_db
def test_an_address_the_old_app_stored_in_mixed_case_is_taken() -> None:
    User.objects.create(username="ana", email="Ana@Example.org")
    before = stored_users()

    with pytest.raises(EmailTaken):
        User.objects.create_user("another", "ana@example.ORG")

    assert stored_users() == before


@pytest.mark.django_db
def test_many_users_may_have_no_address() -> None:
    assert User.objects.create_user("ana") != User.objects.create_user("ben")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_users_left")
def test_one_address_registered_at_once_is_given_once() -> None:
    results = at_once(
        lambda number: User.objects.create_user(f"user{number}", "ana@example.org"), threads=4
    )

    assert sorted(type(result).__name__ for result in results) == [*["EmailTaken"] * 3, "User"]
    assert len(stored_users()) == 1


@pytest.mark.django_db
def test_ensuring_a_user_twice_makes_one_and_changes_nothing() -> None:
    first = ensure_user("demo", email="demo@example.org", display_name="Demo")
    before = stored_users()

    assert ensure_user("demo", email="other@example.org", display_name="Other") == first
    assert stored_users() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_users_left")
def test_ensuring_a_user_at_once_makes_one() -> None:
    results = at_once(lambda _: ensure_user("demo", email="demo@example.org"), threads=4)

    assert len(stored_users()) == 1
    assert {result.id for result in results} == {stored_users()[0]["id"]}


@pytest.mark.django_db
def test_ensuring_a_new_user_with_anothers_address_is_refused() -> None:
    User.objects.create_user("ana", "ana@example.org")
    before = stored_users()

    with pytest.raises(EmailTaken):
        ensure_user("demo", email="ana@example.org")

    assert stored_users() == before


@pytest.mark.django_db
def test_a_reference_says_what_siblings_may_know() -> None:
    user = User.objects.create(
        username="ana",
        display_name="Ana",
        is_instructor=True,
        preferences={"auto_save_choreographies": False},
    )

    assert find_user(user_id=user.pk) == UserRef(
        id=user.pk,
        username="ana",
        display_name="Ana",
        is_instructor=True,
        is_active=True,
        preferences={"auto_save_choreographies": False},
    )
    assert find_user(user_id=user.pk + 1) is None


def test_pbkdf2_comes_first_here() -> None:
    assert pbkdf2_is_preferred() == []


def test_another_first_hasher_stops_the_start(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]

    (error,) = pbkdf2_is_preferred()

    assert error.id == "identity.E001"
    assert "begins with scrypt" in error.msg
