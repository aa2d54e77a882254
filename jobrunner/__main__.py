"""The job's process: ``TASK_ID=… python -m jobrunner``; the same on Cloud Run and locally.

With ``SONG_ID`` instead it analyses a song of the library (``song_order``).

Reads its parameters from the environment, claims the attempt, runs the pipeline, reports, and ends
with an exit code of ``contract.ExitCode``. Whatever the environment does not say is taken from
the task itself, so that a job can be run by hand with nothing but ``TASK_ID``.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from typing import TYPE_CHECKING

from engine.contract import EngineError
from jobrunner.contract import ExitCode, JobSpec, TryAgain
from jobrunner.environment import (
    ConfigurationError,
    parse_environment,
    parse_song_id,
    parse_task_id,
)
from jobrunner.stopping import StopSignal, Terminated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from uuid import UUID

    from jobrunner.adapters import MediaResults
    from jobrunner.reporting import TaskReporter

log = logging.getLogger("jobrunner")


STOP = StopSignal()


def main() -> int:
    """Run one job and return the process's exit code."""
    STOP.install()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    try:
        song_id = parse_song_id(os.environ)
        if song_id is not None:
            from jobrunner.song_order import carry_out

            return carry_out(song_id)
        return _run(os.environ)
    except ConfigurationError as error:
        log.error("%s", error)
        return ExitCode.TRY_AGAIN
    except (Terminated, KeyboardInterrupt):
        log.warning("Stopped before the task was claimed.")
        return ExitCode.TRY_AGAIN


def _run(environment: Mapping[str, str]) -> int:
    from config import wiring
    from config.observing.logs import name_job
    from jobrunner.reporting import NOT_MINE, TaskReporter, retry_while_database_down
    from modules.choreography.contract import TaskNotFound
    from modules.choreography.queries import get_task

    task_id = parse_task_id(environment)
    try:
        spec = parse_environment(environment, retry_while_database_down(lambda: get_task(task_id)))
        name_job(
            task_id=spec.task_id,
            user_id=spec.user_id,
            attempt=spec.attempt,
            difficulty=spec.wishes.difficulty,
        )
        reporter = TaskReporter.claim(wiring.choreography().tasks, spec, task_id, stop=STOP)
    except TaskNotFound as error:
        raise ConfigurationError(f"TASK_ID is {task_id}: {error}") from error
    except NOT_MINE as error:
        log.info("Nothing to do: %s", error)
        _tidy_after_end(task_id)
        return ExitCode.DONE
    except TryAgain as error:
        log.warning("%s", error)
        return ExitCode.TRY_AGAIN
    return _work(spec, reporter)


def _work(spec: JobSpec, reporter: TaskReporter) -> int:
    """Make the choreography and record how it ended; the outermost loop of the process."""
    from jobrunner import wiring

    log.info("The job begins.")
    results = wiring.results(
        user_id=spec.user_id, fence=reporter.fence, requested_at=spec.requested_at
    )
    try:
        return _make(spec, reporter, results)
    except (Terminated, KeyboardInterrupt):
        # Asked to stop while it tidied up. It is asked once: this time it comes to the end.
        return _give_back(reporter, results)


def _make(spec: JobSpec, reporter: TaskReporter, results: MediaResults) -> int:
    from jobrunner import wiring
    from jobrunner.reporting import NOT_MINE, Heartbeat
    from jobrunner.workspace import claim_folder

    task_folder = _task_folder(reporter.fence.task_id)
    try:
        STOP.resume()
        with (
            claim_folder(task_folder, claim=reporter.fence.number) as folder,
            Heartbeat(reporter),
        ):
            result = wiring.pipeline(spec, reporter, results, folder).run()
            reporter.complete(result)
        log.info("The video is there, after %.1f s.", result["processing_time"])
        results.forget_earlier_claims()
    except NOT_MINE as error:
        return _withdraw(reporter, results, error)
    except EngineError as error:
        return _fail(reporter, results, error.code, error.message)
    except MemoryError:
        return _fail(reporter, results, "resources", "There was not enough memory.")
    except (TryAgain, Terminated, KeyboardInterrupt) as error:
        log.warning("Stopping, to be tried again: %s", error or type(error).__name__)
        return _give_back(reporter, results)
    except Exception:
        log.exception("A bug ended the job.")
        return _fail(reporter, results, "internal_error", "An unexpected error occurred.")
    return ExitCode.DONE


def _fail(reporter: TaskReporter, results: MediaResults, code: str, message: str) -> int:
    """Record that no video will come, then remove what was stored for it."""
    from jobrunner.reporting import NOT_MINE

    log.error("%s: %s", code, message)
    try:
        reporter.fail(code=code, message=message)
        results.forget()
    except NOT_MINE as error:
        return _withdraw(reporter, results, error)
    except (TryAgain, EngineError) as error:
        log.error("The failure could not be recorded: %s", error)
        return ExitCode.TRY_AGAIN
    return ExitCode.DONE


def _give_back(reporter: TaskReporter, results: MediaResults) -> int:
    """Give the claim back, so that the next try claims at once, then remove what was stored.

    In that order: asked to stop while its completion was being recorded, a job cannot know how
    that ended, and only the task can say whether the stored video counts.
    """
    from jobrunner.reporting import NOT_MINE

    try:
        reporter.release()
        results.forget()
    except NOT_MINE as error:
        return _withdraw(reporter, results, error)
    except Exception as error:  # the process ends either way; the sweeper will notice
        log.warning("The claim was not given back: %s", error)
    return ExitCode.TRY_AGAIN


def _withdraw(reporter: TaskReporter, results: MediaResults, error: Exception) -> int:
    """Leave a task that is not this job's any more, without touching what counts."""
    from modules.choreography.contract import StaleAttempt

    log.warning("The task is not this job's any more: %s", error)
    if isinstance(error, StaleAttempt):
        _quietly(results.forget)
    else:
        _tidy_after_end(reporter.fence.task_id)
    return ExitCode.DONE


def _tidy_after_end(task_id: UUID) -> None:
    """Remove what a job left that died after its task's end, before it could tidy up itself."""
    from jobrunner import wiring
    from modules.choreography.contract import Fence, Phase
    from modules.choreography.queries import get_task

    task = get_task(task_id)
    if not task.phase.is_final:
        return
    shutil.rmtree(_task_folder(task_id), ignore_errors=True)
    last = Fence(task_id=task_id, attempt=task.attempt, number=task.fence)
    results = wiring.results(user_id=task.user_id, fence=last, requested_at=task.created_at)
    _quietly(results.forget_earlier_claims)
    if task.phase is not Phase.COMPLETED:
        _quietly(results.forget)


def _task_folder(task_id: UUID) -> Path:
    from django.conf import settings

    folder: Path = settings.LOCAL_DIR / "work" / str(task_id)
    return folder


def _quietly(tidy: Callable[[], None]) -> None:
    """Tidy up as far as the storage allows."""
    try:
        tidy()
    except (TryAgain, EngineError) as error:
        log.warning("Something stays in the storage: %s", error)


if __name__ == "__main__":
    sys.exit(main())
