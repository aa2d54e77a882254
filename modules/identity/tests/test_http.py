"""Every account route, tried as owner, as another user, as instructor, as nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from modules.identity.application import Accounts
from modules.identity.http import build_router
from modules.identity.models import SessionFamily, User
from modules.identity.queries import SessionReader
from modules.identity.tests.makers import KEY, PASSWORD, let_pass, sessions
from modules.identity.tokens import Tokens
from modules.web.build import RequestsPerMinute, build
from modules.web.tests.site import site_of

pytestmark = pytest.mark.django_db

LOGGED_IN = {"access", "refresh", "token_type", "expires_in", "user"}
USER = {
    "id",
    "username",
    "email",
    "display_name",
    "is_instructor",
    "preferences",
    "date_joined",
}
KNOWN = {"auto_save_choreographies": True, "default_difficulty": None, "language": None}


@pytest.fixture
def client(settings: Any, accounts: Accounts, tokens: Tokens) -> Client:
    per_minute = RequestsPerMinute(user=1000, polling=1000, address=30)
    auth = build(read_token=SessionReader(tokens), per_minute=per_minute).authenticators
    settings.ROOT_URLCONF = site_of({"/auth": build_router(accounts=accounts, auth=auth)})
    return Client(raise_request_exception=False)


def send(client: Client, call: str, body: Any = None, *, token: str | None = None) -> Any:
    method, path = call.split()
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return client.generic(
        method,
        f"/api/auth/{path}",
        data="" if body is None else json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def registration(username: str = "ana", **changes: Any) -> dict[str, Any]:
    whole = {
        "username": username,
        "email": f"{username}@example.org",
        "password": PASSWORD,
        "display_name": "Ana",
    }
    return whole | changes


def register(client: Client, username: str = "ana") -> Any:
    answer = send(client, "POST register", registration(username))
    assert answer.status_code == 201, answer.content
    return answer.json()


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code
    return problem


def test_the_life_of_a_session(client: Client) -> None:
    first = register(client)
    login = send(client, "POST login", {"username": "Ana@Example.org", "password": PASSWORD})
    assert login.status_code == 200
    renewed = send(client, "POST refresh", {"refresh": login.json()["refresh"]})
    assert renewed.status_code == 200
    me = send(client, "GET me", token=renewed.json()["access"])

    for answer in (first, login.json(), renewed.json()):
        assert set(answer) == LOGGED_IN
        assert set(answer["user"]) == USER
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert me.json() == first["user"]
    assert me.json()["preferences"] == KNOWN
    assert me.json()["date_joined"].endswith("Z")
    assert me["Cache-Control"] == "no-store"

    gone = send(client, "POST logout", {"refresh": renewed.json()["refresh"]})
    assert (gone.status_code, gone.content) == (204, b"")
    refused(send(client, "GET me", token=renewed.json()["access"]), 401, "not_authenticated")
    assert send(client, "GET me", token=first["access"]).status_code == 200


@pytest.mark.parametrize("call", ["GET me", "PUT me", "POST password"])
def test_nobody_is_asked_to_log_in(client: Client, call: str) -> None:
    register(client)
    body = {"PUT me": {}, "POST password": {}}.get(call)
    refused(send(client, call, body), 401, "not_authenticated")


@pytest.mark.parametrize("body", [{"is_instructor": True}, {"is_staff": True}, {"id": 1}])
def test_nobody_promotes_themselves(client: Client, body: dict[str, Any]) -> None:
    refused(send(client, "POST register", registration() | body), 422, "validation_failed")
    token = register(client)["access"]
    refused(send(client, "PUT me", body, token=token), 422, "validation_failed")
    send(client, "PUT me", {"preferences": body}, token=token)
    user = User.objects.get()
    assert (user.is_instructor, user.is_staff, user.is_superuser) == (False, False, False)


def test_everybody_sees_and_changes_only_themselves(client: Client) -> None:
    ana, ben = register(client), register(client, "ben")
    User.objects.filter(username="ben").update(is_instructor=True)

    changed = send(client, "PUT me", {"display_name": "Ben B."}, token=ben["access"])

    assert changed.json()["is_instructor"] is True
    assert changed.json()["display_name"] == "Ben B."
    assert send(client, "GET me", token=ana["access"]).json() == ana["user"]
    assert ana["user"]["is_instructor"] is False


def test_anothers_refresh_token_ends_only_that_session(client: Client) -> None:
    ana, ben = register(client), register(client, "ben")
    send(client, "POST logout", {"refresh": ben["refresh"]}, token=ana["access"])

    assert send(client, "GET me", token=ana["access"]).status_code == 200
    refused(send(client, "GET me", token=ben["access"]), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"username": ""}, "/username"),
        ({"username": "a" * 151}, "/username"),
        ({"username": "ana@example.org"}, "/username"),
        ({"username": "аna"}, "/username"),  # noqa: RUF001  # a Cyrillic letter
        ({"username": "ana\n"}, "/username"),
        ({"username": "ana\x00"}, "/username"),
        ({"username": 7}, "/username"),
        ({"email": "ana"}, "/email"),
        ({"email": "ana@example.org\n"}, "/email"),
        ({"email": "ana@example.org, ben@example.org"}, "/email"),
        ({"email": "a" * 250 + "@example.org"}, "/email"),
        ({"email": "İ" * 200 + "@example.org"}, "/email"),
        ({"email": None}, "/email"),
        ({"password": "short1!"}, "/password"),
        ({"password": "p" * 129}, "/password"),
        ({"password": "correct\x00horse"}, "/password"),
        ({"password": "correct\ud800horse"}, "/password"),
        ({"password": 12345678}, "/password"),
        ({"password": "3141592653"}, "/password"),
        ({"password": " " * 12}, "/password"),
        ({"password": "\u3000\u00a0" * 6}, "/password"),
        ({"display_name": "x" * 201}, "/display_name"),
        ({"display_name": None}, "/display_name"),
        ({"more": 1}, "/more"),
    ],
)
def test_a_wrong_registration_is_pointed_out_and_not_repeated(
    client: Client, changes: dict[str, Any], pointer: str
) -> None:
    problem = refused(
        send(client, "POST register", registration() | changes), 422, "validation_failed"
    )
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "horse" not in json.dumps(problem)
    assert not User.objects.exists()
    assert sessions() == {}


def test_a_weak_password_is_refused(client: Client) -> None:
    refused(send(client, "POST register", registration(password="password")), 422, "weak_password")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"email": "b@example.org"}, "username_taken"), ({"username": "ben"}, "email_taken")],
)
def test_what_is_taken_is_a_conflict(client: Client, changes: dict[str, str], code: str) -> None:
    register(client)
    refused(send(client, "POST register", registration() | changes), 409, code)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("username", "password"), [("ana", "wrong horse"), ("nobody", PASSWORD), ("gone", PASSWORD)]
)
def test_wrong_credentials_are_refused_in_the_same_words(
    client: Client, username: str, password: str
) -> None:
    register(client)
    register(client, "gone")
    User.objects.filter(username="gone").update(is_active=False)
    before = sessions()

    answer = send(client, "POST login", {"username": username, "password": password})

    problem = refused(answer, 401, "invalid_credentials")
    assert problem["message"] == "The name or the password is wrong."
    assert sessions() == before


def test_an_address_may_try_only_so_often_before_a_password_is_looked_at(
    client: Client, hashings: list[str]
) -> None:
    for number in range(30):
        answer = send(client, "POST login", {"username": f"n{number}", "password": "x"})
        assert answer.status_code == 401
    hashings.clear()

    answer = send(client, "POST login", {"username": "another", "password": "x"})

    refused(answer, 429, "too_many_requests")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert hashings == []


def test_an_account_may_be_tried_only_so_often(client: Client, hashings: list[str]) -> None:
    User.objects.create_user("ana", "ana@example.org", PASSWORD)
    for _ in range(10):
        send(client, "POST login", {"username": "ana", "password": "wrong"})
    hashings.clear()

    answer = send(client, "POST login", {"username": "ana", "password": PASSWORD})

    refused(answer, 429, "too_many_requests")
    assert 0 < int(answer["Retry-After"]) <= 300
    assert hashings == []
    assert sessions() == {}


@pytest.mark.parametrize("call", ["POST refresh", "POST logout"])
def test_what_is_no_refresh_token_is_refused(client: Client, tokens: Tokens, call: str) -> None:
    login = register(client)
    family = SessionFamily.objects.get()
    forged = Tokens(KEY[::-1]).make_refresh(
        user_id=login["user"]["id"],
        session_id=family.id,
        token_id=family.current_token,
        issued_at=family.rotated_at,
        expires_at=family.expires_at,
    )
    for token in (login["access"], forged, "a.b.c", "é"):
        refused(send(client, call, {"refresh": token}), 401, "session_ended")
    for body in ({"refresh": ""}, {"refresh": 7}, {"refresh": "a\x00b"}, {}, {"token": "x"}):
        refused(send(client, call, body), 422, "validation_failed")
    assert list(sessions().values()) == [False]


def test_a_replayed_refresh_token_ends_the_session(client: Client) -> None:
    login = register(client)
    newer = send(client, "POST refresh", {"refresh": login["refresh"]}).json()
    let_pass(31)

    refused(send(client, "POST refresh", {"refresh": login["refresh"]}), 401, "session_ended")

    refused(send(client, "POST refresh", {"refresh": newer["refresh"]}), 401, "session_ended")
    refused(send(client, "GET me", token=newer["access"]), 401, "not_authenticated")
    assert list(sessions().values()) == [True]


def test_tampered_access_tokens_are_nobody(client: Client, tokens: Tokens) -> None:
    login = register(client)
    family = SessionFamily.objects.get()
    user_id = login["user"]["id"]
    other_key = Tokens(KEY[::-1]).make_access(
        user_id=user_id, session_id=family.id, now=family.rotated_at
    )
    other_user = tokens.make_access(
        user_id=user_id + 1, session_id=family.id, now=family.rotated_at
    )
    old = tokens.make_access(
        user_id=user_id, session_id=family.id, now=datetime(2020, 1, 1, tzinfo=UTC)
    )
    unsigned = login["access"].rpartition(".")[0] + "."
    for token in (other_key, other_user, old, unsigned, login["refresh"], "", "é"):
        refused(send(client, "GET me", token=token), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("preferences", "stored"),
    [
        ({"auto_save_choreographies": False}, {"auto_save_choreographies": False}),
        ({"default_difficulty": "advanced"}, {"default_difficulty": "advanced"}),
        ({"default_difficulty": None}, {"default_difficulty": None}),
        ({"language": "es-MX"}, {"language": "es-MX"}),
        ({"theme": {"dark": [1, 2.5, None]}}, {"theme": {"dark": [1, 2.5, None]}}),
        ({}, {}),
    ],
)
def test_preferences_are_merged(
    client: Client, preferences: dict[str, Any], stored: dict[str, Any]
) -> None:
    token = register(client)["access"]
    User.objects.update(preferences={"kept": "by the old app"})

    answer = send(client, "PUT me", {"preferences": preferences}, token=token)

    assert answer.status_code == 200, answer.content
    assert User.objects.get().preferences == {"kept": "by the old app", **stored}
    assert answer.json()["preferences"] == {**KNOWN, "kept": "by the old app", **stored}


@pytest.mark.parametrize(
    "preferences",
    [
        {"auto_save_choreographies": "yes"},
        {"auto_save_choreographies": 1},
        {"auto_save_choreographies": None},
        {"default_difficulty": "expert"},
        {"default_difficulty": ["beginner"]},
        {"language": "Español"},
        {"language": ""},
        {"language": "es\n"},
        {"other": "\x00"},
        {"other\x00": 1},
        {"other": [{"a": "\ud800"}]},
        {"o" * 101: 1},
        {"deep": [[[[[[[[[[1]]]]]]]]]]},
        [],
        None,
        "text",
    ],
)
def test_wrong_preferences_are_refused(client: Client, preferences: Any) -> None:
    token = register(client)["access"]
    body = {"display_name": "Changed", "preferences": preferences}

    refused(send(client, "PUT me", body, token=token), 422, "validation_failed")

    assert User.objects.get().preferences == {}
    assert User.objects.get().display_name == "Ana"


def test_too_large_a_number_is_refused(client: Client) -> None:
    token = register(client)["access"]
    raw = '{"preferences": {"other": 1e999}}'
    answer = client.generic(
        "PUT",
        "/api/auth/me",
        data=raw,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    refused(answer, 422, "validation_failed")


def test_too_many_preferences_are_refused(client: Client) -> None:
    token = register(client)["access"]
    large = {f"key{n}": "x" * 1000 for n in range(20)}
    refused(
        send(client, "PUT me", {"preferences": large}, token=token), 422, "unusable_preferences"
    )
    assert User.objects.get().preferences == {}


def test_what_the_old_app_spoiled_is_answered_in_the_promised_types(client: Client) -> None:
    token = register(client)["access"]
    User.objects.update(preferences={"auto_save_choreographies": "yes", "language": 7})
    assert send(client, "GET me", token=token).json()["preferences"] == KNOWN
    User.objects.update(preferences=[1])
    assert send(client, "GET me", token=token).json()["preferences"] == KNOWN


def test_a_taken_address_is_a_conflict(client: Client) -> None:
    register(client, "ben")
    token = register(client)["access"]
    proven = {"current_password": PASSWORD}
    taken = {"email": "BEN@example.org", **proven}
    refused(send(client, "PUT me", taken, token=token), 409, "email_taken")
    assert User.objects.get(username="ana").email == "ana@example.org"
    answer = send(client, "PUT me", {"email": "New@Example.ORG", **proven}, token=token)
    assert answer.json()["email"] == "new@example.org"


@pytest.mark.parametrize(
    ("given", "code"),
    [({}, "password_required"), ({"current_password": "wrong horse"}, "wrong_password")],
)
def test_another_email_is_taken_with_the_password_only(
    client: Client, given: dict[str, str], code: str
) -> None:
    token = register(client)["access"]
    body = {"email": "thief@example.org", "display_name": "Thief", **given}

    refused(send(client, "PUT me", body, token=token), 403, code)

    user = User.objects.get()
    assert (user.email, user.display_name) == ("ana@example.org", "Ana")


def test_the_same_email_needs_no_password(client: Client) -> None:
    token = register(client)["access"]
    body = {"email": "ANA@example.org", "display_name": "Ana María"}
    answer = send(client, "PUT me", body, token=token)
    assert answer.status_code == 200
    assert answer.json()["display_name"] == "Ana María"


def test_guesses_through_the_profile_are_counted(client: Client) -> None:
    token = register(client)["access"]
    body = {"email": "thief@example.org", "current_password": "wrong horse"}
    for _ in range(10):
        refused(send(client, "PUT me", body, token=token), 403, "wrong_password")
    refused(send(client, "PUT me", body, token=token), 429, "too_many_requests")


def test_a_password_change_ends_other_sessions(client: Client) -> None:
    other = register(client)
    mine = send(client, "POST login", {"username": "ana", "password": PASSWORD}).json()
    body = {"current_password": PASSWORD, "new_password": "staple of the stable"}

    answer = send(client, "POST password", body, token=mine["access"])

    assert (answer.status_code, answer.content) == (204, b"")
    assert send(client, "GET me", token=mine["access"]).status_code == 200
    refused(send(client, "GET me", token=other["access"]), 401, "not_authenticated")
    refused(send(client, "POST refresh", {"refresh": other["refresh"]}), 401, "session_ended")
    refused(send(client, "POST password", body, token=mine["access"]), 403, "wrong_password")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (("wrong", "staple of the stable"), 403, "wrong_password"),
        ((PASSWORD, "password"), 422, "weak_password"),
        ((PASSWORD, "short"), 422, "validation_failed"),
        (("", "staple of the stable"), 422, "validation_failed"),
    ],
)
def test_a_refused_password_change_changes_nothing(
    client: Client, body: tuple[str, str], status: int, code: str
) -> None:
    login = register(client)
    before = User.objects.get().password
    current, new = body

    answer = send(
        client,
        "POST password",
        {"current_password": current, "new_password": new},
        token=login["access"],
    )

    refused(answer, status, code)
    assert User.objects.get().password == before
    assert list(sessions().values()) == [False]
