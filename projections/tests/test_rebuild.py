"""Rebuilt equals live: after every life, under load, and after somebody tampered."""

import threading
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from modules.choreography.application import ChoreographyTasks
from modules.choreography.tests.makers import RESULT, a_claim, a_task, a_user, an_application
from modules.eventstore.contract import StoredEvent, UnreadableEvent
from projections.rebuild import SHADOW, rebuild, verify
from projections.registry import find_projection, projections

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = ["task_views", "public.choreography_tasks"]


@pytest.fixture
def tasks() -> ChoreographyTasks:
    """Return the application with every projection."""
    return an_application()


def every_life(tasks: ChoreographyTasks) -> dict[str, UUID]:
    """Store one task of every kind."""
    lives = {name: a_task(tasks) for name in ("waiting", "running", "done", "failed", "cancelled")}
    for name in ("running", "done", "failed"):
        task_id = lives[name]
        tasks.job_dispatched(task_id=task_id, attempt=1, execution_name="run-0")
        tasks.redispatch(task_id=task_id, attempt=1, reason="gone")
        released = a_claim(tasks, task_id, attempt=2)
        tasks.release(task_id=task_id, attempt=2, fence=released)
        fence = a_claim(tasks, task_id, attempt=2)
        tasks.report_progress(
            task_id=task_id, attempt=2, fence=fence, stage="selecting", progress=40, message="¡Ya!"
        )
        if name == "done":
            tasks.complete(task_id=task_id, attempt=2, fence=fence, result=RESULT)
        if name == "failed":
            tasks.fail(task_id=task_id, attempt=2, fence=fence, code="unusable_audio", message="No")
    tasks.cancel(task_id=lives["cancelled"], user_id=None)
    return lives


def tamper(statement: str, *values: object) -> int:
    """Do to the database what nobody should, and count the rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def all_rows(table: str) -> list[tuple[object, ...]]:
    """Read a table whole."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY task_id::text")  # noqa: S608
        return list(cursor.fetchall())


def differences(table: str) -> list[str]:
    """Return what verify finds."""
    projection = find_projection(table)
    assert projection is not None
    return [str(difference) for difference in verify(projection)]


def mend(table: str) -> int:
    """Rebuild a table and count what was replaced."""
    projection = find_projection(table)
    assert projection is not None
    return len(rebuild(projection))


@pytest.mark.parametrize("table", TABLES)
def test_live_equals_replayed_after_every_life(tasks: ChoreographyTasks, table: str) -> None:
    every_life(tasks)
    assert differences(table) == []
    assert mend(table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_tampered_row_is_named_and_mended(tasks: ChoreographyTasks, table: str) -> None:
    lives = every_life(tasks)
    before = all_rows(table)
    tamper(f"UPDATE {table} SET progress = 3 WHERE task_id = %s", str(lives["done"]))  # noqa: S608
    assert differences(table) == [f"{table} {lives['done']}: progress is 3, replayed 100"]
    assert mend(table) == 1
    assert all_rows(table) == before
    assert differences(table) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_row_of_a_live_task_is_made_again(tasks: ChoreographyTasks, table: str) -> None:
    lives = every_life(tasks)
    before = all_rows(table)
    tamper(f"DELETE FROM {table} WHERE task_id = %s", str(lives["running"]))  # noqa: S608
    assert differences(table) == [f"{table} {lives['running']}: missing"]
    mend(table)
    assert all_rows(table) == before


def test_our_view_is_made_again_from_nothing(tasks: ChoreographyTasks) -> None:
    every_life(tasks)
    before = all_rows("task_views")
    tamper("TRUNCATE task_views")
    assert mend("task_views") == len(before) == 5
    assert all_rows("task_views") == before


def test_what_the_old_app_deleted_after_the_end_stays_deleted(tasks: ChoreographyTasks) -> None:
    lives = every_life(tasks)
    tamper("DELETE FROM public.choreography_tasks WHERE task_id = %s", str(lives["done"]))
    assert differences("choreography_tasks") == []
    assert mend("choreography_tasks") == 0


def test_a_row_whose_owner_the_old_app_deleted_stays_deleted(tasks: ChoreographyTasks) -> None:
    user_id = a_user("leaving")
    task_id = a_task(tasks, user_id=user_id)
    forget_user(user_id)
    assert differences("choreography_tasks") == []
    tasks.report_progress(
        task_id=task_id, attempt=1, fence=a_claim(tasks, task_id), stage="analyzing", progress=25
    )
    assert all_rows("public.choreography_tasks") == []
    assert mend("choreography_tasks") == 0


def test_rows_of_the_old_app_are_not_touched(tasks: ChoreographyTasks) -> None:
    every_life(tasks)
    tamper(
        "INSERT INTO public.choreography_tasks (task_id, status, progress, stage, message,"
        " created_at, updated_at, user_id) VALUES (%s, 'running', 5, 'x', 'y', now(), now(), %s)",
        str(uuid4()),
        a_user(),
    )
    before = all_rows("public.choreography_tasks")
    assert differences("choreography_tasks") == []
    mend("choreography_tasks")
    assert all_rows("public.choreography_tasks") == before


def test_a_row_without_events_is_no_row_of_our_view(tasks: ChoreographyTasks) -> None:
    every_life(tasks)
    stray = uuid4()
    tamper("UPDATE task_views SET task_id = %s WHERE phase = 'completed'", stray)
    found = differences("task_views")
    assert f"task_views {stray}: should not be there" in found
    assert mend("task_views") == len(found) == 2
    assert differences("task_views") == []


def test_a_rebuild_under_load_loses_and_invents_nothing(tasks: ChoreographyTasks) -> None:
    user_id, stop, problems = a_user(), threading.Event(), list[BaseException]()

    def work() -> None:
        mine = an_application()
        try:
            for _ in range(100):
                if stop.is_set():
                    break
                task_id = a_task(mine, user_id=user_id)
                fence = a_claim(mine, task_id)
                mine.complete(task_id=task_id, attempt=1, fence=fence, result=RESULT)
        except BaseException as error:
            problems.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=work) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        replaced = [mend(table) for table in TABLES * 2]
        found = [differences(table) for table in TABLES * 2]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert problems == []
    assert (replaced, found) == ([0] * 4, [[]] * 4)
    assert [differences(table) for table in TABLES] == [[], []]


