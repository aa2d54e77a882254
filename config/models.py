"""The table this package writes and reads: what was counted for operators."""

from __future__ import annotations

from django.db import models


class MetricCounter(models.Model):
    """A number that only grows; written by ``config.observing.counters`` only.

    ``sample`` is its name and labels as canonical JSON, ``["bachata_jobs", {"outcome": "lost"}]``.
    """

    sample = models.TextField(primary_key=True)
    value = models.FloatField()

    class Meta:
        """Where the rows are."""

        db_table = "metric_counters"

    def __str__(self) -> str:
        return f"{self.sample} {self.value}"
