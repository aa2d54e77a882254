"""Views that went to their modules keep tables and rows, forwards and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from legacy_compat.tests.databases import a_database

if TYPE_CHECKING:
    from legacy_compat.tests.databases import ScratchDatabase

VIEWS = ("task_views", "saved_views")
ROWS = """
INSERT INTO bachata.task_views VALUES (gen_random_uuid(), 7, 1, 'requested', 'started', 0,
    'initializing', 'Starting', 1, 0, NULL, false, 'song:x', 'beginner', NULL, NULL, 3, '{"a": 1}',
    NULL, NULL, NULL, now(), now());
INSERT INTO bachata.saved_views VALUES (gen_random_uuid(), 7, 2, NULL, 'dancer', 'Mine', 125.5,
    '{"basic": 3}', '[]', 'a.mp4', NULL, NULL, now())
"""


def views(database: ScratchDatabase) -> dict[str, Any]:
    """Read both tables whole, and how the catalogue describes them."""
    catalogue, rows = database.catalogue("bachata"), database.rows("bachata")
    return {table: (catalogue[table], rows[table]) for table in VIEWS}


def hand_over(database: ScratchDatabase) -> None:
    """Migrate as far as the modules take the tables over; later migrations may change them."""
    for module in ("choreography", "collections"):
        database.migrate(module, "0001")


def test_an_installation_from_before_goes_on_with_its_tables_and_rows() -> None:
    with a_database() as database:
        database.migrate("projections", "0002")
        database.execute(ROWS)
        before = views(database)
        hand_over(database)
        assert views(database) == before
        database.migrate("projections", "0002")
        assert views(database) == before
        hand_over(database)
        assert views(database) == before
