"""What the event store's tests share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections

DEADLINE_S = 10.0


def in_threads(*tasks: Callable[[], object]) -> list[object]:
    """Run all at once, each on a connection of its own; return results or what was raised."""
    results: list[object] = [None] * len(tasks)

    def run(index: int, task: Callable[[], object]) -> None:
        try:
            results[index] = task()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
        assert not thread.is_alive(), "a thread hangs"
    return results


@contextmanager
def in_background(task: Callable[[], object]) -> Iterator[Callable[[], object]]:
    """Run beside the block; call what is given to wait for the end."""
    results: list[list[object]] = []
    thread = threading.Thread(target=lambda: results.append(in_threads(task)))
    thread.start()

    def result() -> object:
        thread.join(DEADLINE_S)
        assert results, "it does not end"
        return results[0][0]

    yield result
    result()


def wait_until(condition: Callable[[], object]) -> None:
    """Return when the condition holds."""
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, "it never became true"
        time.sleep(0.005)


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    """Ask the database."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def backend_pid() -> int:
    """Return the server process behind this thread's connection."""
    return int(str(rows("SELECT pg_backend_pid()")[0][0]))


def waiting_for_lock(pid: int) -> bool:
    """Whether a server process waits for a lock."""
    query = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
    return rows(query, pid) == [(True,)]


def kill_backend(pid: int) -> None:
    """Cut a connection from the server's side."""
    rows("SELECT pg_terminate_backend(%s, 5000)", pid)


@pytest.fixture
def line_counts(transactional_db: None) -> Iterator[str]:
    """Make the table of the test's projection."""
    rows("CREATE TABLE line_counts (id uuid PRIMARY KEY, n int NOT NULL)")
    yield "line_counts"
    rows("DROP TABLE line_counts")
