"""The tables of the event store; rows are written by the SQL next to the code that needs it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ClockTimestamp(models.Func):
    """The time now, not the time the transaction began."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class StoredEvent(models.Model):
    """One fact, for ever: triggers refuse to change or remove it.

    ``position`` is drawn under a lock held until the commit, so its order is the order of commits.
    """

    position = models.BigAutoField(primary_key=True)
    originator_id = models.UUIDField()
    originator_version = models.IntegerField()
    topic = models.TextField()
    state = models.JSONField()
    metadata = models.JSONField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        """Names of the table and of what guards it."""

        db_table = "stored_events"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["originator_id", "originator_version"],
                name="stored_events_one_per_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.topic}"


class EventToCommit(models.Model):
    """An event saved in a transaction that is still open; its COMMIT moves it to the log.

    Only that transaction ever sees the row.
    """

    id = models.BigAutoField(primary_key=True)
    originator_id = models.UUIDField(db_index=True)
    originator_version = models.IntegerField()
    topic = models.TextField()
    state = models.JSONField()
    metadata = models.JSONField()

    class Meta:
        """Name of the table."""

        db_table = "events_to_commit"

    def __str__(self) -> str:
        return f"{self.originator_id} {self.originator_version} {self.topic}"


class OutboxMessage(models.Model):
    """Something that must still be done.

    Waiting: neither ``done_at`` nor ``dead_at``. Dead letter: ``dead_at`` only. Dropped by hand:
    both. Times are the database's clock.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    key = models.TextField()
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    due_at = models.DateTimeField(db_default=ClockTimestamp())
    attempts = models.IntegerField(db_default=0)
    leased_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(null=True)

    class Meta:
        """Names of the table and of what guards it."""

        db_table = "outbox_messages"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="outbox_messages_one_per_key")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at=None, dead_at=None),
                name="outbox_messages_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
