"""Fixtures of the projections' tests."""

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _no_rows_left_in_the_old_apps_table(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties the tables it manages after a test; this one it does not."""
    yield
    if request.node.get_closest_marker("django_db"):
        blocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM public.choreography_tasks")
