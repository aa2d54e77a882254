"""Reading tasks: whose, in which order, and which have been silent."""

from uuid import uuid4

import pytest

from modules.choreography.contract import Phase
from modules.choreography.queries import count_by_phase, find_versions, get_task, list_stale
from modules.choreography.tests.makers import RESULT, a_claim, a_task, a_user, an_application
from modules.eventstore.store import DjangoEventStore

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_view_carries_the_version_and_the_claim() -> None:
    tasks = an_application()
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    view = get_task(task_id, user_id=a_user())
    assert (view.version, view.phase, view.fence, view.claimed) == (2, Phase.RUNNING, 1, True)
    tasks.release(task_id=task_id, attempt=1, fence=fence)
    assert not get_task(task_id).claimed


def test_only_tasks_with_a_job_can_be_silent() -> None:
    tasks = an_application()
    a_task(tasks)
    done, dispatched, running = a_task(tasks), a_task(tasks), a_task(tasks)
    tasks.complete(task_id=done, attempt=1, fence=a_claim(tasks, done), result=RESULT)
    tasks.job_dispatched(task_id=dispatched, attempt=1, execution_name="run-1")
    a_claim(tasks, running)
    assert [task.task_id for task in list_stale(DjangoEventStore(), silent_s=0)] == [
        dispatched,
        running,
    ]
    assert list_stale(DjangoEventStore(), silent_s=3600) == []


def test_the_longest_silent_comes_first_with_the_version_of_its_last_event() -> None:
    tasks = an_application()
    first, second = a_task(tasks), a_task(tasks)
    fence = a_claim(tasks, first)
    a_claim(tasks, second)
    tasks.report_progress(task_id=first, attempt=1, fence=fence, stage="analyzing", progress=25)
    stale = list_stale(DjangoEventStore(), silent_s=0)
    assert [(task.task_id, task.version) for task in stale] == [(second, 2), (first, 3)]
    (longest,) = list_stale(DjangoEventStore(), silent_s=0, limit=1)
    assert longest.task_id == second


def test_tasks_are_counted_by_phase_and_show_their_versions() -> None:
    tasks = an_application()
    waiting, running = a_task(tasks), a_task(tasks)
    a_claim(tasks, running)
    counts = count_by_phase()
    assert counts.keys() == {phase.value for phase in Phase}
    assert {phase: n for phase, n in counts.items() if n} == {"requested": 1, "running": 1}
    assert find_versions([waiting, running, uuid4()]) == {waiting: 1, running: 2}
