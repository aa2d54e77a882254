"""Reading tasks: whose, in which order, and which have been silent."""

from uuid import uuid4

import pytest

from modules.choreography.contract import Phase
from modules.choreography.queries import find_silence_s, get_task, list_stale
from modules.choreography.tests.makers import RESULT, a_claim, a_task, a_user, an_application

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_view_carries_the_version_and_the_claim() -> None:
    tasks = an_application()
    task_id = a_task(tasks)
    fence = a_claim(tasks, task_id)
    view = get_task(task_id, user_id=a_user())
    assert (view.version, view.phase, view.fence, view.claimed) == (2, Phase.RUNNING, 1, True)
    tasks.release(task_id=task_id, attempt=1, fence=fence)
    assert not get_task(task_id).claimed


def test_silence_is_the_age_of_the_last_event() -> None:
    tasks = an_application()
    task_id = a_task(tasks)
    silence_s = find_silence_s(task_id)
    assert silence_s is not None
    assert 0 <= silence_s < 60
    assert find_silence_s(uuid4()) is None


def test_only_tasks_with_a_job_can_be_silent() -> None:
    tasks = an_application()
    a_task(tasks)
    done, dispatched, running = a_task(tasks), a_task(tasks), a_task(tasks)
    tasks.complete(task_id=done, attempt=1, fence=a_claim(tasks, done), result=RESULT)
    tasks.job_dispatched(task_id=dispatched, attempt=1, execution_name="run-1")
    a_claim(tasks, running)
    assert [task.task_id for task in list_stale(silent_s=0)] == [dispatched, running]
    assert list_stale(silent_s=3600) == []
