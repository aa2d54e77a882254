"""The old app's table and our view beside it: rebuilt equals live, after every life."""

import threading
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connections

from modules.choreography.tests.makers import a_user
from modules.collections.application import SavedChoreographies
from modules.collections.tests.makers import (
    a_collection,
    a_finished_task,
    a_row_of_the_old_app,
    legacy_rows,
    run_sql,
)
from modules.eventstore.event_log import EventLog
from modules.projecting import delete_row
from projections.rebuild import rebuild, verify
from projections.registry import find_projection, projections

pytestmark = pytest.mark.django_db(transaction=True)

LEGACY, OURS = "public.saved_choreographies", "saved_views"


@pytest.fixture
def items() -> SavedChoreographies:
    """Return the application with every projection."""
    return a_collection()


def every_life(items: SavedChoreographies) -> dict[str, UUID]:
    """Store one item of every kind."""
    me = a_user()
    lives = {
        name: items.keep(a_finished_task(song={"title": name})).id
        for name in ("kept", "revised", "removed", "again", "deleted", "rewritten")
    }
    lives |= {name: a_row_of_the_old_app(title=name) for name in ("old", "adopted", "dropped")}
    items.revise(lives["revised"], user_id=me, title="¡Ya!", notes="1\n2", difficulty="advanced")
    items.remove(lives["removed"], user_id=me)
    again = a_finished_task()
    lives["again"] = items.keep(again).id
    items.remove(lives["again"], user_id=me)
    items.keep(again, title="Otra vez")
    run_sql("DELETE FROM public.saved_choreographies WHERE id = %s", lives["deleted"])
    run_sql(
        "UPDATE public.saved_choreographies SET title = 'Theirs' WHERE id = %s", lives["rewritten"]
    )
    items.revise(lives["rewritten"], user_id=me, notes="Ours")
    items.revise(lives["adopted"], user_id=me, title="Ours")
    items.remove(lives["dropped"], user_id=me)
    return lives


def views() -> list[tuple[object, ...]]:
    """Read our view whole."""
    return run_sql("SELECT * FROM saved_views ORDER BY id")


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


def test_rebuilt_equals_live_after_every_life_and_twice(items: SavedChoreographies) -> None:
    every_life(items)
    before = legacy_rows(), views()
    for table in (LEGACY, OURS) * 2:
        assert differences(table) == []
        assert mend(table) == 0
    assert (legacy_rows(), views()) == before


def test_the_view_is_made_again_from_nothing(items: SavedChoreographies) -> None:
    every_life(items)
    before = views()
    run_sql(f"TRUNCATE {OURS}")
    assert mend(OURS) == len(before) == 7
    assert views() == before
    assert mend(OURS) == 0


@pytest.mark.parametrize(
    ("table", "column", "found"),
    [
        (LEGACY, "duration", "duration is 3, replayed 93.25"),
        (OURS, "version", "version is 3, replayed 1"),
    ],
)
def test_a_tampered_row_is_named_and_mended(
    items: SavedChoreographies, table: str, column: str, found: str
) -> None:
    lives = every_life(items)
    before = legacy_rows(), views()
    run_sql(f"UPDATE {table} SET {column} = 3 WHERE id = %s", lives["kept"])  # noqa: S608
    assert differences(table) == [f"{table} {lives['kept']}: {found}"]
    assert mend(table) == 1
    assert (legacy_rows(), views()) == before


def test_rows_of_the_old_app_and_its_deletions_are_left_alone(items: SavedChoreographies) -> None:
    lives = every_life(items)
    mend(LEGACY)
    ids = {row[0] for row in legacy_rows()}
    assert lives["old"] in ids
    assert not {lives["deleted"], lives["dropped"], lives["removed"]} & ids


def test_a_stray_view_is_no_row_of_ours(items: SavedChoreographies) -> None:
    lives = every_life(items)
    run_sql("UPDATE saved_views SET id = %s WHERE id = %s", lives["old"], lives["kept"])
    assert f"{OURS} {lives['old']}: should not be there" in differences(OURS)
    mend(OURS)
    assert differences(OURS) == []


def test_applying_the_same_events_twice_gives_the_same_rows(items: SavedChoreographies) -> None:
    lives = every_life(items)
    before = legacy_rows(), views()
    for projection in projections():
        events = [e for e in EventLog().read() if e.topic in projection.topics]
        projection.apply(events, into=projection.table)
    # A replay onto the live table brings back what the old app deleted; that is why a rebuild
    # replays beside it.
    delete_row(LEGACY, key="id", key_value=lives["deleted"])
    assert (legacy_rows(), views()) == before


def test_a_replay_takes_nothing_out_of_lessons(items: SavedChoreographies) -> None:
    task = a_finished_task()
    item_id = items.keep(task).id
    items.remove(item_id, user_id=task.user_id)
    items.keep(task)
    run_sql(
        "WITH plan AS (INSERT INTO public.class_plans (id, title, description, difficulty_level,"
        " instructor_notes, created_at, updated_at, instructor_id)"
        " VALUES (gen_random_uuid(), 'x', '', 'beginner', '', now(), now(), %s) RETURNING id)"
        " INSERT INTO public.class_plan_sequences (id, sequence_order, notes, choreography_id,"
        " class_plan_id) SELECT gen_random_uuid(), 1, '', %s, id FROM plan",
        task.user_id,
        item_id,
    )
    mend(LEGACY)
    assert run_sql("SELECT sequence_order FROM public.class_plan_sequences") == [(1,)]


@pytest.fixture
def writers(items: SavedChoreographies) -> Iterator[list[BaseException]]:
    """Save, revise and remove in three threads while a test looks."""
    stop, problems, user_id = threading.Event(), list[BaseException](), a_user()
    begun = threading.Barrier(4)

    def work() -> None:
        mine = a_collection()
        try:
            begun.wait(timeout=20)
            for _ in range(100):
                if stop.is_set():
                    break
                task = a_finished_task(user_id=user_id)
                item_id = mine.keep(task).id
                mine.revise(item_id, user_id=user_id, title="New")
                mine.remove(item_id, user_id=user_id)
                mine.keep(task)
        except BaseException as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    begun.wait(timeout=20)
    yield problems
    stop.set()
    for thread in threads:
        thread.join()


def test_a_rebuild_under_load_loses_and_invents_nothing(
    writers: list[BaseException],
) -> None:
    replaced = [mend(table) for table in (LEGACY, OURS) * 3]
    found = [differences(table) for table in (LEGACY, OURS) * 3]
    assert writers == []
    assert (replaced, found) == ([0] * 6, [[]] * 6)
