"""What tests need of the event store: a pytest plugin, and golden files of events.

Switched on by ``pytest_plugins`` in the root ``conftest.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let Django empty the tables of the test database between tests; all else stays refused."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE stored_events DISABLE TRIGGER stored_events_never_emptied")
