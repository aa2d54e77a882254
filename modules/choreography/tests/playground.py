"""A place where real jobs do what a test says, and executors to start them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from modules.choreography.adapters.local_processes import LocalJobExecutor
from modules.choreography.ports import JobExecutor

SECRET = "postgresql://someone:secret@nowhere/"

# A job that says it is there, then does what the test leaves word to do.
JOB = """
import json, os, pathlib, sys, time
at = pathlib.Path(os.environ["PLAYGROUND"]) / os.environ["TASK_ID"]
at.mkdir(exist_ok=True)
number = os.environ["CLOUD_RUN_TASK_ATTEMPT"]
names = ["CLOUD_RUN_EXECUTION", "TASK_ID", "ATTEMPT"]
said = {name: os.environ[name] for name in names} | {"pid": os.getpid()}
(at / "partial").write_text(json.dumps(said))
(at / "partial").rename(at / f"try-{number}.json")
print("at work", flush=True)
while not (at / "exit").exists():
    time.sleep(0.02)
sys.exit(int((at / "exit").read_text()))
"""


def wait_until(condition: Callable[[], object], *, within_s: float = 20.0) -> None:
    """Return once the condition holds; fail after the deadline."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.02)


@dataclass
class Playground:
    """An executor and the means to say how its jobs end."""

    path: Path

    def executor(self, **options: object) -> LocalJobExecutor:
        """Return one more executor on the same machine."""
        settings = {"limit": 2, "retry_pause_s": 0.0, "grace_s": 0.5} | options
        return LocalJobExecutor(
            directory=self.path / "local",
            base_env={**os.environ, "PLAYGROUND": str(self.path), "SECRET": SECRET},
            cwd=self.path,
            command=[sys.executable, "-SE", "-c", JOB],
            **settings,  # type: ignore[arg-type]
        )

    def end(self, task_id: UUID, code: int) -> None:
        """Let the task's job exit, now and in all its tries."""
        at = self.path / str(task_id)
        at.mkdir(exist_ok=True)
        (at / "exit.partial").write_text(str(code))
        (at / "exit.partial").rename(at / "exit")

    def said(self, task_id: UUID, number: int = 0) -> dict[str, str | int]:
        """Return what the job's nth try wrote, once it has."""
        path = self.path / str(task_id) / f"try-{number}.json"
        wait_until(path.exists)
        return json.loads(path.read_text())

    def tries(self, task_id: UUID) -> int:
        """Count the tries that came to life."""
        return len(list((self.path / str(task_id)).glob("try-*.json")))


def start(executor: JobExecutor, task_id: UUID, attempt: int = 1) -> str:
    """Start a job the way the dispatcher does."""
    env = {"TASK_ID": str(task_id), "ATTEMPT": str(attempt)}
    return executor.start(task_id=task_id, attempt=attempt, env=env)


def parent_of(pid: int) -> int:
    """Name the process that started another."""
    return int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)]))
