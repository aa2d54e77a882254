"""Tables of the web module, in schema ``bachata``."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class RequestCount(models.Model):
    """How often one caller used one bucket in its present window; written by ``RateLimiter`` only.

    The migration makes the table UNLOGGED: a crash of the server may forget a minute's counts.
    """

    bucket = models.CharField(max_length=300, primary_key=True)
    used = models.IntegerField()
    window_ends_at = models.DateTimeField()

    class Meta:
        """Named like the thing."""

        db_table = "request_counts"
        indexes: ClassVar = [
            models.Index(fields=["window_ends_at"], name="request_counts_ended"),
        ]

    def __str__(self) -> str:
        return self.bucket


class IdempotencyRecord(models.Model):
    """The answer first given to an Idempotency-Key; given again for 24 hours."""

    user_id = models.BigIntegerField()
    operation = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    answer = models.JSONField()
    headers = models.JSONField()
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        """A key belongs to one user and one operation."""

        db_table = "first_answers"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user_id", "operation", "key"], name="first_answers_key_is_unique"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["answered_at"], name="first_answers_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
