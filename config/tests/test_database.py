"""Kept connections: asked rarely, and never trusted when the server ended them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base

from tests.world import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept() -> Iterator[Any]:
    """A second connection to the tests' database."""
    other: Any = connections.create_connection("default")
    other.ensure_connection()
    yield other
    other.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the server was asked whether a connection works."""
    times: list[int] = []
    ask = base.DatabaseWrapper.is_usable

    def counted(self: Any) -> bool:
        times.append(1)
        return bool(ask(self))

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", counted)
    return times


def test_a_connection_that_works_is_asked_once_in_a_while(kept: Any, asked: list[int]) -> None:
    assert [kept.is_usable() for _ in range(20)] == [True] * 20
    assert asked == [1]


def test_a_connection_not_asked_for_long_is_asked(kept: Any, asked: list[int]) -> None:
    assert kept.is_usable()
    kept._asked_at -= 11
    assert kept.is_usable()
    assert asked == [1, 1]


def test_a_connection_the_server_ended_is_noticed_at_once(kept: Any, asked: list[int]) -> None:
    assert kept.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [kept.connection.info.backend_pid])
    until(lambda: not kept.is_usable(), deadline_s=10)


def test_a_closed_connection_is_not_usable(kept: Any) -> None:
    kept.connection.close()
    assert not kept.is_usable()
