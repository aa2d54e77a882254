"""Counters that outlive every process: counted from the events, and kept in the database.

The log of events is read once, from where the last reader stopped: positions are in the order of
commits, so that none is missed, and what was counted is stored with the position in one
transaction, so that none is counted twice. Counting happens when somebody asks.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import connection, transaction
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from modules.choreography.contract import Topic
from modules.collections.contract import Origin
from modules.collections.contract import Topic as CollectionTopic
from modules.eventstore.event_log import EventLog
from modules.eventstore.queries import find_times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from modules.eventstore.contract import StoredEvent

    type Sample = tuple[str, tuple[tuple[str, str], ...]]
    type Times = Mapping[UUID, Sequence[tuple[int, datetime]]]

BATCH = 2000
AT_MOST_S = 1.0
"""How long one reader counts; what is left, the next one does."""

JOBS, DURATION, SAVES = "bachata_jobs", "bachata_job_duration_seconds", "bachata_saves"
REGISTRATIONS = "bachata_registrations"
POSITION = "position"
BUCKETS_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
_BOUNDS = [*map(str, BUCKETS_S), "+Inf"]
OUTCOMES = {
    Topic.VIDEO_RENDERED.value: "completed",
    Topic.GENERATION_FAILED.value: "failed",
    Topic.GENERATION_CANCELLED.value: "cancelled",
    Topic.JOB_LOST.value: "lost",
    Topic.JOB_RELEASED.value: "released",
}
SAVED = frozenset(
    {CollectionTopic.CHOREOGRAPHY_SAVED.value, CollectionTopic.CHOREOGRAPHY_SAVED_AGAIN.value}
)

TAKE_POSITION = """
-- take_position: how far was counted; nobody else counts until the transaction ends
SELECT value FROM metric_counters WHERE sample = %s FOR UPDATE SKIP LOCKED
"""

ADD = """
-- add: to counters, which begin at zero
INSERT INTO metric_counters (sample, value)
SELECT * FROM unnest(%(samples)s::text[], %(amounts)s::float[]) AS more (sample, value)
 ORDER BY sample
ON CONFLICT (sample) DO UPDATE SET value = metric_counters.value + excluded.value
"""

READ = "SELECT sample, value FROM metric_counters WHERE sample <> %s"


def count_registration() -> None:
    """Count somebody who registers, in the transaction that stores them."""
    _add({sample(REGISTRATIONS): 1})


def count_events() -> None:
    """Count the events nobody has counted yet, for a second at most.

    Who finds somebody else counting leaves it to them.
    """
    until = time.monotonic() + AT_MOST_S
    with transaction.atomic():
        _add({sample(POSITION): 0})
    while _count_batch() and time.monotonic() < until:
        pass


def read_counters() -> dict[Sample, float]:
    """Return every counter by name and labels."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [_text(sample(POSITION))])
        return {_parsed(text): value for text, value in cursor.fetchall()}


def sample(name: str, **labels: str) -> Sample:
    """Name a counter."""
    return name, tuple(sorted(labels.items()))


def families(
    counted: Mapping[Sample, float],
) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
    """Yield the counters for Prometheus; what has not happened yet is told as zero."""
    known = [
        sample(REGISTRATIONS),
        sample(SAVES, origin=Origin.DANCER),
        sample(SAVES, origin=Origin.AUTO_SAVE),
        *(sample(JOBS, code="", outcome=outcome) for outcome in OUTCOMES.values()),
    ]
    shown = dict.fromkeys(known, 0.0) | dict(counted)
    for name, about, labels in (
        (JOBS, "Ends of jobs and of tasks, by outcome and code of failure.", ["code", "outcome"]),
        (SAVES, "Choreographies saved, by who saved them.", ["origin"]),
        (REGISTRATIONS, "Users who registered here.", []),
    ):
        family = CounterMetricFamily(name, about, labels=labels)
        for (named, values), value in sorted(shown.items()):
            if named == name:
                family.add_metric([text for _, text in values], value)
        yield family
    yield _durations(counted)


def _durations(counted: Mapping[Sample, float]) -> HistogramMetricFamily:
    about = "From a job's claim of its task to its end, by outcome."
    family = HistogramMetricFamily(DURATION, about, labels=["outcome"])
    for outcome in OUTCOMES.values():
        below, buckets = 0.0, []
        for bound in _BOUNDS:
            below += counted.get(sample(DURATION, le=bound, outcome=outcome), 0.0)
            buckets.append((bound, below))
        total_s = counted.get(sample(f"{DURATION}_sum", outcome=outcome), 0.0)
        family.add_metric([outcome], buckets=buckets, sum_value=total_s)
    return family


def _count_batch() -> bool:
    """Count some events, in one transaction; tell whether there may be more for us."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TAKE_POSITION, [_text(sample(POSITION))])
            row = cursor.fetchone()
        if row is None:
            return False
        events = EventLog().read(after=int(row[0]), limit=BATCH)
        if not events:
            return False
        last = events[-1].position
        _add({**_amounts(events), sample(POSITION): last - row[0]})
    return len(events) == BATCH


def _amounts(events: Sequence[StoredEvent]) -> dict[Sample, float]:
    """Return what these events add to which counters."""
    ends = [event for event in events if event.topic in OUTCOMES]
    tasks = {event.originator_id for event in ends}
    starts = find_times(tasks, topic=Topic.JOB_STARTED) if tasks else {}
    more: dict[Sample, float] = defaultdict(float)
    for event in events:
        if event.topic in SAVED:
            more[sample(SAVES, origin=event.state["origin"])] += 1
        elif event.topic in OUTCOMES:
            outcome = OUTCOMES[event.topic]
            more[sample(JOBS, code=event.state.get("code", ""), outcome=outcome)] += 1
            _time(event, outcome, starts, more)
    return more


def _time(event: StoredEvent, outcome: str, starts: Times, more: dict[Sample, float]) -> None:
    """Add how long the job took that the event ended, if one had begun."""
    begun = [
        at
        for version, at in starts.get(event.originator_id, ())
        if version < event.originator_version
    ]
    if not begun or event.recorded_at is None:
        return
    seconds = max(0.0, (event.recorded_at - max(begun)).total_seconds())
    more[sample(DURATION, le=_BOUNDS[bisect_left(BUCKETS_S, seconds)], outcome=outcome)] += 1
    more[sample(f"{DURATION}_sum", outcome=outcome)] += seconds


def _add(amounts: Mapping[Sample, float]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {"samples": [_text(one) for one in amounts], "amounts": list(amounts.values())},
        )


def _text(one: Sample) -> str:
    name, labels = one
    return json.dumps([name, dict(labels)], sort_keys=True)


def _parsed(text: str) -> Sample:
    name, labels = json.loads(text)
    return sample(name, **labels)