def test_an_unreadable_event_stops_the_rebuild_and_changes_nothing(
    tasks: ChoreographyTasks,
) -> None:
    lives = every_life(tasks)
    tamper("UPDATE task_views SET progress = 3 WHERE task_id = %s", lives["done"])
    before = all_rows("task_views")
    tamper(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, metadata)"
        " VALUES (%s, 99, 'choreography.JobLost', '{\"class_version\": 9}', '{}')",
        lives["waiting"],
    )
    with pytest.raises(UnreadableEvent):
        mend("task_views")
    assert all_rows("task_views") == before
    assert tamper(f"SELECT FROM pg_class WHERE relname = '{SHADOW}'") == 0


def test_verify_prints_each_difference_and_exits_with_1(tasks: ChoreographyTasks) -> None:
    lives = every_life(tasks)
    out = StringIO()
    call_command("projections", "verify", stdout=out)
    assert out.getvalue() == "Every row is what the events say.\n"
    tamper("UPDATE task_views SET stage = 'x', attempt = 9 WHERE task_id = %s", lives["done"])
    with pytest.raises(CommandError, match="1 rows") as refusal:
        call_command("projections", "verify", stdout=out)
    assert refusal.value.returncode == 1
    assert 'stage is "x", replayed "completed"; attempt is 9, replayed 2' in out.getvalue()


def test_rebuild_says_what_it_did_and_refuses_unknown_tables(tasks: ChoreographyTasks) -> None:
    every_life(tasks)
    out = StringIO()
    tamper("TRUNCATE task_views")
    call_command("projections", "rebuild", "task_views", stdout=out)
    assert out.getvalue().endswith("task_views is rebuilt, 5 rows were replaced.\n")
    with pytest.raises(CommandError, match=r"no projection 'users'.*task_views"):
        call_command("projections", "rebuild", "users")


def test_applying_the_same_events_twice_gives_the_same_rows(tasks: ChoreographyTasks) -> None:
    every_life(tasks)
    from modules.eventstore.event_log import EventLog

    events: list[StoredEvent] = EventLog().read()
    before = [all_rows(table) for table in TABLES]
    for projection in projections():
        projection.apply(events, into=projection.table)
    assert [all_rows(table) for table in TABLES] == before


def forget_user(user_id: int) -> None:
    """Delete a user and its rows, as the old app's cascade does."""
    from django.contrib.auth import get_user_model

    users = get_user_model()._meta.db_table
    tamper("DELETE FROM public.choreography_tasks WHERE user_id = %s", user_id)
    tamper(f"DELETE FROM {users} WHERE id = %s", user_id)  # noqa: S608
