"""Fixtures of the choreography module's tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from modules.choreography.ports import ExecutionState
from modules.choreography.tests.playground import Playground, wait_until
from modules.choreography.tests.site import Site


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    """Give real jobs a place, and leave none of them alive."""
    ground = Playground(tmp_path)
    yield ground
    executor = ground.executor()
    for directory in (tmp_path / "local" / "executions").glob("*"):
        executor.cancel(directory.name)
    for directory in (tmp_path / "local" / "executions").glob("*"):
        wait_until(lambda name=directory.name: executor.state(name) != ExecutionState.RUNNING)


@pytest.fixture(autouse=True)
def _no_rows_left_in_the_old_apps_table(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties the tables it manages after a test; this one it does not."""
    yield
    if request.node.get_closest_marker("django_db"):
        blocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM public.choreography_tasks")


@pytest.fixture
def site(tmp_path: Path, settings: Any) -> Site:
    """Serve the choreography routes."""
    made = Site(tmp_path)
    settings.ROOT_URLCONF = made.urls
    return made
