"""Table ``bachata.songs``."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class SongRow(models.Model):
    """One song file, by content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=200)
    artist = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    media_key = models.CharField(max_length=500)
    size_bytes = models.BigIntegerField()
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "songs"
        constraints = [
            models.UniqueConstraint(fields=["content_hash"], name="songs_content_hash_is_unique"),
        ]
