"""How long it still takes, and how seldom the database is asked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.choreography.contract import Phase
from modules.choreography.queue_estimate import CachedQueue, Queue, time_left_s

RUNNING: dict[str, Any] = {"phase": Phase.RUNNING, "ahead": 0, "busy": 1, "concurrency": 1}
WAITING: dict[str, Any] = {"phase": Phase.REQUESTED, "progress": 0, "typical_s": 4.0}


@pytest.mark.parametrize(("progress", "left_s"), [(0, 4.0), (25, 3.0), (90, 0.4), (99, 0.0)])
def test_a_running_task_has_its_share_left(progress: int, left_s: float) -> None:
    assert time_left_s(**RUNNING, progress=progress, typical_s=4.0) == left_s


@pytest.mark.parametrize(
    ("ahead", "busy", "concurrency", "left_s"),
    [
        (0, 0, 1, 4.0),  # its turn
        (0, 1, 1, 6.0),  # one is half done
        (2, 1, 1, 14.0),  # two whole ones and a half
        (2, 2, 4, 7.0),  # every place is taken when its turn comes
        (1, 2, 4, 4.0),  # there is a place left
        (40, 2, 1000, 4.0),
    ],
)
def test_a_waiting_task_waits_for_those_before_it(
    ahead: int, busy: int, concurrency: int, left_s: float
) -> None:
    assert time_left_s(**WAITING, ahead=ahead, busy=busy, concurrency=concurrency) == left_s


@pytest.mark.parametrize("phase", [Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED])
def test_what_has_ended_takes_no_time(phase: Phase) -> None:
    assert time_left_s(**(RUNNING | {"phase": phase}), progress=0, typical_s=4.0) is None


def test_nothing_is_guessed_before_anything_is_known() -> None:
    assert time_left_s(**RUNNING, progress=50, typical_s=None) is None


@given(
    ahead=st.integers(0, 10_000),
    busy=st.integers(0, 100),
    concurrency=st.integers(1, 64),
    typical_s=st.floats(0, 3600),
)
def test_more_before_it_never_takes_less(
    ahead: int, busy: int, concurrency: int, typical_s: float
) -> None:
    options: dict[str, Any] = WAITING | {
        "typical_s": typical_s, "busy": busy, "concurrency": concurrency,
    }  # fmt: skip
    one, more = time_left_s(**options, ahead=ahead), time_left_s(**options, ahead=ahead + 1)
    assert one is not None
    assert more is not None
    assert 0 <= one <= more


def test_a_thousand_pollers_share_one_read_of_the_queue() -> None:
    looks: list[int] = []
    gate = threading.Event()

    def look() -> Queue:
        gate.wait(10)
        looks.append(1)
        return Queue(busy=len(looks))

    cached = CachedQueue(read_queue=look, find_typical_s=lambda: 3.0, max_age_s=60)
    with ThreadPoolExecutor(max_workers=20) as pool:
        answers = [pool.submit(cached.get) for _ in range(1000)]
        gate.set()
        assert {answer.result().busy for answer in answers} == {1}
    assert looks == [1]


def test_while_one_looks_again_the_others_take_what_was_seen() -> None:
    looked, hold = threading.Event(), threading.Event()
    seen = [Queue(busy=1), Queue(busy=2)]

    def look() -> Queue:
        if len(seen) == 1:
            looked.set()
            hold.wait(10)
        return seen.pop(0)

    cached = CachedQueue(read_queue=look, find_typical_s=lambda: None, max_age_s=0)
    assert cached.get().busy == 1
    with ThreadPoolExecutor(max_workers=1) as pool:
        slow = pool.submit(cached.get)
        looked.wait(10)
        assert cached.get().busy == 1
        hold.set()
        assert slow.result().busy == 2


def test_a_look_that_failed_is_tried_again() -> None:
    answers: list[Any] = [RuntimeError("away"), Queue(busy=7)]

    def look() -> Queue:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    cached = CachedQueue(read_queue=look, find_typical_s=lambda: None)
    with pytest.raises(RuntimeError):
        cached.get()
    assert cached.get().busy == 7
