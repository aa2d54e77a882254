"""A finished choreography is kept by itself, for those who want that; the video comes first."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from modules.choreography.application import ChoreographyTasks
from modules.choreography.contract import FinishedTask, PendingSave, StaleAttempt, UnusableResult
from modules.choreography.queries import get_task
from modules.choreography.tests.makers import a_claim, a_task, a_user, an_application
from modules.collections.auto_save import wants_auto_save
from modules.collections.contract import NothingToSave, Origin
from modules.collections.domain import Details, id_of
from modules.collections.queries import get_item
from modules.collections.tests.makers import (
    SONG,
    a_collection,
    a_finished_task,
    a_result,
    an_auto_save,
    event_names,
    legacy_rows,
    run_sql,
)
from modules.conflicts import ConcurrencyConflict
from modules.errors import FatalError
from modules.eventstore.event_log import EventLog

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = "Choreography generated successfully! (Auto-saved to collection)"
NOT_SAVED = "Choreography generated successfully!"


@pytest.fixture
def tasks() -> ChoreographyTasks:
    """Return the application as the job has it."""
    return an_application(auto_saver=an_auto_save())


def prefer(preferences: object) -> None:
    """Store what a user prefers."""
    get_user_model().objects.filter(pk=a_user()).update(preferences=preferences)


def a_job(tasks: ChoreographyTasks) -> dict[str, Any]:
    """Return what a job about to end says with its result."""
    task_id = a_task(tasks, song=SONG)
    return {
        "task_id": task_id,
        "attempt": 1,
        "fence": a_claim(tasks, task_id),
        "result": a_result(task_id),
    }


def said(task_id: UUID) -> tuple[object, ...]:
    """Read what the old app shows of the end."""
    return run_sql(
        "SELECT status, message, result -> 'auto_saved', result ->> 'saved_choreography_id'"
        " FROM public.choreography_tasks WHERE task_id = %s",
        str(task_id),
    )[0]


def test_a_finished_choreography_is_kept_with_its_end(tasks: ChoreographyTasks) -> None:
    job = a_job(tasks)
    tasks.complete(**job)
    item_id = id_of(user_id=a_user(), task_id=job["task_id"])
    assert said(job["task_id"]) == ("completed", SAVED, "true", str(item_id))
    view = get_task(job["task_id"])
    assert view.result is not None
    assert (view.message, view.result["auto_saved"]) == (SAVED, True)
    item = get_item(item_id, user_id=a_user())
    assert (item.title, item.origin, item.task_id) == ("Obsesión", Origin.AUTO_SAVE, view.task_id)
    last = [EventLog().history(job["task_id"])[-1], EventLog().history(item_id)[-1]]
    assert last[0].metadata["save_id"] == last[1].metadata["save_id"]  # one transaction


def test_completed_twice_it_is_kept_once_and_stays_removed(tasks: ChoreographyTasks) -> None:
    job = a_job(tasks)
    tasks.complete(**job)
    item_id = id_of(user_id=a_user(), task_id=job["task_id"])
    tasks.complete(**job)
    assert event_names(item_id) == ["Saved by auto-save"]
    a_collection().remove(item_id, user_id=a_user())
    tasks.complete(**job)
    assert event_names(item_id) == ["Saved by auto-save", "Removed by dancer"]
    assert len(EventLog().history(job["task_id"])) == 3


def test_completed_by_many_threads_it_is_kept_once(tasks: ChoreographyTasks) -> None:
    job, problems = a_job(tasks), list[BaseException]()

    def complete() -> None:
        try:
            tasks.complete(**job)
        except BaseException as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=complete) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(legacy_rows()) == 1
    assert said(job["task_id"])[1] == SAVED


def test_saved_by_hand_afterwards_it_is_the_same_item(tasks: ChoreographyTasks) -> None:
    job = a_job(tasks)
    tasks.complete(**job)
    again = a_finished_task(task_id=job["task_id"])
    saved = a_collection().keep(again, title="Another")
    assert (saved.is_new, len(legacy_rows())) == (False, 1)


@pytest.mark.parametrize(
    ("preferences", "wanted"),
    [
        ({}, True),
        ({"auto_save_choreographies": True}, True),
        ({"auto_save_choreographies": False}, False),
        ({"auto_save_choreographies": None}, True),
        ({"auto_save_choreographies": 0}, True),
        ({"auto_save_choreographies": "no"}, True),
        ({"language": "es"}, True),
        ([], True),
        ("nonsense", True),
        (None, True),
    ],
)
def test_only_a_plain_false_declines(preferences: object, wanted: bool) -> None:
    assert wants_auto_save(preferences) is wanted


@pytest.mark.parametrize("preferences", [[], "nonsense", {"auto_save_choreographies": []}])
def test_preferences_that_are_nonsense_keep(tasks: ChoreographyTasks, preferences: object) -> None:
    prefer(preferences)
    job = a_job(tasks)
    tasks.complete(**job)
    assert said(job["task_id"])[1] == SAVED


def test_who_declines_keeps_nothing(tasks: ChoreographyTasks) -> None:
    prefer({"auto_save_choreographies": False})
    job = a_job(tasks)
    tasks.complete(**job)
    assert said(job["task_id"]) == ("completed", NOT_SAVED, "false", None)
    assert legacy_rows() == []


def test_a_job_that_lost_its_task_keeps_nothing(tasks: ChoreographyTasks) -> None:
    job = a_job(tasks)
    tasks.redispatch(task_id=job["task_id"], attempt=1, reason="gone")
    with pytest.raises(StaleAttempt):
        tasks.complete(**job)
    assert (legacy_rows(), run_sql("SELECT id FROM saved_views")) == ([], [])


def test_a_result_without_a_video_is_refused_as_before(tasks: ChoreographyTasks) -> None:
    job = a_job(tasks) | {"result": {"duration": 3}}
    with pytest.raises(UnusableResult):
        tasks.complete(**job)
    assert get_task(job["task_id"]).status == "running"
    assert legacy_rows() == []


class Refusing:
    """An auto-saver that does whatever a test says."""

    def __init__(self, behave: Callable[[FinishedTask], PendingSave | None]) -> None:
        self.prepare = behave


def refuse(task: FinishedTask) -> PendingSave | None:
    raise NothingToSave("No.")


def break_down(task: FinishedTask) -> PendingSave | None:
    raise FatalError("A bug.")


def ask_nonsense(task: FinishedTask) -> PendingSave | None:
    run_sql("SELECT no_such_column FROM public.saved_choreographies")
    return None


def give_what_no_column_holds(task: FinishedTask) -> PendingSave | None:
    pending = an_auto_save().prepare(task)
    assert pending is not None
    [item] = pending.aggregates
    item.details = Details("", "", "")
    item.revise(title="x" * 200)
    item.pending_events[-1].__dict__["title"] = "x" * 300
    return pending


@pytest.mark.parametrize("behave", [refuse, break_down, ask_nonsense, give_what_no_column_holds])
def test_a_save_that_is_refused_does_not_cost_the_video(
    behave: Callable[[FinishedTask], PendingSave | None], caplog: pytest.LogCaptureFixture
) -> None:
    tasks = an_application(auto_saver=Refusing(behave))
    job = a_job(tasks)
    with caplog.at_level(logging.ERROR):
        tasks.complete(**job)
    assert said(job["task_id"]) == ("completed", NOT_SAVED, "false", None)
    assert (legacy_rows(), run_sql("SELECT id FROM saved_views")) == ([], [])
    assert "is not saved" in caplog.text


def test_a_conflict_is_decided_again_with_the_item() -> None:
    tries: list[FinishedTask] = []

    def at_the_second_try(task: FinishedTask) -> PendingSave | None:
        tries.append(task)
        if len(tries) == 1:
            raise ConcurrencyConflict("somebody was faster")
        return an_auto_save().prepare(task)

    tasks = an_application(auto_saver=Refusing(at_the_second_try))
    job = a_job(tasks)
    tasks.complete(**job)
    assert (len(tries), said(job["task_id"])[1]) == (2, SAVED)


def test_a_user_who_is_gone_keeps_nothing_and_the_task_ends(tasks: ChoreographyTasks) -> None:
    leaving = a_user("leaving")
    task_id = a_task(tasks, user_id=leaving)
    fence = a_claim(tasks, task_id)
    run_sql("DELETE FROM public.choreography_tasks")
    get_user_model().objects.filter(pk=leaving).delete()
    tasks.complete(task_id=task_id, attempt=1, fence=fence, result=a_result(task_id))
    assert (get_task(task_id).status, legacy_rows()) == ("completed", [])


def test_a_user_who_leaves_between_the_question_and_the_save_costs_the_row_alone() -> None:
    leaving = a_user("leaving")

    def keep_and_leave(task: FinishedTask) -> PendingSave | None:
        pending = an_auto_save().prepare(task)
        run_sql("DELETE FROM public.choreography_tasks")
        get_user_model().objects.filter(pk=leaving).delete()
        return pending

    tasks = an_application(auto_saver=Refusing(keep_and_leave))
    task_id = a_task(tasks, user_id=leaving)
    fence = a_claim(tasks, task_id)
    tasks.complete(task_id=task_id, attempt=1, fence=fence, result=a_result(task_id))
    assert (get_task(task_id).status, legacy_rows()) == ("completed", [])
