"""Arrows do not run through SQL: only its owner's SQL names a table.

The old application's tables are legacy_compat's; who needs one asks its ``schema`` for the name,
so that the arrow stands among the imports.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("config", "demo", "engine", "jobrunner", "legacy_compat", "modules", "projections")
NOT_LOOKED_AT = {"tests", "migrations"}


def owners() -> dict[str, str]:
    """Return the folder of the package that owns each table of ours and of the old app."""
    return {
        model._meta.db_table.rpartition('"."')[2].strip('"'): config.name.replace(".", "/")
        for config in apps.get_app_configs()
        if (ROOT / config.name.replace(".", "/")).is_dir()
        for model in config.get_models(include_auto_created=True)
    }


def foreign_tables(text: str, *, package: str, owned: dict[str, str]) -> list[str]:
    """Return the tables that SQL in a file of ``package`` names and others own."""
    named = re.findall(r"""\b(?:FROM|JOIN|INTO|UPDATE|TABLE|ONLY)\s+(?:\w+\.)?["]?(\w+)""", text)
    return [table for table in named if owned.get(table, package) != package]


def owner_of(file: Path, owned: dict[str, str]) -> str:
    """Return the package a file belongs to, as `owners` names it."""
    path = file.relative_to(ROOT).as_posix()
    return next((name for name in owned.values() if path.startswith(f"{name}/")), path)


def test_every_table_is_named_by_its_owner_alone() -> None:
    owned = owners()
    found = {
        str(file.relative_to(ROOT)): tables
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if not NOT_LOOKED_AT & set(file.relative_to(ROOT).parts)
        and (
            tables := foreign_tables(
                file.read_text(encoding="utf-8"), package=owner_of(file, owned), owned=owned
            )
        )
    }
    assert found == {}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT 1 FROM stored_events", ["stored_events"]),
        ("LEFT JOIN bachata.outbox_messages AS m", ["outbox_messages"]),
        ('DELETE FROM public."choreography_tasks"', ["choreography_tasks"]),
        ("LOCK TABLE saved_views", ["saved_views"]),
        ("SELECT 1 FROM task_views", []),
        ("SELECT 1 FROM latest", []),
    ],
)
def test_the_guard_sees_what_it_is_for(sql: str, found: list[str]) -> None:
    assert foreign_tables(sql, package="modules/choreography", owned=owners()) == found
