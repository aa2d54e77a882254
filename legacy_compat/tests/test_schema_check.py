"""Every way in which a legacy table can drift, and what the check says to it."""

from __future__ import annotations

from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from legacy_compat import creation
from legacy_compat.creation import LegacyTableBusy, add_missing_columns
from legacy_compat.schema import ADDED_COLUMNS, Column
from legacy_compat.schema_check import check_legacy_schema
from legacy_compat.tests.databases import address

TASKS = "public.choreography_tasks"


@pytest.mark.django_db
def test_freshly_made_tables_pass() -> None:
    assert check_legacy_schema() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("RENAME COLUMN result TO outcome", f"{TASKS}.result is missing (renamed to outcome?)"),
        ("DROP COLUMN error", f"{TASKS}.error is missing"),
        ("DROP COLUMN job_execution_name", f"{TASKS}.job_execution_name is missing"),
        ("ALTER COLUMN progress TYPE bigint", f"{TASKS}.progress is bigint, expected integer"),
        (
            "ALTER COLUMN status TYPE varchar(5)",
            f"{TASKS}.status is character varying(5), expected character varying(20)",
        ),
        ("ALTER COLUMN error SET NOT NULL", f"{TASKS}.error is NOT NULL, expected nullable"),
        ("ALTER COLUMN stage DROP NOT NULL", f"{TASKS}.stage is nullable, expected NOT NULL"),
        (
            "ADD COLUMN region text NOT NULL",
            f"{TASKS}.region is new, NOT NULL and has no default: our INSERTs fail",
        ),
        (
            "RENAME TO choreographies",
            f"{TASKS} is missing; `manage.py migrate` creates it on an empty database",
        ),
    ],
)
def test_a_change_that_hurts_is_named(change: str, sentence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TASKS} {change}")

    assert check_legacy_schema() == [sentence]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "addition",
    [
        "region text",
        "region text NOT NULL DEFAULT ''",
        "region bigint GENERATED ALWAYS AS IDENTITY",
        "region text GENERATED ALWAYS AS (stage || status) STORED",
    ],
)
def test_an_added_column_passes(addition: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TASKS} ADD COLUMN {addition}")

    assert check_legacy_schema() == []


@pytest.mark.django_db
def test_rows_that_point_at_other_users_are_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE public."{settings.LEGACY_USER_TABLE}" RENAME TO people')

    first = check_legacy_schema()[0]

    assert first.endswith("points at public.people: set LEGACY_USER_TABLE=people")


@pytest.mark.django_db(transaction=True)
def test_a_table_that_stays_locked_keeps_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    column = Column("another", "text", nullable=True)
    columns = (*ADDED_COLUMNS["choreography_tasks"], column)
    monkeypatch.setitem(ADDED_COLUMNS, "choreography_tasks", columns)
    monkeypatch.setattr(creation, "LOCK_WAIT_S", 0.05)
    monkeypatch.setattr(creation, "LOCK_PAUSE_S", 0.0)
    monkeypatch.setattr(creation, "LOCK_TRIES", 2)
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**address(name)) as old_app:
        old_app.execute(f"LOCK TABLE {TASKS} IN ACCESS SHARE MODE")

        with pytest.raises(LegacyTableBusy, match="run migrate again"):
            add_missing_columns(connection)

    assert check_legacy_schema() == [f"{TASKS}.another is missing"]


@pytest.mark.django_db
def test_legacy_check_exits_by_what_it_finds() -> None:
    out, err = StringIO(), StringIO()
    call_command("legacy", "check", stdout=out, stderr=err)
    assert (out.getvalue(), err.getvalue()) == ("The legacy tables are as they should be.\n", "")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TASKS} RENAME COLUMN result TO outcome")

    with pytest.raises(SystemExit) as stop:
        call_command("legacy", "check", stdout=StringIO(), stderr=err)

    assert stop.value.code == 1
    assert err.getvalue() == f"{TASKS}.result is missing (renamed to outcome?)\n"
