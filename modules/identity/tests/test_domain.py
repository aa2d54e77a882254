"""Which refresh token is good, whom a name means, what may be preferred."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.identity.domain import (
    DEFAULT_PREFERENCES,
    Account,
    RotationDecision,
    TokenFamily,
    check_plain,
    choose_account,
    merged_preferences,
    normal_name,
    shown_preferences,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CURRENT, PREVIOUS, OLDER = uuid4(), uuid4(), uuid4()


def a_family(*, rotated: float = 0, ends: float = 1000, is_open: bool = True) -> TokenFamily:
    return TokenFamily(
        current_token=CURRENT,
        previous_token=PREVIOUS,
        rotated_at=NOW - timedelta(seconds=rotated),
        expires_at=NOW + timedelta(seconds=ends),
        is_open=is_open,
    )


@pytest.mark.parametrize(
    ("family", "token", "decision"),
    [
        (a_family(), CURRENT, RotationDecision.ROTATE),
        (a_family(rotated=5000), CURRENT, RotationDecision.ROTATE),
        (a_family(rotated=30), PREVIOUS, RotationDecision.REPEAT),
        (a_family(rotated=30.001), PREVIOUS, RotationDecision.REVOKE),
        (a_family(), OLDER, RotationDecision.REVOKE),
        (a_family(ends=-29.9), CURRENT, RotationDecision.ROTATE),
        (a_family(ends=-30), CURRENT, RotationDecision.REFUSE),
        (a_family(ends=-30), OLDER, RotationDecision.REFUSE),
        (a_family(is_open=False), CURRENT, RotationDecision.REFUSE),
        (a_family(is_open=False), PREVIOUS, RotationDecision.REFUSE),
        # A clock that was set back, or a rotation while this one waited.
        (a_family(rotated=-5), PREVIOUS, RotationDecision.REPEAT),
    ],
)
def test_a_token_is_judged(family: TokenFamily, token: Any, decision: RotationDecision) -> None:
    assert family.decide(token, now=NOW) is decision


def test_a_first_token_has_no_parent() -> None:
    family = TokenFamily(
        current_token=CURRENT,
        previous_token=None,
        rotated_at=NOW,
        expires_at=NOW + timedelta(days=7),
        is_open=True,
    )
    assert family.decide(PREVIOUS, now=NOW) is RotationDecision.REVOKE


def account(user_id: int, username: str) -> Account:
    return Account(user_id=user_id, username=username, password_hash="", is_known_address=False)


@pytest.mark.parametrize(
    ("names", "typed", "chosen"),
    [
        (["ana"], "ana", "ana"),
        (["ana", "Ana"], "Ana", "Ana"),
        (["Ana"], "ANA", "Ana"),
        (["ana", "Ana"], "ANA", None),
        (["ben"], "ana@example.org", "ben"),
        (["ben", "cleo"], "ana@example.org", None),
        (["ana@example.org", "ben"], "ana@example.org", "ana@example.org"),
        (["Ana@example.org", "ben"], "ana@example.org", "Ana@example.org"),
        ([], "ana", None),
    ],
)
def test_a_name_means_one_account_or_none(names: list[str], typed: str, chosen: str | None) -> None:
    found = choose_account([account(n, name) for n, name in enumerate(names)], name=typed)
    assert (found and found.username) == chosen


def test_a_name_is_read_as_the_old_app_stores_it() -> None:
    assert normal_name(" ﬁna ") == "fina"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({}, {}),
        (None, {}),
        ([1], {}),
        ("x", {}),
        ({"auto_save_choreographies": "yes"}, {}),
        ({"auto_save_choreographies": 0}, {}),
        ({"default_difficulty": "expert"}, {}),
        ({"default_difficulty": ["beginner"]}, {}),
        ({"language": 7}, {}),
        ({"auto_save_choreographies": False}, {"auto_save_choreographies": False}),
        ({"default_difficulty": "advanced"}, {"default_difficulty": "advanced"}),
        ({"theme": {"dark": 1}}, {"theme": {"dark": 1}}),
    ],
)
def test_preferences_are_shown_whole_whatever_was_stored(
    stored: Any, shown: dict[str, Any]
) -> None:
    assert shown_preferences(stored) == {**DEFAULT_PREFERENCES, **shown}


@settings(deadline=None)
@given(
    st.dictionaries(st.text(), st.integers()),
    st.dictionaries(st.text(), st.integers()),
)
def test_merging_keeps_what_is_not_named(stored: dict[str, int], changes: dict[str, int]) -> None:
    merged = merged_preferences(stored, changes)
    assert merged.items() >= changes.items()
    assert {key: merged[key] for key in stored.keys() - changes.keys()} == {
        key: stored[key] for key in stored.keys() - changes.keys()
    }
    assert merged.keys() == stored.keys() | changes.keys()
    assert merged_preferences(merged, changes) == merged


@pytest.mark.parametrize(
    "value",
    ["\x00", "\ud800", {"\x00": 1}, {"a": ["\udfff"]}, float("inf"), [[[[[[[[[1]]]]]]]]]],
)
def test_what_postgresql_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"must not|too large"):
        check_plain({"key": value})


@pytest.mark.parametrize("value", ["é\n", {"a": [1, 2.5, None, True]}, [[[[[1]]]]], 10**300])
def test_other_json_is_kept(value: Any) -> None:
    check_plain({"key": value})
