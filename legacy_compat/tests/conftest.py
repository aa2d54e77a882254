"""Databases that the tests of legacy_compat migrate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from legacy_compat.tests.databases import ScratchDatabase, a_database, described_schema

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Adopted:
    """A live database after our migrations, and what was in ``public`` before them."""

    database: ScratchDatabase
    catalogue_before: dict[str, Any]
    rows_before: dict[str, list[dict[str, Any]]]


OLD_ROWS = Path(__file__).with_name("old_rows.sql").read_text()


@pytest.fixture
def scratch() -> Iterator[ScratchDatabase]:
    """Return an empty database."""
    with a_database() as database:
        yield database


@pytest.fixture(scope="module")
def migrated() -> Iterator[ScratchDatabase]:
    """Return a database that was empty until our migrations ran; only to be looked at."""
    with a_database() as database:
        database.migrate()
        yield database


@pytest.fixture
def live(scratch: ScratchDatabase) -> ScratchDatabase:
    """Return the old app's database with rows, its tables as we describe them."""
    scratch.execute(described_schema())
    scratch.execute(OLD_ROWS)
    return scratch


@pytest.fixture(scope="module", params=["described", "dumped"])
def adopted(request: pytest.FixtureRequest) -> Iterator[Adopted]:
    """Return the old app's live database after our migrations, described by us or from its dump."""
    schema = described_schema()
    if request.param == "dumped":
        shared_data: Path = request.getfixturevalue("shared_data")
        schema = (shared_data / "legacy_schema.sql").read_text()
    with a_database() as database:
        database.execute(schema)
        database.execute(OLD_ROWS)
        catalogue, rows = database.catalogue(), database.rows()
        database.migrate()
        yield Adopted(database, catalogue, rows)
