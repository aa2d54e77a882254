"""The old monolith's rows. Django never creates or alters these tables (``managed = False``).

Plain ids instead of relations: deleting a row here must never cascade in Python.
"""

from __future__ import annotations

import uuid

from django.db import models

from legacy_compat.schema import qualified


class LegacyTask(models.Model):
    """A generation as the old app's pages show it; times in UTC, progress in percent."""

    task_id = models.CharField(max_length=36, primary_key=True)
    status = models.CharField(max_length=20)
    progress = models.IntegerField()
    stage = models.CharField(max_length=50)
    message = models.TextField()
    result = models.JSONField(null=True)
    error = models.TextField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    user_id = models.BigIntegerField()
    job_execution_name = models.CharField(max_length=500, null=True)

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = qualified("choreography_tasks")

    def __str__(self) -> str:
        return f"{self.task_id} {self.status}"


class LegacySavedChoreography(models.Model):
    """A saved choreography; ``duration`` in seconds, ``video_path`` where the old app finds it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=200)
    video_path = models.CharField(max_length=500)
    thumbnail_path = models.CharField(max_length=500, null=True)
    difficulty = models.CharField(max_length=20)
    duration = models.FloatField()
    music_info = models.JSONField(null=True)
    generation_parameters = models.JSONField(null=True)
    created_at = models.DateTimeField()
    user_id = models.BigIntegerField()

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = qualified("saved_choreographies")

    def __str__(self) -> str:
        return self.title


class LegacyClassPlan(models.Model):
    """An instructor's class plan; ``estimated_duration`` in minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=200)
    description = models.TextField()
    difficulty_level = models.CharField(max_length=20)
    estimated_duration = models.IntegerField(null=True)
    instructor_notes = models.TextField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    instructor_id = models.BigIntegerField()

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = qualified("class_plans")

    def __str__(self) -> str:
        return self.title


class LegacyClassPlanSequence(models.Model):
    """A choreography's place in a class plan, counted from 1; ``estimated_time`` in minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sequence_order = models.IntegerField()
    notes = models.TextField()
    estimated_time = models.IntegerField(null=True)
    choreography_id = models.UUIDField()
    class_plan_id = models.UUIDField()

    class Meta:
        """Where the rows are."""

        managed = False
        db_table = qualified("class_plan_sequences")

    def __str__(self) -> str:
        return f"{self.sequence_order} of {self.class_plan_id}"
