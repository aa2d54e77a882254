"""Table ``bachata.songs``."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class SongRow(models.Model):
    """One song file, by content and owner; without an owner it is everybody's.

    ``owner_user_id`` names a row of the old application's user table, without a foreign key: its
    deletes would fail. Every song has a file of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=200)
    artist = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    media_key = models.CharField(max_length=500)
    size_bytes = models.BigIntegerField()
    owner_user_id = models.BigIntegerField(null=True)
    tempo_bpm = models.FloatField(null=True)
    duration_s = models.FloatField(null=True)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "songs"
        constraints = [
            models.UniqueConstraint(
                fields=["content_hash", "owner_user_id"],
                nulls_distinct=False,
                name="songs_content_hash_is_unique_by_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_user_id", "title"], name="songs_by_owner"),
            models.Index(fields=["media_key"], name="songs_by_media_key"),
        ]
