"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["modules.eventstore.testing"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real clips and songs; tests that want them skip, saying so, when they are absent."""
    default = Path(__file__).resolve().parent.parent / "shared" / "data"
    folder = Path(os.environ.get("BACHATA_SHARED_DATA", default))
    if not (folder / "moves").is_dir():
        pytest.skip(f"real clips and songs are not at {folder}")
    return folder


@pytest.fixture(autouse=True)
def _empty_legacy_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the old application's tables after a test that commits.

    Django's flush knows only the tables it manages.
    """
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        return
    from django.conf import settings
    from django.db import connection, transaction

    request.getfixturevalue("django_db_blocker")
    tables = [
        "class_plan_sequences",
        "class_plans",
        "saved_choreographies",
        "choreography_tasks",
        settings.LEGACY_USER_TABLE,
    ]
    names = ", ".join(f'public."{table}"' for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")
