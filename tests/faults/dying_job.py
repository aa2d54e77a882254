"""Run the job, but die by SIGKILL in the middle of one stage, on the execution's first try.

``python tests/faults/dying_job.py STAGE``; every later try runs to its end.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def die(*_: Any, **__: Any) -> NoReturn:
    """End this process as the kernel's out-of-memory killer would."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def die_after(function: Callable[..., Any]) -> Callable[..., Any]:
    """Do the work, then die before anybody hears of it."""

    def wrapped(*arguments: Any, **options: Any) -> NoReturn:
        function(*arguments, **options)
        die()

    return wrapped


def patch(stage: str) -> None:
    """Put death into the stage."""
    from jobrunner import libraries, listening, planning, render, reporting

    reporter = reporting.TaskReporter
    place, name, death = {
        "fetch": (libraries.LibrarySongs, "fetch", die),
        "analyse": (listening, "hear_apart", die_after(listening.hear_apart)),
        "select": (libraries.LibraryMoves, "select", die),
        "plan": (planning, "plan", die),
        "render": (render, "render", die_after(render.render)),
        "upload": (libraries.MediaResults, "store", die_after(libraries.MediaResults.store)),
        "before_complete": (reporter, "complete", die),
        "after_complete": (reporter, "complete", die_after(reporter.complete)),
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
