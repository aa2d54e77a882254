"""What tests need of the event store: a pytest plugin, and golden files of events.

Switched on by ``pytest_plugins`` in the root ``conftest.py``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.db import connection
from eventsourcing.persistence import StoredEvent as LibraryEvent

from modules.eventstore.mapper import JsonMapper

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.plugin import DjangoDbBlocker

GOLDEN_ID = UUID(int=1)
GOLDEN_VERSION = 3


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let Django empty the tables of the test database between tests; all else stays refused."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE stored_events DISABLE TRIGGER stored_events_never_emptied")


@pytest.fixture(autouse=True)
def _events_at_once(request: pytest.FixtureRequest) -> None:
    """Move saved events to the log at once in tests whose transaction never commits."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and not marker.kwargs.get("transaction"):
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS bachata.events_stored_at_commit IMMEDIATE")


def read_golden(file: Path) -> Any:
    """Read the event in a golden file, ``{"topic": …, "state": {…}}``, as its class is today.

    There is one file per topic and version ever stored; none is changed or removed.

    Raises
    ------
    UnreadableEvent
        If this code cannot read what was stored then.
    """
    golden = json.loads(file.read_text(encoding="utf-8"))
    stored = LibraryEvent(
        originator_id=GOLDEN_ID,
        originator_version=GOLDEN_VERSION,
        topic=golden["topic"],
        state=json.dumps(golden["state"]).encode(),
    )
    return JsonMapper().to_domain_event(stored)


def write_golden(event: Any) -> dict[str, Any]:
    """Return what a golden file of ``event`` holds when it is stored today."""
    stored = JsonMapper().to_stored_event(event)
    return {"topic": stored.topic, "state": json.loads(stored.state)}
