"""Metrics for Prometheus.

The request histograms of all workers add up in a shared folder; what outlives the processes is
counted in the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import Error
from prometheus_client import CollectorRegistry, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from config.observing.counters import count_events, families, read_counters
from config.observing.statistics import Statistics, read_statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client.metrics_core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)

_own = CollectorRegistry()
REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Time to answer a request, by method, route and status.",
    ["method", "route", "status"],
    buckets=BUCKETS_S,
    registry=_own,
)


class StatisticsCollector:
    """What the database says at the moment it is asked."""

    def __init__(self, read: Callable[[], Statistics | None]) -> None:
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the numbers; only ``bachata_up 0`` when the database does not answer."""
        found = self._read()
        yield GaugeMetricFamily(
            "bachata_up", "Whether the figures below could be read.", value=float(found is not None)
        )
        if found is None:
            return
        tasks = GaugeMetricFamily("bachata_tasks", "Choreography tasks.", labels=["state"])
        for state, count in found.tasks.items():
            tasks.add_metric([state], count)
        yield tasks
        for name, text, value in (
            ("bachata_outbox_waiting", "Messages that are to be delivered.", found.waiting),
            ("bachata_outbox_lag_seconds", "How long the oldest is due.", found.lag_s),
            ("bachata_outbox_dead_letters", "Messages given up.", found.dead),
            ("bachata_dispatchers", "Dispatchers that listen.", found.dispatchers),
            (
                "bachata_projection_drift",
                "Of the streams of the newest events, those whose row is not at their end.",
                found.drift,
            ),
        ):
            yield GaugeMetricFamily(name, text, value=value)


class CounterCollector:
    """What was counted since the first day; nothing when the database does not answer."""

    def collect(self) -> Iterator[Metric]:
        """Count what is new, and yield every counter."""
        try:
            count_events()
            counted = read_counters()
        except Error:
            return
        yield from families(counted)


def exposition() -> bytes:
    """Return everything in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(StatisticsCollector(read_statistics))
    registry.register(CounterCollector())
    if _is_shared():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(_own)


def _is_shared() -> bool:
    """Whether values are kept in the folder ``PROMETHEUS_MULTIPROC_DIR``, as `serve` has it."""
    value_class: Any = values.ValueClass
    return bool(getattr(value_class, "_multiprocess", False))
