"""What operators do with users: `createsuperuser`, `make-instructor`, `set-password`."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from modules.identity.application import Accounts, Login
from modules.identity.errors import InvalidCredentials
from modules.identity.models import User
from modules.identity.queries import SessionReader
from modules.identity.tests.makers import HOME, PASSWORD
from modules.identity.tokens import Tokens

NEW = "another long password"

type Register = Callable[[str], Login]


class Terminal(io.StringIO):
    """A standard input somebody types into."""

    def isatty(self) -> bool:
        """Whether somebody types."""
        return True


def createsuperuser(name: str, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", username=name, email=email, verbosity=0)


def users(*words: str, monkeypatch: pytest.MonkeyPatch, stdin: str = "") -> str:
    """Run the command as in a pipe and return what it says."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    call_command("users", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_superuser_is_made_and_can_log_in(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    createsuperuser("chief", "Chief@Example.org", monkeypatch)

    chief = User.objects.get(username="chief")
    assert (chief.is_superuser, chief.is_staff, chief.is_active) == (True, True, True)
    assert chief.email == "chief@example.org"
    assert accounts.log_in(name="chief", password=PASSWORD, address=HOME).user.id == chief.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "email"), [("ANA", "chief@example.org"), ("chief", "Ana@example.org")]
)
def test_a_superuser_takes_nobodys_name_or_address(
    registered: Register, monkeypatch: pytest.MonkeyPatch, name: str, email: str
) -> None:
    registered("ana")

    with pytest.raises(CommandError, match="is taken"):
        createsuperuser(name, email, monkeypatch)

    assert list(User.objects.values_list("username", "is_superuser")) == [("ana", False)]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ana", "ANA", "ana@example.org"])
def test_an_instructor_is_made_and_unmade(
    registered: Register, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    registered("ana")
    registered("ben")

    said = users("make-instructor", name, monkeypatch=monkeypatch)
    made = set(User.objects.filter(is_instructor=True).values_list("username", flat=True))
    users("make-instructor", name, monkeypatch=monkeypatch)
    again = set(User.objects.filter(is_instructor=True).values_list("username", flat=True))
    users("make-instructor", name, "--undo", monkeypatch=monkeypatch)

    assert "ana is an instructor" in said
    assert made == again == {"ana"}
    assert not User.objects.filter(is_instructor=True).exists()


@pytest.mark.django_db
def test_a_password_that_is_set_opens_and_ends_every_session(
    registered: Register, accounts: Accounts, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = registered("ana")

    said = users("set-password", "ana", stdin=f"{NEW}\n", monkeypatch=monkeypatch)

    assert "ana has a new password" in said
    assert NEW not in said
    assert SessionReader(tokens)(before.access) is None
    assert accounts.log_in(name="ana", password=NEW, address=HOME).user.username == "ana"
    with pytest.raises(InvalidCredentials):
        accounts.log_in(name="ana", password=PASSWORD, address=HOME)


@pytest.mark.django_db
def test_a_password_is_typed_twice_at_a_terminal(
    registered: Register, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered("ana")
    typed = iter([NEW, "a slip of the finger", NEW, NEW])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))

    with pytest.raises(CommandError, match="two passwords differ"):
        call_command("users", "set-password", "ana")
    assert accounts.log_in(name="ana", password=PASSWORD, address=HOME)
    call_command("users", "set-password", "ana", stdout=io.StringIO())

    assert accounts.log_in(name="ana", password=NEW, address=HOME)


@pytest.mark.django_db
@pytest.mark.parametrize(("password", "why"), [("short", "too short"), ("", "no password")])
def test_a_weak_password_is_refused(
    registered: Register,
    accounts: Accounts,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    why: str,
) -> None:
    registered("ana")

    with pytest.raises(CommandError, match=why):
        users("set-password", "ana", stdin=f"{password}\n", monkeypatch=monkeypatch)

    assert accounts.log_in(name="ana", password=PASSWORD, address=HOME)


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["make-instructor", "set-password"])
def test_who_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    with pytest.raises(CommandError, match="nobody"):
        users(action, "nobody", stdin=f"{NEW}\n", monkeypatch=monkeypatch)
