"""An executor that runs nothing: for tests of everything around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from modules.choreography.ports import ExecutionState


@dataclass(slots=True)
class MemoryExecution:
    """What somebody asked to run."""

    task_id: UUID
    attempt: int
    env: dict[str, str]
    state: ExecutionState = ExecutionState.RUNNING
    running_for_s: float | None = None


@dataclass
class MemoryJobExecutor:
    """Remembers what was started; the test says how it ends.

    ``failures`` are raised by the coming calls of ``start``, one each, and nothing starts;
    ``lost_answers`` are raised once the execution exists.
    """

    executions: dict[str, MemoryExecution] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    lost_answers: list[Exception] = field(default_factory=list)

    def start(self, *, task_id: UUID, attempt: int, env: Mapping[str, str]) -> str:
        """Remember the execution; the second time gives the first."""
        if self.failures:
            raise self.failures.pop(0)
        name = f"memory-{task_id}-{attempt}"
        self.executions.setdefault(name, MemoryExecution(task_id, attempt, dict(env)))
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return name

    def find(self, *, task_id: UUID, attempt: int) -> str | None:
        """Return the name of what was started for the attempt."""
        name = f"memory-{task_id}-{attempt}"
        return name if name in self.executions else None

    def state(self, execution_name: str) -> ExecutionState:
        """Return what the test said last."""
        execution = self.executions.get(execution_name)
        return ExecutionState.UNKNOWN if execution is None else execution.state

    def running_for_s(self, execution_name: str) -> float | None:
        """Return what the test said."""
        execution = self.executions.get(execution_name)
        return None if execution is None else execution.running_for_s

    def cancel(self, execution_name: str) -> None:
        """Stop what is at work."""
        if self.state(execution_name) is ExecutionState.RUNNING:
            self.end(execution_name, ExecutionState.CANCELLED)

    def end(self, execution_name: str, state: ExecutionState) -> None:
        """Say how an execution ended."""
        self.executions[execution_name].state = state
