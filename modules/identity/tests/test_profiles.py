"""What users change about themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modules.identity.application import Accounts, Login
from modules.identity.errors import (
    EmailTaken,
    SessionEnded,
    UnusablePreferences,
)
from modules.identity.models import User
from modules.identity.tests.makers import PASSWORD

pytestmark = pytest.mark.django_db

type Register = Callable[[str], Login]


def test_a_profile_is_changed_where_it_is_named(accounts: Accounts, registered: Register) -> None:
    user_id = registered("ana").user.id
    User.objects.update(preferences={"theme": "dark", "default_difficulty": "advanced"})

    profile = accounts.change_profile(
        user_id=user_id, changes={"preferences": {"default_difficulty": None, "volume": 3}}
    )

    assert profile.email == "ana@example.org"
    assert User.objects.get().preferences == {
        "theme": "dark",
        "default_difficulty": None,
        "volume": 3,
    }
    assert profile.preferences["auto_save_choreographies"] is True
    again = accounts.change_profile(user_id=user_id, changes={})
    assert again == profile


def test_anothers_address_is_refused_and_ones_own_is_not(
    accounts: Accounts, registered: Register
) -> None:
    user_id = registered("ana").user.id
    registered("ben")
    User.objects.filter(pk=user_id).update(email="Ana@Example.org")

    with pytest.raises(EmailTaken):
        accounts.change_profile(
            user_id=user_id,
            changes={"email": "BEN@example.org", "display_name": "Ben"},
            current_password=PASSWORD,
        )
    assert User.objects.get(pk=user_id).display_name == "Ana"
    assert User.objects.get(pk=user_id).email == "Ana@Example.org"

    changed = accounts.change_profile(user_id=user_id, changes={"email": "ana@example.org"})
    assert changed.email == "ana@example.org"


def test_preferences_do_not_grow_for_ever(accounts: Accounts, registered: Register) -> None:
    user_id = registered("ana").user.id
    large = {"notes": "x" * 15_000}
    accounts.change_profile(user_id=user_id, changes={"preferences": large})

    with pytest.raises(UnusablePreferences):
        accounts.change_profile(user_id=user_id, changes={"preferences": {"more": "x" * 2000}})

    assert User.objects.get().preferences == large


def test_preferences_the_old_app_let_grow_can_still_be_changed(
    accounts: Accounts, registered: Register
) -> None:
    user_id = registered("ana").user.id
    User.objects.update(preferences={"notes": "x" * 20_000})

    profile = accounts.change_profile(user_id=user_id, changes={"preferences": {"notes": ""}})

    assert profile.preferences["notes"] == ""


def test_nobody_changes_a_user_who_is_gone(accounts: Accounts) -> None:
    with pytest.raises(SessionEnded):
        accounts.change_profile(user_id=999_999, changes={"display_name": "x"})
