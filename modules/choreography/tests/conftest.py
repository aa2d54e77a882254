"""Fixtures of the choreography module's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.choreography.ports import ExecutionState
from modules.choreography.tests.playground import Playground, wait_until


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[Playground]:
    """Give real jobs a place, and leave none of them alive."""
    ground = Playground(tmp_path)
    yield ground
    executor = ground.executor()
    for directory in (tmp_path / "local" / "executions").glob("*"):
        executor.cancel(directory.name)
    for directory in (tmp_path / "local" / "executions").glob("*"):
        wait_until(lambda name=directory.name: executor.state(name) != ExecutionState.RUNNING)
