"""A whole installation in a folder of its own, driven by its commands as a user drives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
COMMAND_TIMEOUT_S = 240


def until[T](look: Callable[[], T], *, deadline_s: float = 60.0) -> T:
    """Look again and again until there is something to see, and return it."""
    end = time.monotonic() + deadline_s
    while not (seen := look()):
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.02)
    return seen


@dataclass
class World:
    """One installation: a folder, a database, and the environment of its processes."""

    folder: Path
    database_url: str | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of the installation's processes."""
        kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "MEDIA_ROOT"}}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        # A developer's own `.env` is none of its business.
        own = {"LOCAL_DIR": str(self.folder), "ENV_FILE": "", **self.extra}
        if self.database_url:  # the keys are beside it, in the environment
            own["DATABASE_URL"] = self.database_url
        return kept | own | more

    def manage(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ``manage.py`` to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )

    @contextmanager
    def managing(self, *arguments: str | Path, **more: str) -> Iterator[subprocess.Popen[str]]:
        """Run a command beside the test; it is ended with the block."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)

    def demo(self, *arguments: str | Path, **more: str) -> dict[str, Any]:
        """Run a demo that must succeed and return its JSON."""
        done = self.manage("demo", "--exit", "--json", *arguments, **more)
        assert done.returncode == 0, done.stderr
        summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return summary

    def refused_demo(self, *arguments: str | Path, **more: str) -> str:
        """Run a demo that must not succeed and return what it says."""
        done = self.manage("demo", "--exit", "--json", *arguments, **more)
        assert done.returncode != 0, done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr

    def request(self, **wishes: Any) -> str:
        """Request a choreography to the demo song without dispatching it; returns the task id."""
        script = "\n".join(
            [
                "import uuid",
                "from config import wiring",
                "from modules.choreography.contract import GenerationParameters",
                "from modules.songs.models import SongRow",
                f"wishes = { ({'difficulty': 'intermediate'} | wishes)!r}",
                "song = SongRow.objects.order_by('added_at').first()",
                "user = wiring.identity().ensure_user('demo', display_name='Demo dancer')",
                "tasks = wiring.choreography().tasks",
                "print(tasks.request(request_id=uuid.uuid4(), user_id=user.id,",
                "    parameters=GenerationParameters(audio_input=f'song:{song.id}', **wishes)))",
            ]
        )
        done = self.manage("shell", "-v", "0", "-c", script)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[-1]

    def run_job(self, task_id: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a task's job by hand, again while its holder still counts as alive."""

        def once() -> subprocess.CompletedProcess[str] | None:
            done = subprocess.run(
                [sys.executable, "-m", "jobrunner"],
                cwd=ROOT,
                env=self.environment(TASK_ID=task_id, **more),
                capture_output=True,
                text=True,
                timeout=COMMAND_TIMEOUT_S,
                check=False,
            )
            return None if "is held by" in done.stderr else done

        return until(once)

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask the installation's database; one that was killed is waited for, not revived."""

        def answer() -> tuple[list[tuple[Any, ...]]] | None:
            try:
                with psycopg.connect(self._address(), autocommit=True) as connection:
                    return (connection.execute(sql, parameters).fetchall(),)  # type: ignore[arg-type]
            except (psycopg.OperationalError, FileNotFoundError, IndexError):
                return None

        return until(answer)[0]

    def topics(self, task_id: str) -> list[str]:
        """The task's events, in order, without the module's name."""
        rows = self.query(
            "SELECT topic FROM bachata.stored_events WHERE originator_id = %s"
            " ORDER BY originator_version",
            task_id,
        )
        return [str(topic).partition(".")[2] for (topic,) in rows]

    def phase(self, task_id: str) -> str:
        """Where the task stands."""
        rows = self.query("SELECT phase FROM bachata.task_views WHERE task_id = %s", task_id)
        return str(rows[0][0]) if rows else "absent"

    def videos(self, task_id: str) -> list[Path]:
        """Every video of the task in the media storage."""
        return sorted((self.folder / "media" / "choreographies").rglob(f"{task_id}*.mp4"))

    def leftovers(self) -> list[Path]:
        """Whatever is temporary and should be gone when nothing runs."""
        incoming = list((self.folder / "media").rglob(".*"))
        work = self.folder / "work"
        return incoming + (list(work.iterdir()) if work.is_dir() else [])

    def _address(self) -> str:
        if self.database_url:
            return self.database_url
        lines = (self.folder / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
        return f"postgresql://postgres@/bachata?host={lines[4].strip()}&port={lines[3].strip()}"

    def postmaster_pid(self) -> int:
        """The embedded server's process."""
        return int((self.folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def assert_completed_once(world: World, task_id: str) -> None:
    """The task ended completed, once, with one video, and what is read is what is replayed."""
    topics = world.topics(task_id)
    assert world.phase(task_id) == "completed"
    assert topics.count("VideoRendered") == 1
    assert topics[-1] == "VideoRendered"
    assert len(world.videos(task_id)) == 1
    until(lambda: not world.leftovers())  # a last try may still be tidying up
    verified = world.manage("projections", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
