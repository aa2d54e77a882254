"""Random lives of a task: whatever happens, in any order, the rules hold."""

from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from modules.choreography.contract import MAX_ATTEMPTS, Phase, Topic
from modules.choreography.domain import ChoreographyTask
from modules.choreography.tests.test_domain import RESULT, a_task
from modules.errors import DomainError

FINAL = {Topic.VIDEO_RENDERED, Topic.GENERATION_FAILED, Topic.GENERATION_CANCELLED}
# How far off the present attempt and fence somebody is: mostly not at all.
ATTEMPTS = FENCES = st.sampled_from([0, 0, 0, 0, -1, 1])
RUNS = st.sampled_from(["run-1", "run-2"])


class TaskMachine(RuleBasedStateMachine):
    """Jobs, dispatchers, sweepers and owners acting on one task, zombies among them."""

    def __init__(self) -> None:
        super().__init__()
        self.task = a_task()
        self.claims: list[int] = []

    def act(self, command: str, **arguments: Any) -> bool:
        """Give a command; a refusal must leave no trace. Say whether it was taken."""
        if "attempt" in arguments:
            arguments["attempt"] += self.task.attempt
        if "fence" in arguments:
            arguments["fence"] += self.task.fence
        before, state = len(self.task.pending_events), {**vars(self.task)}
        try:
            getattr(self.task, command)(**arguments)
        except DomainError:
            assert len(self.task.pending_events) == before
            assert vars(self.task) == state
            return False
        return True

    def holds(self, attempt: int, fence: int) -> bool:
        """Whether somebody so far off is the last to have claimed."""
        return bool(self.claims) and (attempt, fence) == (0, 0)

    @rule(attempt=ATTEMPTS, name=RUNS)
    def dispatch(self, attempt: int, name: str) -> None:
        """A dispatcher says what it started."""
        assert self.act("job_dispatched", attempt=attempt, execution_name=name)

    @rule(attempt=ATTEMPTS, name=RUNS, number=st.integers(0, 2), silent=st.booleans())
    def claim(self, attempt: int, name: str, number: int, silent: bool) -> None:
        """A job claims."""
        fence = None
        with suppress(DomainError):
            fence = self.task.claim(
                attempt=attempt + self.task.attempt,
                execution_name=name,
                execution_try=number,
                holder_is_silent=silent,
            )
        if fence is not None:
            assert all(fence > earlier for earlier in self.claims)
            self.claims.append(fence)

    @rule(attempt=ATTEMPTS, fence=FENCES, progress=st.integers(-10, 200))
    def report(self, attempt: int, fence: int, progress: int) -> None:
        """A job, or a zombie, reports."""
        reached = self.task.progress
        taken = self.act(
            "report_progress",
            attempt=attempt,
            fence=fence,
            stage="generating",
            progress=progress,
            message=None,
        )
        assert not taken or self.holds(attempt, fence)
        assert not taken or self.task.progress >= reached

    @rule(attempt=ATTEMPTS, fence=FENCES)
    def release(self, attempt: int, fence: int) -> None:
        """A job gives its claim back."""
        assert not self.act("release", attempt=attempt, fence=fence) or self.holds(attempt, fence)

    @rule(attempt=ATTEMPTS, fence=FENCES)
    def complete(self, attempt: int, fence: int) -> None:
        """A job, or a zombie, has a video."""
        taken = self.act("complete", attempt=attempt, fence=fence, result=RESULT)
        assert not taken or self.holds(attempt, fence)

    @rule(attempt=ATTEMPTS, fence=FENCES)
    def fail(self, attempt: int, fence: int) -> None:
        """A job, or a zombie, gives up."""
        was = self.task.phase
        taken = self.act("fail", attempt=attempt, fence=fence, code="x", message="y")
        assert not taken or was is Phase.FAILED or self.holds(attempt, fence)

    @rule(attempt=ATTEMPTS)
    def lose(self, attempt: int) -> None:
        """A sweeper finds a job dead."""
        chosen = {"seen_version": None, "reason": "gone", "code": "job_lost", "message": "No."}
        assert self.act("lose_job", attempt=attempt, **chosen)

    @rule(attempt=ATTEMPTS)
    def give_up(self, attempt: int) -> None:
        """A dispatcher gives up."""
        assert self.act("give_up_dispatch", attempt=attempt, code="x", message="y")

    @rule(user_id=st.sampled_from([None, 1, 2]))
    def cancel(self, user_id: int | None) -> None:
        """Somebody cancels."""
        assert not self.act("cancel", user_id=user_id) or user_id != 2

    @invariant()
    def at_most_one_end_and_nothing_after_it(self) -> None:
        """One final event, the last one."""
        topics = [type(event).TOPIC for event in self.task.pending_events]
        finals = [position for position, topic in enumerate(topics) if topic in FINAL]
        assert finals in ([], [len(topics) - 1])
        assert bool(finals) == self.task.phase.is_final

    @invariant()
    def attempts_and_progress_stay_in_bounds(self) -> None:
        """Never more than three attempts; percent is percent."""
        assert 1 <= self.task.attempt <= MAX_ATTEMPTS
        assert 0 <= self.task.progress <= 100

    @invariant()
    def replaying_the_events_gives_the_same_task(self) -> None:
        """The state is a function of the events."""
        replayed: ChoreographyTask | None = None
        for event in self.task.pending_events:
            replayed = event.mutate(replayed)
        assert replayed is not None
        hidden = {"_pending_events"}
        assert {k: v for k, v in vars(replayed).items() if k not in hidden} == {
            k: v for k, v in vars(self.task).items() if k not in hidden
        }


TaskMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLifeOfATask = TaskMachine.TestCase
