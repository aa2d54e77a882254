"""How long somebody waits who asks for one choreography while another asked for a hundred.

    uv run python benchmarks/fairness.py [--greedy 100]

The real way, in a temporary installation: requests, outbox, ``manage.py dispatch``, a process for
every job. Times are seconds from the request to the video.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from config.demo.setup import Prepared

STARTED_BETWEEN = """
SELECT count(*) FROM bachata.stored_events AS e JOIN bachata.task_views AS t
       ON t.task_id = e.originator_id
 WHERE e.topic = 'choreography.JobStarted' AND t.user_id <> %(user)s
   AND e.position > (SELECT position FROM bachata.stored_events
                      WHERE originator_id = %(task)s AND originator_version = 1)
   AND e.position < (SELECT min(position) FROM bachata.stored_events
                      WHERE originator_id = %(task)s AND topic = 'choreography.JobStarted')
"""


def main(greedy: int) -> None:
    """Measure, and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from config.demo.setup import prepare

    prepared = prepare(song=None, moves=None, tell=lambda _: None)
    prepared.pages.result()
    with _dispatching():
        _dance(prepared, "modest")  # the song is analysed once
        alone_s, _ = _dance(prepared, "modest")
        tasks = [_request(prepared, "greedy") for _ in range(greedy)]
        _until(lambda: any(_phase(task) == "running" for task in tasks))
        beside_s, before = _dance(prepared, "modest")
        _cancel(tasks)
    print(f"alone                                  {alone_s:6.1f} s")
    print(f"while another's {greedy:4d} wait             {beside_s:6.1f} s")
    print(f"jobs of the other begun in between     {before:6d}")


@contextmanager
def _dispatching() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "manage.py", "dispatch"], cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _dance(prepared: Prepared, name: str) -> tuple[float, int]:
    """Ask for one and wait for it; return the seconds and the others' jobs begun meanwhile."""
    from django.db import connection

    start = time.monotonic()
    task = _request(prepared, name)
    _until(lambda: _phase(task) == "completed")
    seconds = time.monotonic() - start
    with connection.cursor() as cursor:
        cursor.execute(STARTED_BETWEEN, {"task": task, "user": _user(name)})
        return seconds, cursor.fetchone()[0]


def _request(prepared: Prepared, name: str) -> UUID:
    from uuid import uuid4

    from config import wiring
    from modules.choreography.contract import GenerationParameters

    return wiring.choreography().tasks.request(
        request_id=uuid4(),
        user_id=_user(name),
        parameters=GenerationParameters(
            audio_input=prepared.song.address, difficulty="intermediate"
        ),
    )


def _user(name: str) -> int:
    from config import wiring

    return wiring.identity().ensure_user(name, display_name=name).id


def _phase(task: UUID) -> str:
    from modules.choreography.queries import get_task

    return str(get_task(task).phase)


def _cancel(tasks: list[UUID]) -> None:
    from config import wiring
    from modules.choreography.contract import TaskHasEnded

    for task in tasks:
        try:
            wiring.choreography().tasks.cancel(task_id=task, user_id=None)
        except TaskHasEnded:
            continue


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 600
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("it did not come true within ten minutes")
        time.sleep(0.02)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--greedy", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LOCAL_DIR"] = folder
        main(given.greedy)
