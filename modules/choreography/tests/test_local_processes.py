"""What only real processes can get wrong: kills, slots, queues, orphans."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from modules.choreography.adapters.local_processes import LocalJobExecutor
from modules.choreography.ports import ExecutionState, ExecutorBusy
from modules.choreography.tests.playground import SECRET, Playground, parent_of, start, wait_until


def test_a_job_is_told_who_it_is(playground: Playground) -> None:
    task_id = uuid4()
    name = start(playground.executor(), task_id, attempt=2)
    said = playground.said(task_id)
    assert said["CLOUD_RUN_EXECUTION"] == name
    assert (said["TASK_ID"], said["ATTEMPT"]) == (str(task_id), "2")


def test_a_failing_job_is_tried_three_times_under_one_name(playground: Playground) -> None:
    task_id = uuid4()
    playground.end(task_id, 1)
    executor = playground.executor()
    name = start(executor, task_id)
    wait_until(lambda: executor.state(name) is ExecutionState.FAILED)
    assert playground.tries(task_id) == 3
    names = {playground.said(task_id, number)["CLOUD_RUN_EXECUTION"] for number in range(3)}
    assert names == {name}


def test_a_killed_job_is_tried_again(playground: Playground) -> None:
    task_id = uuid4()
    executor = playground.executor()
    name = start(executor, task_id)
    os.kill(int(playground.said(task_id)["pid"]), signal.SIGKILL)
    playground.said(task_id, 1)
    playground.end(task_id, 0)
    wait_until(lambda: executor.state(name) is ExecutionState.SUCCEEDED)
    assert playground.tries(task_id) == 2


def test_a_job_killed_in_every_try_ran_out_of_memory(playground: Playground) -> None:
    task_id = uuid4()
    executor = playground.executor()
    name = start(executor, task_id)
    for number in range(3):
        os.kill(int(playground.said(task_id, number)["pid"]), signal.SIGKILL)
    wait_until(lambda: executor.state(name) is ExecutionState.OUT_OF_MEMORY)


def test_at_most_limit_jobs_work_at_a_time_first_come_first_served(playground: Playground) -> None:
    tasks = [uuid4() for _ in range(4)]
    for task_id in tasks:
        start(playground.executor(limit=1), task_id)
    for number, task_id in enumerate(tasks):
        playground.said(task_id)
        assert [playground.tries(other) for other in tasks[number + 1 :]] == [0] * (
            len(tasks) - number - 1
        )
        playground.end(task_id, 0)


def test_a_full_queue_refuses_more(playground: Playground) -> None:
    executor = playground.executor(limit=1, max_waiting=1)
    first, second, third = uuid4(), uuid4(), uuid4()
    start(executor, first)
    playground.said(first)
    start(executor, second)
    with pytest.raises(ExecutorBusy):
        start(executor, third)
    assert executor.find(task_id=third, attempt=1) is None
    playground.end(first, 0)
    playground.said(second)
    assert start(executor, third)


def test_cancelling_a_waiting_job_never_starts_it(playground: Playground) -> None:
    executor = playground.executor(limit=1)
    first, second = uuid4(), uuid4()
    start(executor, first)
    playground.said(first)
    name = start(executor, second)
    executor.cancel(name)
    wait_until(lambda: executor.state(name) is ExecutionState.CANCELLED)
    assert playground.tries(second) == 0


def test_a_deaf_job_is_killed_after_the_grace(tmp_path: Path, playground: Playground) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); open('deaf', 'w'); " + (
        "time.sleep(600)"
    )
    executor = LocalJobExecutor(
        directory=tmp_path / "local",
        base_env=os.environ,
        cwd=tmp_path,
        command=[sys.executable, "-SE", "-c", deaf],
        grace_s=0.3,
    )
    name = start(executor, uuid4())
    wait_until((tmp_path / "deaf").exists)
    executor.cancel(name)
    wait_until(lambda: executor.state(name) is ExecutionState.CANCELLED)


def test_a_job_outlives_the_starter_killed_right_after_the_start(
    playground: Playground, tmp_path: Path
) -> None:
    task_id = uuid4()
    starter = (
        "import os, signal, sys; from pathlib import Path; from uuid import UUID;"
        "from modules.choreography.tests.playground import Playground, start;"
        f"ground = Playground(Path({str(tmp_path)!r}));"
        f"start(ground.executor(), UUID({str(task_id)!r}));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", starter], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    executor = playground.executor()
    name = executor.find(task_id=task_id, attempt=1)
    assert name is not None
    assert start(executor, task_id) == name
    playground.said(task_id)
    playground.end(task_id, 0)
    wait_until(lambda: executor.state(name) is ExecutionState.SUCCEEDED)
    assert playground.tries(task_id) == 1


def test_a_starter_killed_before_its_supervisor_lived_is_continued(
    playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = uuid4()
    executor = playground.executor()
    with monkeypatch.context() as patch:
        patch.setattr(LocalJobExecutor, "_supervise", lambda *_: None)
        start(executor, task_id)
    assert executor.find(task_id=task_id, attempt=1) is None
    start(executor, task_id)
    playground.said(task_id)
    assert executor.find(task_id=task_id, attempt=1)


def test_two_supervisors_of_one_execution_run_it_once(playground: Playground) -> None:
    task_id = uuid4()
    executor = playground.executor()
    name = start(executor, task_id)
    directory = playground.path / "local" / "executions" / name
    executor._supervise(directory)
    playground.said(task_id)
    playground.end(task_id, 0)
    wait_until(lambda: executor.state(name) is ExecutionState.SUCCEEDED)
    executor._supervise(directory)
    assert playground.tries(task_id) == 1


def test_without_its_supervisor_a_job_runs_on_and_its_end_is_a_failure(
    playground: Playground,
) -> None:
    task_id = uuid4()
    executor = playground.executor()
    name = start(executor, task_id)
    pid = int(playground.said(task_id)["pid"])
    os.kill(parent_of(pid), signal.SIGKILL)
    assert executor.state(name) is ExecutionState.RUNNING
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: executor.state(name) is ExecutionState.FAILED)


def test_without_its_supervisor_a_job_is_cancelled_by_whoever_asks_again(
    playground: Playground,
) -> None:
    task_id = uuid4()
    executor = playground.executor()
    name = start(executor, task_id)
    os.kill(parent_of(int(playground.said(task_id)["pid"])), signal.SIGKILL)

    def is_cancelled() -> bool:
        executor.cancel(name)
        return executor.state(name) is ExecutionState.CANCELLED

    wait_until(is_cancelled)


def test_no_secret_of_the_base_environment_is_written_to_disk(playground: Playground) -> None:
    task_id = uuid4()
    start(playground.executor(), task_id)
    playground.said(task_id)
    for path in (playground.path / "local").rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()


def test_old_executions_are_forgotten_living_ones_are_not(playground: Playground) -> None:
    executor = playground.executor()
    done, alive = uuid4(), uuid4()
    name = start(executor, done)
    start(executor, alive)
    playground.end(done, 0)
    wait_until(lambda: executor.state(name) is ExecutionState.SUCCEEDED)
    assert executor.prune(keep_s=3600) == 0
    assert executor.prune(keep_s=0) == 1
    assert executor.find(task_id=done, attempt=1) is None
    assert executor.find(task_id=alive, attempt=1)


def test_a_job_that_takes_too_long_is_stopped_and_not_tried_again(playground: Playground) -> None:
    task_id = uuid4()
    executor = playground.executor(timeout_s=0.5)
    name = start(executor, task_id)
    wait_until(lambda: executor.state(name) is ExecutionState.TIMED_OUT)
    assert playground.tries(task_id) == 1
    executor.cancel(name)
    assert executor.state(name) is ExecutionState.TIMED_OUT


def test_how_long_a_job_has_been_at_work_does_not_count_its_waiting(playground: Playground) -> None:
    executor = playground.executor(limit=1)
    first, second = uuid4(), uuid4()
    working, waiting = start(executor, first), start(executor, second)
    playground.said(first)
    at_work_s = executor.running_for_s(working)
    assert at_work_s is not None
    assert at_work_s >= 0
    assert executor.running_for_s(waiting) is None
    assert executor.running_for_s("nobody") is None
