"""What ``manage.py migrate`` does to an empty database, a live one, and anything in between."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from legacy_compat.schema_setup import MIGRATION_LOCK
from legacy_compat.tests.databases import described_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from legacy_compat.tests.conftest import Adopted
    from legacy_compat.tests.databases import ScratchDatabase

# Frozen: the tables as legacy.md states them, with LEGACY_USER_TABLE=users.
GOLDEN = json.loads(Path(__file__).with_name("legacy_catalogue.json").read_text())
SCHEMAS = ("public", "bachata")
OLD_APPS_OWN = {"django_admin_log", "django_migrations", "django_session"}
JOB_EXECUTION_NAME = ["job_execution_name", "character varying(500)", True, None, "", None]
DEADLINE_S = 30.0


def without_our_column(catalogue: dict[str, Any]) -> dict[str, Any]:
    """Take our one column out of a catalogue, where it is and as it must be: the last one."""
    tasks = catalogue["choreography_tasks"]
    assert tasks["columns"][-1] == JOB_EXECUTION_NAME
    columns = tasks["columns"][:-1]
    return {**catalogue, "choreography_tasks": {**tasks, "columns": columns}}


def without_our_value(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Take our one column out of the rows."""
    return {
        table: [{k: v for k, v in row.items() if k != "job_execution_name"} for row in found]
        for table, found in rows.items()
    }


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a fact about another process."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_an_empty_database_gets_the_old_tables_name_by_name(migrated: ScratchDatabase) -> None:
    assert without_our_column(migrated.catalogue()) == GOLDEN


def test_the_frozen_catalogue_is_the_old_apps_own(
    scratch: ScratchDatabase, shared_data: Path
) -> None:
    scratch.execute((shared_data / "legacy_schema.sql").read_text())

    catalogue = scratch.catalogue()

    assert {t: c for t, c in catalogue.items() if t not in OLD_APPS_OWN} == GOLDEN


def test_another_user_table_gets_the_names_django_gives_it(scratch: ScratchDatabase) -> None:
    # As any Django database with the default user model has them.
    scratch.migrate("legacy_compat", LEGACY_USER_TABLE="auth_user")

    catalogue = scratch.catalogue()

    names = {name for table in catalogue.values() for name in table["constraints"]}
    names |= {name for table in catalogue.values() for name in table["indexes"]}
    assert names >= {
        "auth_user_pkey",
        "auth_user_username_key",
        "auth_user_username_6821ab7c_like",
        "auth_user_groups_user_id_group_id_94350c0c_uniq",
        "auth_user_groups_user_id_6a12ed8b",
        "auth_user_groups_user_id_6a12ed8b_fk_auth_user_id",
        "auth_user_groups_group_id_97559544_fk_auth_group_id",
        "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq",
        "auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id",
        "auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm",
        "choreography_tasks_user_id_a5f819be_fk_auth_user_id",
    }
    assert not [name for name in names if name.startswith("users")]
    assert set(catalogue) == {t.replace("users", "auth_user") for t in GOLDEN}


def test_a_live_database_gains_one_column_and_loses_nothing(adopted: Adopted) -> None:
    rows = adopted.database.rows()

    assert without_our_column(adopted.database.catalogue()) == adopted.catalogue_before
    assert without_our_value(rows) == adopted.rows_before
    assert [row["job_execution_name"] for row in rows["choreography_tasks"]] == [None]


def test_our_history_and_content_types_are_our_own(adopted: Adopted) -> None:
    rows = adopted.database.rows("bachata")

    history = {(row["app"], row["name"]) for row in rows["django_migrations"]}
    assert ("legacy_compat", "0002_a_task_names_its_job_execution") in history
    assert ("auth", "0001_initial") in history, "applied by us, not taken from the old app"
    assert not {app for app, _ in history} & {"users", "admin", "instructors", "sessions"}
    content_types = {(row["app_label"], row["model"]) for row in rows["django_content_type"]}
    assert ("identity", "user") in content_types
    assert "add_user" in {row["codename"] for row in rows["auth_permission"]}


