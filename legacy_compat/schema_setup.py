"""Our own corner of the shared database: the schema ``bachata`` with its own migration history.

Django looks names up along ``search_path = bachata, public``. As long as ``bachata`` lacks a table
that ``public`` has, Django takes the old app's for its own; therefore the schema and the history
must be there before Django looks for the first time.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

SCHEMA = "bachata"
# "bachmigr" in ASCII; one lock per database, whatever process migrates it.
MIGRATION_LOCK = 0x626163686D696772
POLL_S = 0.1


class SearchPathIsWrong(Exception):
    """New tables would land outside our schema."""


class SomebodyElseMigrates(Exception):
    """Another process held the migration lock for longer than we were ready to wait."""


@contextmanager
def migration_lock(
    connection: BaseDatabaseWrapper, *, wait_s: float, on_wait: Callable[[], object]
) -> Iterator[None]:
    """Let one process at a time migrate this database; a dying process gives the lock back.

    Parameters
    ----------
    connection : BaseDatabaseWrapper
        Its session holds the lock.
    wait_s : float
        How long to wait for another process, ≥ 0.
    on_wait : callable
        Called once, when there is somebody to wait for.

    Raises
    ------
    SomebodyElseMigrates
        If the other process did not end in time.
    """
    deadline = time.monotonic() + wait_s
    waiting = False
    # Asking again beats waiting inside a statement: that would hold a snapshot, and a
    # CREATE INDEX CONCURRENTLY of the process ahead of us would wait for us in turn.
    while not _ask(connection, "SELECT pg_try_advisory_lock(%s)", MIGRATION_LOCK):
        if not waiting:
            on_wait()
            waiting = True
        if time.monotonic() > deadline:
            raise SomebodyElseMigrates(f"another process is migrating, for {wait_s:g} s and longer")
        time.sleep(POLL_S)
    try:
        yield
    finally:
        _ask(connection, "SELECT pg_advisory_unlock(%s)", MIGRATION_LOCK)


def set_up_schema(connection: BaseDatabaseWrapper) -> None:
    """Create the schema and its empty migration history, if they are absent.

    Opens its own transaction. Does nothing the second time.

    Raises
    ------
    SearchPathIsWrong
        If the connection's search path does not begin with our schema.
    """
    with transaction.atomic(using=connection.alias, durable=True), connection.cursor() as cursor:
        # Asked first: CREATE SCHEMA needs a privilege even when there is nothing to create.
        if not _ask(connection, "SELECT to_regnamespace(%s) IS NOT NULL", SCHEMA):
            cursor.execute(f'CREATE SCHEMA "{SCHEMA}"')
        # Django 5.2's recorder asks for a *visible* django_migrations and would find the old app's.
        cursor.execute(f'SET LOCAL search_path = "{SCHEMA}"')
        MigrationRecorder(connection).ensure_schema()
    landing = _ask(connection, "SELECT current_schema()")
    if landing != SCHEMA:
        message = f"search_path must begin with {SCHEMA}, but new tables would go to {landing}"
        raise SearchPathIsWrong(message)


def _ask(connection: BaseDatabaseWrapper, query: str, *parameters: int | str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]
