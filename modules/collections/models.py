"""The table that this module writes and reads: what the old app's has no column for."""

from __future__ import annotations

from django.db import models


class SavedViewRow(models.Model):
    """What the old app's table cannot hold of a saved choreography of ours.

    Written by the projection only; ``version`` is the last event's, times are those
    of the events, ``move_labels`` counts how often each move is danced.
    """

    id = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    version = models.IntegerField()
    task_id = models.UUIDField(null=True)
    origin = models.TextField()
    notes = models.TextField()
    tempo_bpm = models.FloatField(null=True)
    move_labels = models.JSONField()
    relaxed = models.JSONField()
    video_key = models.TextField(null=True)
    thumbnail_key = models.TextField(null=True)
    timeline_key = models.TextField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        """Where the rows are."""

        db_table = "saved_views"

    def __str__(self) -> str:
        return f"{self.id} version {self.version}"
