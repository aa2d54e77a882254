"""Our schema is made once, by one process at a time, and only where new tables land in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection

from legacy_compat.schema_setup import (
    MIGRATION_LOCK,
    SearchPathIsWrong,
    SomebodyElseMigrates,
    migration_lock,
    set_up_schema,
)
from legacy_compat.tests.databases import address

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def other_process() -> Iterator[psycopg.Connection]:
    """Return a second session in the same database."""
    with psycopg.connect(**address(connection.settings_dict["NAME"]), autocommit=True) as session:
        yield session


def lock_is_free(session: psycopg.Connection) -> bool:
    """Take the lock and give it back, if nobody has it."""
    (taken,) = session.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK]).fetchone()
    if taken:
        session.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    return bool(taken)


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_held_inside_and_given_back_after_an_error(
    other_process: psycopg.Connection,
) -> None:
    def migrate_badly() -> None:
        with migration_lock(connection, wait_s=0, on_wait=lambda: None):
            assert not lock_is_free(other_process)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrate_badly()

    assert lock_is_free(other_process)


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_says_so_once(other_process: psycopg.Connection) -> None:
    other_process.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    said: list[str] = []

    with (
        pytest.raises(SomebodyElseMigrates, match=r"0\.25 s"),
        migration_lock(connection, wait_s=0.25, on_wait=lambda: said.append("waiting")),
    ):
        pytest.fail("the lock was another's")

    assert said == ["waiting"]


@pytest.mark.django_db(transaction=True)
def test_a_search_path_that_begins_elsewhere_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET search_path = public, bachata")
    try:
        with pytest.raises(SearchPathIsWrong, match="would go to public"):
            set_up_schema(connection)
    finally:
        connection.close()
