"""Requests cut off around the commit: repeated with their key, they are done once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from modules.choreography.tests.makers import a_user
from modules.choreography.tests.site import WISHES, Site, event_count, messages
from modules.eventstore.store import DjangoEventStore

pytestmark = pytest.mark.django_db(transaction=True)


def ask(site: Site) -> Any:
    """Ask, always with the same key."""
    return site.post("/choreography/generate", a_user(), WISHES, Idempotency_Key="once")


@contextmanager
def killed_before_commit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the server end our connection when everything is written and nothing committed."""
    save = DjangoEventStore.save

    def save_and_die(self: DjangoEventStore, *saved: Any, **options: Any) -> Any:
        save(self, *saved, **options)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(DjangoEventStore, "save", save_and_die)
        yield


@contextmanager
def answer_lost_after_commit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commit, and lose the server's word that it did."""
    commit = connection.commit

    def commit_and_lose() -> None:
        commit()
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "commit", commit_and_lose)
        yield


def test_cut_off_before_the_commit_nothing_is_done_and_repeating_does_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user()
    with killed_before_commit(monkeypatch):
        answer = ask(site)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    connection.close()
    assert (event_count(), messages()) == (0, [])
    assert ask(site).status_code == 202
    assert (event_count(), len(messages())) == (1, 1)


def test_cut_off_after_the_commit_repeating_gives_the_first_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user()
    with answer_lost_after_commit(monkeypatch):
        assert ask(site).status_code == 503
    connection.close()
    assert (event_count(), len(messages())) == (1, 1)
    [key] = messages()
    again = ask(site)
    assert again.status_code == 202
    assert key == f"dispatch:{again.json()['task_id']}:1"
    assert (event_count(), len(messages())) == (1, 1)
