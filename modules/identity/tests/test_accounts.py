"""Registering, logging in, profile and password, against the legacy user table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from modules.identity.application import Accounts, Login
from modules.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    SessionEnded,
    UsernameTaken,
    WeakPassword,
    WrongPassword,
)
from modules.identity.models import SessionFamily, User
from modules.identity.queries import SessionReader
from modules.identity.sessions import address_fingerprint, forget_ended_sessions
from modules.identity.tests.makers import (
    ELSEWHERE,
    HOME,
    LOGIN_POLICIES,
    LOGIN_POLICY,
    PASSWORD,
    let_pass,
    sessions,
)
from modules.identity.tokens import Tokens
from modules.web.errors import TooManyRequests

pytestmark = pytest.mark.django_db

type Register = Callable[[str], Login]


def log_in(accounts: Accounts, name: str, password: str = PASSWORD, address: str = HOME) -> Login:
    return accounts.log_in(name=name, password=password, address=address)


def session_of(tokens: Tokens, login: Login) -> Any:
    claims = tokens.read(login.access, kind="access")
    assert claims is not None
    return claims.session_id


def test_registering_logs_in(registered: Register, tokens: Tokens) -> None:
    login = registered("ana")

    user = SessionReader(tokens)(login.access)
    assert user is not None
    assert (user.username, user.is_instructor, user.user_id) == ("ana", False, login.user.id)
    assert User.objects.get().last_login is not None
    assert login.expires_in_s == 3600


@pytest.mark.parametrize(
    ("username", "email", "error"),
    [
        ("ana", "other@example.org", UsernameTaken),
        ("ANA", "other@example.org", UsernameTaken),
        ("other", "ANA@example.org", EmailTaken),
    ],
)
def test_what_is_taken_is_refused(
    accounts: Accounts, registered: Register, username: str, email: str, error: type[Exception]
) -> None:
    registered("ana")
    before = sessions()

    with pytest.raises(error):
        accounts.register(
            username=username, email=email, password=PASSWORD, display_name="", address=HOME
        )

    assert User.objects.count() == 1
    assert sessions() == before


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short1!", "too short"),
        ("password", "too common"),
        ("3141592653", "entirely numeric"),
        ("terpsichore1", "similar to the username"),
        ("muse@example.org", "similar to the email"),
        ("Queen of Dance", "similar to the display name"),
    ],
)
def test_a_weak_password_is_refused(accounts: Accounts, password: str, reason: str) -> None:
    with pytest.raises(WeakPassword, match=reason):
        accounts.register(
            username="terpsichore",
            email="muse@example.org",
            password=password,
            display_name="Queen of Dance",
            address=HOME,
        )

    assert not User.objects.exists()
    assert sessions() == {}


@pytest.mark.parametrize("name", ["ana", "ANA", "ana@example.org", "Ana@Example.ORG", " ana "])
def test_name_and_address_log_in_whatever_their_cases(
    accounts: Accounts, registered: Register, name: str
) -> None:
    user_id = registered("ana").user.id

    assert log_in(accounts, name).user.id == user_id
    assert len(sessions()) == 2


def test_unknown_inactive_and_wrong_are_refused_in_the_same_words_and_time(
    accounts: Accounts, registered: Register, hashings: list[str]
) -> None:
    registered("ana")
    registered("gone")
    User.objects.filter(username="gone").update(is_active=False)
    User.objects.create_user("guest")
    before = sessions()
    refusals = []
    for name, password in [
        ("nobody", PASSWORD),
        ("ana", "wrong horse"),
        ("gone", PASSWORD),
        ("guest", PASSWORD),
        ("ana@example.com", PASSWORD),
    ]:
        hashings.clear()
        with pytest.raises(InvalidCredentials) as refused:
            log_in(accounts, name, password)
        refusals.append((str(refused.value), len(hashings)))

    assert refusals == [("The name or the password is wrong.", 1)] * 5
    assert sessions() == before


def as_the_old_app(username: str, *, email: str = "", rounds: int = 700) -> User:
    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "some salt of theirs", rounds)
    return User.objects.create(username=username, email=email, password=hashed)


def test_an_old_password_with_fewer_rounds_logs_in_and_is_hashed_anew(accounts: Accounts) -> None:
    user = as_the_old_app("ana", rounds=700)
    first = log_in(accounts, "ana")

    user.refresh_from_db()
    assert user.password.startswith("pbkdf2_sha256$1000$")
    assert log_in(accounts, "ana").user.id == user.pk
    assert accounts.refresh(token=first.refresh).user.id == user.pk


def test_an_old_password_with_more_rounds_is_left_alone(accounts: Accounts) -> None:
    user = as_the_old_app("ana", rounds=1200)

    log_in(accounts, "ana")

    assert User.objects.get().password == user.password


def test_hashing_anew_ends_no_session(
    accounts: Accounts, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_the_old_app("ana", rounds=1000)
    before = log_in(accounts, "ana")
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1100)

    log_in(accounts, "ana")

    assert User.objects.get().password.startswith("pbkdf2_sha256$1100$")
    assert SessionReader(tokens)(before.access) is not None


def test_an_address_stored_twice_opens_nothing(accounts: Accounts) -> None:
    as_the_old_app("ana", email="Ana@example.org")
    as_the_old_app("anita", email="ana@Example.org")

    for address in ("ana@example.org", "Ana@example.org", "ana@Example.org"):
        with pytest.raises(InvalidCredentials):
            log_in(accounts, address)
    assert sessions() == {}
    assert log_in(accounts, "anita").user.username == "anita"


def test_an_address_shared_with_an_inactive_user_opens_the_active_one(accounts: Accounts) -> None:
    as_the_old_app("ana", email="Ana@example.org")
    User.objects.filter(username="ana").update(is_active=False)
    as_the_old_app("anita", email="ana@example.org")

    assert log_in(accounts, "ana@example.org").user.username == "anita"


def test_names_that_differ_by_case_are_two_users(accounts: Accounts) -> None:
    as_the_old_app("ana")
    as_the_old_app("Ana")

    assert log_in(accounts, "ana").user.username == "ana"
    assert log_in(accounts, "Ana").user.username == "Ana"
    with pytest.raises(InvalidCredentials):
        log_in(accounts, "ANA")


def test_a_name_that_is_anothers_address_opens_only_its_own_account(accounts: Accounts) -> None:
    as_the_old_app("ana", email="ana@example.org")
    thief = as_the_old_app("ana@example.org")
    User.objects.filter(pk=thief.pk).update(password=make_password("another password"))

    with pytest.raises(InvalidCredentials):
        log_in(accounts, "ana@example.org")
    assert log_in(accounts, "ana@example.org", "another password").user.id == thief.pk
    assert log_in(accounts, "ana").user.username == "ana"


def guess(accounts: Accounts, name: str, *, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            log_in(accounts, name, "wrong", address=address)


def test_ten_wrong_passwords_close_an_account_to_their_address_only(
    accounts: Accounts, registered: Register, hashings: list[str]
) -> None:
    registered("ana")
    guess(accounts, "ana", address=ELSEWHERE, times=LOGIN_POLICY.quota)
    hashings.clear()

    with pytest.raises(TooManyRequests) as refused:
        log_in(accounts, "Ana", address=ELSEWHERE)
    assert 0 < refused.value.retry_after_s <= LOGIN_POLICY.window_s
    assert hashings == []

    assert log_in(accounts, "ana", address="203.0.113.9").user.username == "ana"
    assert log_in(accounts, "ana", address=HOME).user.username == "ana"


def test_many_guessing_addresses_do_not_shut_out_a_right_password(
    accounts: Accounts, registered: Register
) -> None:
    registered("ana")
    for number in range(LOGIN_POLICIES.everywhere.quota // LOGIN_POLICY.quota):
        guess(accounts, "ana", address=f"198.51.100.{number}", times=LOGIN_POLICY.quota)
    for number in range(10, 15):  # a new address is left few tries
        guess(
            accounts,
            "ana",
            address=f"198.51.100.{number}",
            times=LOGIN_POLICIES.attacked.quota,
        )
        with pytest.raises(TooManyRequests):
            log_in(accounts, "ana", "wrong", address=f"198.51.100.{number}")

    for _ in range(5):
        assert log_in(accounts, "ana", address="203.0.113.9").user.username == "ana"
    guess(accounts, "ana", address=HOME, times=LOGIN_POLICY.quota - 1)
    assert log_in(accounts, "ana", address=HOME).user.username == "ana"


@pytest.mark.parametrize("address", [ELSEWHERE, HOME])
def test_a_name_and_an_email_cannot_be_told_to_belong_together(
    accounts: Accounts, registered: Register, address: str
) -> None:
    registered("ana")
    guess(accounts, "ana", address=address, times=LOGIN_POLICY.quota)
    guess(accounts, "ana@example.org", address=address, times=LOGIN_POLICY.quota)


def test_a_guessed_current_password_shuts_nobody_out_of_logging_in(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    login = registered("ana")
    for _ in range(LOGIN_POLICY.quota):
        with pytest.raises(WrongPassword):
            accounts.change_password(
                user_id=login.user.id,
                session_id=session_of(tokens, login),
                current="wrong",
                new="staple of the stable",
                address=ELSEWHERE,
            )
    assert log_in(accounts, "ana", address=ELSEWHERE).user.username == "ana"


def test_right_passwords_are_not_counted(accounts: Accounts, registered: Register) -> None:
    registered("ana")
    for _ in range(LOGIN_POLICY.quota + 2):
        log_in(accounts, "ana", address=ELSEWHERE)


def test_a_name_nobody_has_is_closed_in_the_same_way(accounts: Accounts) -> None:
    for _ in range(LOGIN_POLICY.quota):
        with pytest.raises(InvalidCredentials):
            log_in(accounts, "nobody", "wrong")
    with pytest.raises(TooManyRequests):
        log_in(accounts, "NOBODY", "wrong")


COMPOSED, DECOMPOSED = "contraseña corazón", "contrasen\u0303a corazo\u0301n"


@pytest.mark.parametrize(("stored", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_a_password_is_the_same_on_every_keyboard(
    accounts: Accounts, registered: Register, tokens: Tokens, stored: str, typed: str
) -> None:
    login = registered("ana")
    accounts.change_password(
        user_id=login.user.id,
        session_id=session_of(tokens, login),
        current=PASSWORD,
        new=stored,
        address=HOME,
    )
    assert log_in(accounts, "ana", typed).user.username == "ana"


def test_what_the_old_app_stored_as_it_was_typed_stays_good(accounts: Accounts) -> None:
    user = as_the_old_app("ana")
    User.objects.filter(pk=user.pk).update(password=make_password(DECOMPOSED))
    assert log_in(accounts, "ana", DECOMPOSED).user.username == "ana"


def test_an_address_is_known_again_and_not_kept() -> None:
    assert address_fingerprint("2001:db8::1") == address_fingerprint("2001:db8::ffff:1")
    assert address_fingerprint("2001:db8::1") != address_fingerprint("2001:db8:0:1::1")
    assert address_fingerprint("192.0.2.1") != address_fingerprint("192.0.2.2")
    assert "192" not in address_fingerprint("192.0.2.1")[:3]
    assert address_fingerprint("") != address_fingerprint("not an address")


def test_a_password_change_ends_the_other_sessions(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    other, mine = registered("ana"), log_in(accounts, "ana")
    read = SessionReader(tokens)

    accounts.change_password(
        user_id=mine.user.id,
        session_id=session_of(tokens, mine),
        current=PASSWORD,
        new="staple of the stable",
        address=HOME,
    )

    assert read(mine.access) is not None
    assert read(other.access) is None
    with pytest.raises(SessionEnded):
        accounts.refresh(token=other.refresh)
    assert accounts.refresh(token=mine.refresh).user.id == mine.user.id
    with pytest.raises(InvalidCredentials):
        log_in(accounts, "ana")
    assert log_in(accounts, "ana", "staple of the stable").user.id == mine.user.id


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [
        ("wrong", "staple of the stable", WrongPassword),
        (PASSWORD, "password", WeakPassword),
        (PASSWORD, "ana@example.org", WeakPassword),
    ],
)
def test_a_refused_password_change_changes_nothing(
    accounts: Accounts,
    registered: Register,
    tokens: Tokens,
    current: str,
    new: str,
    error: type[Exception],
) -> None:
    login, other = registered("ana"), log_in(accounts, "ana")
    before = User.objects.get().password

    with pytest.raises(error):
        accounts.change_password(
            user_id=login.user.id,
            session_id=session_of(tokens, login),
            current=current,
            new=new,
            address=HOME,
        )

    assert User.objects.get().password == before
    assert SessionReader(tokens)(other.access) is not None


def test_wrong_current_passwords_count_as_guesses(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    login = registered("ana")
    change = {
        "user_id": login.user.id,
        "session_id": session_of(tokens, login),
        "new": "staple of the stable",
        "address": ELSEWHERE,
    }
    for _ in range(LOGIN_POLICY.quota):
        with pytest.raises(WrongPassword):
            accounts.change_password(current="wrong", **change)
    with pytest.raises(TooManyRequests):
        accounts.change_password(current=PASSWORD, **change)


def test_a_password_changed_in_the_old_app_ends_every_session(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    login = registered("ana")

    User.objects.update(password=make_password("changed over there"))

    assert SessionReader(tokens)(login.access) is None
    with pytest.raises(SessionEnded):
        accounts.refresh(token=login.refresh)
    assert log_in(accounts, "ana", "changed over there").user.id == login.user.id


@pytest.mark.parametrize("what", ["deactivated", "deleted"])
def test_a_user_who_is_gone_has_no_session(
    accounts: Accounts, registered: Register, tokens: Tokens, what: str
) -> None:
    login = registered("ana")
    if what == "deleted":
        User.objects.all().delete()
    else:
        User.objects.update(is_active=False)

    assert SessionReader(tokens)(login.access) is None
    with pytest.raises(SessionEnded):
        accounts.refresh(token=login.refresh)


def test_a_refresh_token_is_exchanged_once(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    first = registered("ana")
    second = accounts.refresh(token=first.refresh)

    assert second.refresh != first.refresh
    assert SessionReader(tokens)(second.access) is not None
    assert accounts.refresh(token=first.refresh).refresh == second.refresh
    assert accounts.refresh(token=second.refresh).refresh != second.refresh


def test_an_old_refresh_token_ends_the_session(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    first, other = registered("ana"), log_in(accounts, "ana")
    second = accounts.refresh(token=first.refresh)
    let_pass(31)

    with pytest.raises(SessionEnded):
        accounts.refresh(token=first.refresh)

    with pytest.raises(SessionEnded):
        accounts.refresh(token=second.refresh)
    assert SessionReader(tokens)(second.access) is None
    assert SessionReader(tokens)(other.access) is not None


def test_a_grandparent_ends_the_session_even_at_once(
    accounts: Accounts, registered: Register
) -> None:
    first = registered("ana")
    third = accounts.refresh(token=accounts.refresh(token=first.refresh).refresh)

    with pytest.raises(SessionEnded):
        accounts.refresh(token=first.refresh)
    with pytest.raises(SessionEnded):
        accounts.refresh(token=third.refresh)


def test_a_session_lives_a_week_from_its_last_refresh(
    accounts: Accounts, registered: Register
) -> None:
    day = 24 * 3600
    login = registered("ana")
    for _ in range(3):
        let_pass(6 * day)
        login = accounts.refresh(token=login.refresh)

    let_pass(7 * day + 31)
    with pytest.raises(SessionEnded):
        accounts.refresh(token=login.refresh)


def test_an_access_token_is_no_refresh_token(accounts: Accounts, registered: Register) -> None:
    login = registered("ana")
    for act in (accounts.refresh, accounts.log_out):
        with pytest.raises(SessionEnded):
            act(token=login.access)
    assert not any(sessions().values())


def test_logging_out_twice_ends_one_session(
    accounts: Accounts, registered: Register, tokens: Tokens
) -> None:
    mine, other = registered("ana"), log_in(accounts, "ana")
    newer = accounts.refresh(token=mine.refresh)

    accounts.log_out(token=mine.refresh)
    accounts.log_out(token=newer.refresh)

    assert SessionReader(tokens)(newer.access) is None
    assert SessionReader(tokens)(other.access) is not None
    with pytest.raises(SessionEnded):
        accounts.refresh(token=newer.refresh)
    assert sorted(sessions().values()) == [False, True]


def test_times_are_judged_by_the_databases_clock(
    registered: Register, tokens: Tokens, accounts: Accounts
) -> None:
    login = registered("ana")
    family = SessionFamily.objects.get()
    read = SessionReader(tokens)

    def at(offset_s: int) -> str:
        now = type(family.rotated_at).fromtimestamp(
            family.rotated_at.timestamp() + offset_s, tz=family.rotated_at.tzinfo
        )
        return tokens.make_access(user_id=login.user.id, session_id=family.id, now=now)

    assert read(at(-3600 - 45)) is None  # ended 45 s ago
    assert read(at(-3600 - 10)) is not None
    assert read(at(15)) is not None
    assert read(at(90)) is None  # made in the future


def test_one_users_token_opens_no_others_session(
    registered: Register, tokens: Tokens, accounts: Accounts
) -> None:
    ana, ben = registered("ana"), registered("ben")
    family = SessionFamily.objects.get(user_id=ana.user.id)
    mixed = tokens.make_access(user_id=ben.user.id, session_id=family.id, now=family.rotated_at)

    assert SessionReader(tokens)(mixed) is None


def test_reading_a_token_takes_one_query(
    registered: Register, tokens: Tokens, django_assert_num_queries: Any
) -> None:
    login = registered("ana")
    with django_assert_num_queries(1):
        assert SessionReader(tokens)(login.access) is not None
    with django_assert_num_queries(0):
        assert SessionReader(tokens)(login.refresh) is None


def test_sessions_that_ended_a_month_ago_are_forgotten(
    accounts: Accounts, registered: Register
) -> None:
    registered("ana")
    let_pass(36 * 24 * 3600)
    kept = log_in(accounts, "ana")
    assert forget_ended_sessions() == 0
    let_pass(2 * 24 * 3600)

    assert forget_ended_sessions() == 1
    assert forget_ended_sessions() == 0
    assert accounts.refresh(token=kept.refresh).user.username == "ana"
