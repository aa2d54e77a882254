"""Tables of the move library, in schema ``bachata``."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class MoveClipRow(models.Model):
    """A clip prepared for cutting; its mezzanine and thumbnail lie in the media storage."""

    clip_id = models.CharField(max_length=100, primary_key=True)
    content_hash = models.CharField(max_length=64)
    move_label = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    difficulty = models.CharField(max_length=20)
    energy_level = models.CharField(max_length=20)
    lead_follow_roles = models.CharField(max_length=20)
    notes = models.TextField(blank=True)
    annotated_tempo_bpm = models.FloatField(null=True)
    tempo_bpm = models.FloatField()
    tempo_source = models.CharField(max_length=20)
    beats_s = ArrayField(models.FloatField())
    keyframes_s = ArrayField(models.FloatField())
    duration_s = models.FloatField()
    mezzanine_key = models.CharField(max_length=300)
    thumbnail_key = models.CharField(max_length=300)
    one_beat = models.PositiveSmallIntegerField(default=0)
    one_source = models.CharField(max_length=20, default="unsure")
    motion_by_beat = ArrayField(models.FloatField(), default=list)
    figure_start_s = models.FloatField(null=True)
    figure_end_s = models.FloatField(null=True)
    background = models.BinaryField(default=b"")
    room = models.CharField(max_length=100, blank=True, default="")
    scene = models.CharField(max_length=100, blank=True, default="")
    style = models.CharField(max_length=30, blank=True, default="")
    preparation = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True, db_column="is_offered")
    imported_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """Named like the thing."""

        db_table = "move_clips"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="move_clips_difficulty_known",
                condition=models.Q(difficulty__in=["beginner", "intermediate", "advanced"]),
            ),
            models.CheckConstraint(
                name="move_clips_energy_known",
                condition=models.Q(energy_level__in=["low", "medium", "high"]),
            ),
            models.CheckConstraint(
                name="move_clips_tempo_positive", condition=models.Q(tempo_bpm__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.clip_id


class MoveEmbeddingRow(models.Model):
    """An index document: terms to filter by, and up to five vectors to compare.

    The vectors' lengths are checked by ``vectors.checked_vectors``; they are compared in the
    process that searches, see ``DocumentMatrix``.
    """

    clip_id = models.CharField(max_length=100, primary_key=True)
    move_label = models.CharField(max_length=100)
    difficulty = models.CharField(max_length=20)
    energy_level = models.CharField(max_length=20)
    lead_follow_roles = models.CharField(max_length=20)
    estimated_tempo = models.FloatField(null=True)
    video_path = models.TextField(blank=True)
    quality_score = models.FloatField(null=True)
    detection_rate = models.FloatField(null=True)
    frame_count = models.IntegerField(null=True)
    processing_time = models.FloatField(null=True)
    version = models.CharField(max_length=50, blank=True)
    audio_embedding = ArrayField(models.FloatField(), null=True)
    lead_embedding = ArrayField(models.FloatField(), null=True)
    follow_embedding = ArrayField(models.FloatField(), null=True)
    interaction_embedding = ArrayField(models.FloatField(), null=True)
    text_embedding = ArrayField(models.FloatField(), null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Named as in the legacy index."""

        db_table = "move_embeddings"
        indexes: ClassVar = [
            models.Index(fields=["difficulty", "energy_level"], name="move_embeddings_terms_idx")
        ]

    def __str__(self) -> str:
        return self.clip_id
