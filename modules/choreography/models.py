"""The table that this module writes and reads: its tasks, as readers see them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TaskViewRow(models.Model):
    """One choreography task as readers see it; written by the projection only.

    ``status`` is one of the old app's four words, ``phase`` one of our six; ``version`` is the
    last event's; times are those of the events.
    """

    task_id = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    version = models.IntegerField()
    phase = models.TextField()
    status = models.TextField()
    progress = models.IntegerField()
    stage = models.TextField()
    message = models.TextField()
    attempt = models.IntegerField()
    fence = models.IntegerField()
    job_execution_name = models.TextField(null=True)
    claimed = models.BooleanField()
    audio_input = models.TextField()
    difficulty = models.TextField()
    energy_level = models.TextField(null=True)
    style = models.TextField(null=True)
    camera = models.TextField(db_default="stay")
    seed = models.IntegerField(null=True)
    song = models.JSONField(null=True)
    result = models.JSONField(null=True)
    error_code = models.TextField(null=True)
    error = models.TextField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        """Where the rows are, and by what they are looked for."""

        db_table = "task_views"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user_id", "-created_at"], name="task_views_newest_of_a_user"),
            models.Index(
                fields=["phase"],
                condition=models.Q(phase__in=["requested", "dispatched", "running"]),
                name="task_views_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.phase}"
