"""Run the job, but end it by a signal in the middle of one stage, on the execution's first try.

``python tests/faults/dying_job.py STAGE``; every later try runs to its end. The signal is SIGKILL,
or SIGTERM in the stages named ``asked_…``. In the stage ``hanging`` it is the analysis that hangs.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def die(*_: Any, **__: Any) -> NoReturn:
    """End this process as the kernel's out-of-memory killer would."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def be_asked_to_stop(*_: Any, **__: Any) -> NoReturn:
    """Have the system ask this process to end; the job's own handler answers."""
    os.kill(os.getpid(), signal.SIGTERM)
    raise AssertionError("unreachable")


def after(
    function: Callable[..., Any], end: Callable[..., NoReturn] = die
) -> Callable[..., NoReturn]:
    """Do the work, then end before anybody hears of it."""

    def wrapped(*arguments: Any, **options: Any) -> NoReturn:
        function(*arguments, **options)
        end()

    return wrapped


def cancelled_and_asked_to_stop(reporter: Any, result: Any) -> None:
    """Have the task cancelled just before its video is recorded, and then this process stopped."""
    from config import wiring
    from jobrunner.adapters import MediaResults

    tidy_up = MediaResults.forget
    calls: list[int] = []

    def interrupted(results: MediaResults) -> None:
        calls.append(1)
        if len(calls) == 1:
            os.kill(os.getpid(), signal.SIGTERM)  # ignored if the dispatcher's came before
        tidy_up(results)

    MediaResults.forget = interrupted  # type: ignore[method-assign]
    tasks = wiring.choreography().tasks
    tasks.cancel(task_id=reporter.fence.task_id, user_id=None)
    tasks.complete(task_id=reporter.fence.task_id, attempt=1, fence=reporter.fence, result=result)


def analyse_in_vain(_module: str, arguments: Sequence[str], *, limits: Any) -> str:
    """Start the stand-in that never ends."""
    from engine.isolation.limited_process import run_limited

    return run_limited("tests.faults.hanging_analysis", arguments, limits=limits)


def patch(stage: str) -> None:
    """Put death into the stage."""
    from engine.isolation import song_analysis
    from engine.planning import plan as planning
    from engine.video import rendering
    from jobrunner import adapters, analysis_cache, reporting

    reporter = reporting.TaskReporter
    place, name, death = {
        "fetch": (adapters.LibrarySongs, "fetch", die),
        "analyse": (analysis_cache, "_analyse", after(analysis_cache._analyse)),
        "hanging": (song_analysis, "run_limited", analyse_in_vain),
        "select": (adapters.LibraryMoves, "select", die),
        "plan": (planning, "plan", die),
        "render": (rendering, "render", after(rendering.render)),
        "upload": (adapters.MediaResults, "store", after(adapters.MediaResults.store)),
        "before_complete": (reporter, "complete", die),
        "cancelled": (reporter, "complete", cancelled_and_asked_to_stop),
        "after_complete": (reporter, "complete", after(reporter.complete)),
        "asked_before_complete": (reporter, "complete", be_asked_to_stop),
        "asked_after_complete": (
            reporter,
            "complete",
            after(reporter.complete, be_asked_to_stop),
        ),
    }[stage]
    setattr(place, name, death)


if __name__ == "__main__":
    stage = sys.argv.pop()
    from jobrunner.__main__ import main

    if os.environ["CLOUD_RUN_TASK_ATTEMPT"] == "0":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        patch(stage)
    sys.exit(main())
