"""Analyses of songs as executions: one for each song, begun once, watched to their end."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from config.song_jobs import ExecutorAnalysisJobs
from modules.choreography.ports import (
    ExecutionState,
    ExecutorBusy,
    ExecutorUnavailable,
    JobRefused,
)
from modules.eventstore.contract import DeliveryFailed, DeliveryRefused, DeliveryThrottled


class OneExecution:
    """An executor whose one execution is in the state the test says."""

    def __init__(self) -> None:
        self.started: list[tuple[UUID, Mapping[str, str]]] = []
        self.now = ExecutionState.RUNNING
        self.trouble: Exception | None = None

    def find(self, *, task_id: UUID, attempt: int) -> str | None:
        """Return the execution once it was started."""
        return "it" if self.started else None

    def start(self, *, task_id: UUID, attempt: int, env: Mapping[str, str]) -> str:
        """Start it, unless there is trouble."""
        if self.trouble is not None:
            raise self.trouble
        self.started.append((task_id, env))
        return "it"

    def state(self, execution_name: str) -> ExecutionState:
        """Return what the test says."""
        return self.now

    def cancel(self, execution_name: str) -> None:
        """Nobody asks for that here."""


def test_it_is_begun_once_and_ends_however_it_ends() -> None:
    executor, song = OneExecution(), uuid4()
    jobs = ExecutorAnalysisJobs(executor)

    running = [jobs.has_ended(song) for _ in range(3)]
    ends = []
    for executor.now in (ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.UNKNOWN):
        ends.append(jobs.has_ended(song))

    assert running == [False] * 3
    assert ends == [True] * 3
    assert executor.started == [(song, {"SONG_ID": str(song)})]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (ExecutorBusy("full"), DeliveryThrottled),
        (ExecutorUnavailable("away"), DeliveryFailed),
        (JobRefused("never"), DeliveryRefused),
    ],
)
def test_trouble_is_said_in_the_outboxs_words(trouble: Exception, said: type[Exception]) -> None:
    executor = OneExecution()
    executor.trouble = trouble

    with pytest.raises(said):
        ExecutorAnalysisJobs(executor).has_ended(uuid4())
