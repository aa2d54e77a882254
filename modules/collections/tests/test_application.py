"""Keeping, revising and removing, on rows of ours and of the old app, alone and at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from modules.choreography.tests.makers import a_user
from modules.choreography.tests.playground import wait_until
from modules.collections.application import Saved, SavedChoreographies
from modules.collections.contract import (
    NothingToSave,
    Origin,
    SavedChoreographyNotFound,
    SavedItem,
    UnusableTitle,
)
from modules.collections.queries import get_item
from modules.collections.tests.makers import (
    a_collection,
    a_finished_task,
    a_result,
    a_row_of_the_old_app,
    count_events,
    event_names,
    legacy_rows,
    run_sql,
)
from modules.eventstore.store import DjangoEventStore
from projections.rebuild import verify
from projections.registry import find_projection, projections

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = ("saved_choreographies", "saved_views")


@pytest.fixture
def items() -> SavedChoreographies:
    """Return the application with every projection."""
    return a_collection()


@pytest.fixture(autouse=True)
def _what_is_read_is_what_is_replayed() -> object:
    yield
    for table in TABLES:
        projection = find_projection(table)
        assert projection is not None
        assert [str(difference) for difference in verify(projection)] == []


def at_once(command: Callable[[], object], *, times: int = 6) -> list[object]:
    """Run a command in threads that start together; give what came of each."""
    barrier, answers = threading.Barrier(times), list[object]()

    def run() -> None:
        try:
            barrier.wait(timeout=20)
            answers.append(command())
        except Exception as error:
            answers.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def a_lesson(*choreographies: UUID) -> UUID:
    """Return the id of a class plan that shows these, as the old app stores it."""
    plan_id = uuid4()
    run_sql(
        "INSERT INTO public.class_plans (id, title, description, difficulty_level,"
        " estimated_duration, instructor_notes, created_at, updated_at, instructor_id)"
        " VALUES (%s, 'Monday', '', 'beginner', 60, '', now(), now(), %s)",
        plan_id,
        a_user("teacher"),
    )
    for place, choreography_id in enumerate(choreographies, start=1):
        run_sql(
            "INSERT INTO public.class_plan_sequences (id, sequence_order, notes, estimated_time,"
            " choreography_id, class_plan_id) VALUES (%s, %s, '', NULL, %s, %s)",
            uuid4(),
            place,
            choreography_id,
            plan_id,
        )
    return plan_id


def steps(plan_id: UUID) -> list[tuple[int, UUID]]:
    return run_sql(
        "SELECT sequence_order, choreography_id FROM public.class_plan_sequences"
        " WHERE class_plan_id = %s ORDER BY 1",
        plan_id,
    )


def test_a_kept_video_is_a_row_of_the_old_app_and_a_view_of_ours(
    items: SavedChoreographies,
) -> None:
    task = a_finished_task()
    saved = items.keep(task, notes="Slowly.")
    item = get_item(saved.id, user_id=task.user_id)
    assert saved.is_new
    assert (item.title, item.difficulty, item.notes) == ("Obsesión", "beginner", "Slowly.")
    assert (item.duration_s, item.tempo_bpm, item.relaxed) == (93.25, 125.0, ("energy",))
    assert (item.video_path, item.thumbnail_path) == (task.result["video_path"], None)
    assert (item.video_key, item.timeline_key) == (
        task.result["video_key"],
        task.result["timeline_key"],
    )
    assert (item.task_id, item.version, item.origin) == (task.task_id, 1, Origin.DANCER)
    assert item.generation_parameters is not None
    assert item.generation_parameters["task_id"] == str(task.task_id)
    assert event_names(saved.id) == ["Saved by dancer"]


def test_the_same_task_twice_is_the_first_item(items: SavedChoreographies) -> None:
    task = a_finished_task()
    first = items.keep(task, title="First")
    assert items.keep(task, title="Second") == Saved(first.id, is_new=False)
    assert get_item(first.id, user_id=task.user_id).title == "First"
    assert count_events() == 1


def test_the_same_task_in_many_threads_is_one_item(items: SavedChoreographies) -> None:
    task = a_finished_task()
    answers = at_once(lambda: items.keep(task))
    assert {answer.id for answer in answers} == {answers[0].id}
    assert sorted(answer.is_new for answer in answers) == [False] * 5 + [True]
    assert (count_events(), len(legacy_rows())) == (1, 1)


def test_two_users_keep_a_task_apart(items: SavedChoreographies) -> None:
    task_id = uuid4()
    ids = {
        items.keep(a_finished_task(task_id=task_id, user_id=a_user(name))).id
        for name in ("ana", "bea")
    }
    assert len(ids) == 2


def test_what_the_old_app_saved_of_a_task_is_its_first_item(items: SavedChoreographies) -> None:
    task = a_finished_task()
    old = a_row_of_the_old_app(generation_parameters={"task_id": str(task.task_id)})
    assert items.keep(task) == Saved(old, is_new=False)
    assert count_events() == 0


def test_what_is_removed_can_be_kept_again_under_its_id(items: SavedChoreographies) -> None:
    task = a_finished_task()
    first = items.keep(task, title="First")
    items.remove(first.id, user_id=task.user_id)
    assert items.keep(task, title="Second") == first
    assert get_item(first.id, user_id=task.user_id).version == 3
    assert event_names(first.id) == ["Saved by dancer", "Removed by dancer", "SavedAgain by dancer"]


def test_what_is_removed_is_kept_again_once_by_many_threads(items: SavedChoreographies) -> None:
    task = a_finished_task()
    items.remove(items.keep(task).id, user_id=task.user_id)
    answers = at_once(lambda: items.keep(task))
    assert sorted(answer.is_new for answer in answers) == [False] * 5 + [True]
    assert count_events() == 3


def test_what_the_old_app_deleted_is_gone_and_recorded_when_it_is_kept_again(
    items: SavedChoreographies,
) -> None:
    task = a_finished_task()
    saved = items.keep(task)
    run_sql("DELETE FROM public.saved_choreographies")
    with pytest.raises(SavedChoreographyNotFound):
        get_item(saved.id, user_id=task.user_id)
    for command in (items.revise, items.remove):
        with pytest.raises(SavedChoreographyNotFound):
            command(saved.id, user_id=task.user_id)
    assert event_names(saved.id) == ["Saved by dancer"]
    assert items.keep(task) == saved
    assert event_names(saved.id)[1:] == ["Removed by old app", "SavedAgain by dancer"]


def test_a_refused_title_leaves_nothing_behind(items: SavedChoreographies) -> None:
    with pytest.raises(UnusableTitle):
        items.keep(a_finished_task(), title="a\x00b")
    task_id = uuid4()
    with pytest.raises(NothingToSave):
        items.keep(a_finished_task(result=a_result(task_id, video_path=None)))
    assert (count_events(), legacy_rows()) == (0, [])


def test_words_are_revised_in_both_tables(items: SavedChoreographies) -> None:
    task = a_finished_task()
    saved = items.keep(task)
    before = get_item(saved.id, user_id=task.user_id)
    items.revise(saved.id, user_id=task.user_id, title="New", notes="Here", difficulty="advanced")
    after = get_item(saved.id, user_id=task.user_id)
    assert (after.title, after.notes, after.difficulty) == ("New", "Here", "advanced")
    assert (after.version, after.created_at) == (2, before.created_at)
    assert after.updated_at > before.updated_at
    assert after.seen != before.seen
    items.revise(saved.id, user_id=task.user_id, title="New")
    assert count_events() == 2


def test_nobody_else_can_revise_or_remove(items: SavedChoreographies) -> None:
    mine, old = items.keep(a_finished_task()).id, a_row_of_the_old_app()
    before = legacy_rows()
    for item_id in (mine, old, uuid4()):
        with pytest.raises(SavedChoreographyNotFound):
            items.revise(item_id, user_id=a_user("bea"), title="Mine")
        with pytest.raises(SavedChoreographyNotFound):
            items.remove(item_id, user_id=a_user("bea"))
    assert (count_events(), legacy_rows()) == (1, before)


def test_a_guard_sees_the_item_and_can_stop_everything(items: SavedChoreographies) -> None:
    task = a_finished_task()
    saved = items.keep(task)

    def refuse(item: SavedItem) -> None:
        assert item.seen == get_item(saved.id, user_id=task.user_id).seen
        raise UnusableTitle("no")

    with pytest.raises(UnusableTitle):
        items.revise(saved.id, user_id=task.user_id, title="New", guard=refuse)
    with pytest.raises(UnusableTitle):
        items.remove(saved.id, user_id=task.user_id, guard=refuse)
    assert event_names(saved.id) == ["Saved by dancer"]


def test_revisions_at_once_are_all_recorded(items: SavedChoreographies) -> None:
    task = a_finished_task()
    saved = items.keep(task)
    titles = iter(f"Title {number}" for number in range(6))
    at_once(lambda: items.revise(saved.id, user_id=task.user_id, title=next(titles)))
    assert event_names(saved.id) == ["Saved by dancer"] + ["Revised by dancer"] * 6


def test_removing_twice_says_it_is_gone(items: SavedChoreographies) -> None:
    task = a_finished_task()
    saved = items.keep(task)
    answers = at_once(lambda: items.remove(saved.id, user_id=task.user_id))
    assert answers.count(None) == 1
    assert answers.count(SavedChoreographyNotFound) == 5
    assert event_names(saved.id) == ["Saved by dancer", "Removed by dancer"]
    assert run_sql("SELECT id FROM saved_views") == legacy_rows() == []


def test_a_row_of_the_old_app_is_adopted_as_it_stands_before_it_is_revised(
    items: SavedChoreographies,
) -> None:
    old = a_row_of_the_old_app(title="  odd  ", thumbnail_path="/media/x.jpg")
    [before] = legacy_rows()
    items.revise(old, user_id=a_user(), notes="Ours now")
    assert legacy_rows() == [before]
    item = get_item(old, user_id=a_user())
    assert event_names(old) == ["Saved by old app", "Revised by dancer"]
    assert (item.notes, item.version, item.origin) == ("Ours now", 2, Origin.OLD_APP)
    assert item.created_at.year == 2024


def test_a_row_of_the_old_app_is_adopted_before_it_is_removed(items: SavedChoreographies) -> None:
    old = a_row_of_the_old_app()
    items.remove(old, user_id=a_user())
    assert event_names(old) == ["Saved by old app", "Removed by dancer"]
    assert legacy_rows() == []


def test_adopted_once_by_many_threads(items: SavedChoreographies) -> None:
    old = a_row_of_the_old_app()
    answers = at_once(lambda: items.revise(old, user_id=a_user(), title="Ours"))
    assert [getattr(answer, "title", answer) for answer in answers] == ["Ours"] * 6
    assert event_names(old) == ["Saved by old app", "Revised by dancer"]


def test_what_the_old_app_wrote_over_our_words_is_recorded_before_ours(
    items: SavedChoreographies,
) -> None:
    task = a_finished_task()
    saved = items.keep(task)
    seen = get_item(saved.id, user_id=task.user_id).seen
    run_sql("UPDATE public.saved_choreographies SET title = 'Theirs', difficulty = 'advanced'")
    assert get_item(saved.id, user_id=task.user_id).seen != seen
    items.revise(saved.id, user_id=task.user_id, notes="Ours")
    assert event_names(saved.id)[1:] == ["Revised by old app", "Revised by dancer"]
    item = get_item(saved.id, user_id=task.user_id)
    assert (item.title, item.difficulty, item.notes) == ("Theirs", "advanced", "Ours")


def test_what_the_old_app_writes_at_the_same_moment_is_not_lost(
    items: SavedChoreographies,
) -> None:
    task = a_finished_task()
    saved = items.keep(task)
    written, problems = threading.Event(), list[BaseException]()

    def somebody_waits() -> bool:
        return bool(run_sql("SELECT 1 FROM pg_locks WHERE NOT granted"))

    def write() -> None:
        try:
            with transaction.atomic():
                run_sql("UPDATE public.saved_choreographies SET title = 'Theirs'")
                written.set()
                wait_until(somebody_waits)
        except BaseException as error:
            problems.append(error)
        finally:
            connections.close_all()

    old_app = threading.Thread(target=write)
    old_app.start()
    assert written.wait(timeout=20)
    items.revise(saved.id, user_id=task.user_id, notes="Ours")
    old_app.join()
    item = get_item(saved.id, user_id=task.user_id)
    assert (problems, item.title, item.notes) == ([], "Theirs", "Ours")
    assert event_names(saved.id)[1:] == ["Revised by old app", "Revised by dancer"]


def test_lessons_lose_the_step_and_are_numbered_from_one_again(items: SavedChoreographies) -> None:
    task = a_finished_task()
    gone, stays, last = items.keep(task).id, a_row_of_the_old_app(), a_row_of_the_old_app()
    monday, tuesday = a_lesson(stays, gone, gone, last), a_lesson(gone)
    untouched = a_lesson(last, stays)
    items.remove(gone, user_id=task.user_id)
    assert steps(monday) == [(1, stays), (2, last)]
    assert steps(tuesday) == []
    assert steps(untouched) == [(1, last), (2, stays)]
    assert run_sql("SELECT count(*) FROM public.class_plans") == [(3,)]


def test_a_lesson_that_wants_it_while_it_goes_must_wait(items: SavedChoreographies) -> None:
    task = a_finished_task()
    gone = items.keep(task).id
    plan: list[UUID] = []

    class Late(DjangoEventStore):
        def save(self, *aggregates: object, **options: object) -> object:
            saved = super().save(*aggregates, **options)
            if not plan:
                thread = threading.Thread(target=lambda: (plan.append(a_lesson()), add_step()))
                thread.start()
                thread.join()
            return saved

    def add_step() -> None:
        try:
            run_sql("SET lock_timeout = '200ms'")
            with pytest.raises(Exception, match="lock timeout"):
                run_sql(
                    "INSERT INTO public.class_plan_sequences (id, sequence_order, notes,"
                    " choreography_id, class_plan_id) VALUES (gen_random_uuid(), 1, '', %s, %s)",
                    gone,
                    plan[0],
                )
        finally:
            connections.close_all()

    late = SavedChoreographies(store=Late(projections=projections()))
    late.remove(gone, user_id=task.user_id)
    assert legacy_rows() == []
    assert steps(plan[0]) == []


def test_an_item_of_a_user_who_is_gone_has_no_row(items: SavedChoreographies) -> None:
    task = a_finished_task(user_id=987654321)
    items.keep(task)
    assert legacy_rows() == []
    assert count_events() == 1
