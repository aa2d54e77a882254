"""The clips prepared for cutting, and the index that finds them."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="MoveClipRow",
            fields=[
                ("clip_id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("content_hash", models.CharField(max_length=64)),
                ("move_label", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=200)),
                ("difficulty", models.CharField(max_length=20)),
                ("energy_level", models.CharField(max_length=20)),
                ("lead_follow_roles", models.CharField(max_length=20)),
                ("notes", models.TextField(blank=True)),
                ("annotated_tempo_bpm", models.FloatField(null=True)),
                ("tempo_bpm", models.FloatField()),
                ("tempo_source", models.CharField(max_length=20)),
                (
                    "beats_s",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), size=None
                    ),
                ),
                (
                    "keyframes_s",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), size=None
                    ),
                ),
                ("duration_s", models.FloatField()),
                ("mezzanine_key", models.CharField(max_length=300)),
                ("thumbnail_key", models.CharField(max_length=300)),
                ("preparation", models.PositiveSmallIntegerField()),
                ("is_offered", models.BooleanField(default=True)),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "db_table": "move_clips",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("difficulty__in", ["beginner", "intermediate", "advanced"])
                        ),
                        name="move_clips_difficulty_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("energy_level__in", ["low", "medium", "high"])),
                        name="move_clips_energy_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tempo_bpm__gt", 0)), name="move_clips_tempo_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MoveEmbeddingRow",
            fields=[
                ("clip_id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("move_label", models.CharField(max_length=100)),
                ("difficulty", models.CharField(max_length=20)),
                ("energy_level", models.CharField(max_length=20)),
                ("lead_follow_roles", models.CharField(max_length=20)),
                ("estimated_tempo", models.FloatField(null=True)),
                ("video_path", models.TextField(blank=True)),
                ("quality_score", models.FloatField(null=True)),
                ("detection_rate", models.FloatField(null=True)),
                ("frame_count", models.IntegerField(null=True)),
                ("processing_time", models.FloatField(null=True)),
                ("version", models.CharField(blank=True, max_length=50)),
                (
                    "audio_embedding",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), null=True, size=None
                    ),
                ),
                (
                    "lead_embedding",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), null=True, size=None
                    ),
                ),
                (
                    "follow_embedding",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), null=True, size=None
                    ),
                ),
                (
                    "interaction_embedding",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), null=True, size=None
                    ),
                ),
                (
                    "text_embedding",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), null=True, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "move_embeddings",
                "indexes": [
                    models.Index(
                        fields=["difficulty", "energy_level"], name="move_embeddings_terms_idx"
                    )
                ],
            },
        ),
    ]