def test_migrating_twice_changes_nothing(adopted: Adopted) -> None:
    database = adopted.database
    before = [(database.catalogue(schema), database.rows(schema)) for schema in SCHEMAS]

    database.migrate()

    after = [(database.catalogue(schema), database.rows(schema)) for schema in SCHEMAS]
    assert after == before


def test_migrating_a_part_does_not_write_into_the_old_apps_tables(live: ScratchDatabase) -> None:
    # Without content types of our own yet, only the old app's are in sight.
    rows = live.rows()

    live.migrate("legacy_compat")

    assert "django_content_type" not in live.tables("bachata")
    assert without_our_value(live.rows()) == rows


def test_going_back_and_forth_leaves_the_old_tables_alone(live: ScratchDatabase) -> None:
    live.migrate("legacy_compat")
    catalogue, rows = live.catalogue(), live.rows()

    live.migrate("legacy_compat", "zero")
    assert (live.catalogue(), live.rows()) == (catalogue, rows)

    live.migrate("legacy_compat")
    assert (live.catalogue(), live.rows()) == (catalogue, rows)


def test_only_what_is_missing_is_created(scratch: ScratchDatabase) -> None:
    scratch.execute(described_schema(only={"users", "choreography_tasks"}))
    scratch.execute("DROP INDEX public.choreograph_created_1c4810_idx")
    scratch.execute("ALTER TABLE public.users ADD COLUMN theirs text")
    before = scratch.catalogue()

    scratch.migrate("legacy_compat")

    after = without_our_column(scratch.catalogue())
    assert {table: after[table] for table in before} == before
    missing = GOLDEN.keys() - before.keys()
    assert {table: after[table] for table in missing} == {t: GOLDEN[t] for t in missing}


def test_processes_that_migrate_at_once_take_turns(scratch: ScratchDatabase) -> None:
    with scratch.session() as ahead:
        ahead.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        with scratch.start("migrate") as first, scratch.start("migrate") as second:
            for process in (first, second):
                assert process.stdout is not None
                assert process.stdout.readline().startswith("Waiting for another process")
            assert scratch.tables() == scratch.tables("bachata") == []
            ahead.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
            outputs = [process.communicate(timeout=120)[0] for process in (first, second)]

    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert without_our_column(scratch.catalogue()) == GOLDEN
    history = [(r["app"], r["name"]) for r in scratch.rows("bachata")["django_migrations"]]
    assert len(history) == len(set(history))


def test_a_process_that_migrates_too_long_is_not_waited_for(scratch: ScratchDatabase) -> None:
    with scratch.session() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])

        code, output = scratch.manage("migrate", "--wait", "0.2")

    assert code == 1
    assert "another process is migrating" in output
    assert scratch.tables() == scratch.tables("bachata") == []


def test_the_other_user_table_is_noticed_before_anything_is_made(live: ScratchDatabase) -> None:
    catalogue, rows = live.catalogue(), live.rows()

    code, output = live.manage("migrate", LEGACY_USER_TABLE="auth_user")

    assert code == 1
    assert "set LEGACY_USER_TABLE=users" in output
    assert "Traceback" not in output
    assert (live.catalogue(), live.rows()) == (catalogue, rows)


@pytest.mark.parametrize("option", ["--fake", "--fake-initial"])
def test_faking_is_refused(scratch: ScratchDatabase, option: str) -> None:
    code, output = scratch.manage("migrate", option)

    assert code == 1
    assert "the old app's tables" in output
    assert scratch.tables("bachata") == []


def test_a_table_in_use_is_waited_for(live: ScratchDatabase) -> None:
    with live.session() as old_app:
        old_app.execute("BEGIN")
        old_app.execute("LOCK TABLE public.choreography_tasks IN ROW EXCLUSIVE MODE")
        with live.start("migrate", "legacy_compat") as process, live.session() as watcher:
            wait_until(
                lambda: watcher.execute("SELECT FROM pg_locks WHERE NOT granted").rowcount > 0
            )
            old_app.execute("COMMIT")
            output, _ = process.communicate(timeout=120)

    assert process.returncode == 0, output
    without_our_column(live.catalogue())
