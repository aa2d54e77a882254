"""The job's heartbeat: what stops it, and what does not."""

from __future__ import annotations

import threading
from typing import cast

import pytest

from jobrunner.contract import TryAgain
from jobrunner.reporting import Heartbeat, TaskReporter
from modules.choreography.contract import StaleAttempt


class Reporter:
    """Answers each beat as the test says, then sets ``done``."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)
        self.beats = 0
        self.done = threading.Event()

    def beat(self) -> None:
        """Beat once."""
        self.beats += 1
        answer = self.answers.pop(0)
        if not self.answers:
            self.done.set()
        if answer is not None:
            raise answer


def beating(reporter: Reporter) -> Heartbeat:
    return Heartbeat(cast("TaskReporter", reporter), every_s=0.001)


def test_a_row_that_is_locked_for_long_does_not_end_the_heartbeat() -> None:
    reporter = Reporter(None, TryAgain("locked"), TryAgain("locked"), None)
    with beating(reporter):
        assert reporter.done.wait(10)
    assert reporter.beats == 4


def test_a_job_that_lost_its_task_beats_no_more(caplog: pytest.LogCaptureFixture) -> None:
    reporter = Reporter(None, StaleAttempt("over"), None)
    with beating(reporter) as heart:
        heart._thread.join(10)
        assert not heart._thread.is_alive()
    assert reporter.beats == 2
    assert "lost its task" in caplog.text
