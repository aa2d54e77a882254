"""The old monolith's tables: made here on an empty database, found there on a live one.

Going back leaves them alone: they are not ours to drop.
"""

import uuid

from django.conf import settings
from django.db import migrations, models

from legacy_compat.creation import create_missing_tables


def create(apps, schema_editor):
    """Create the tables that are absent."""
    create_missing_tables(schema_editor.connection, user_table=settings.LEGACY_USER_TABLE)


class Migration(migrations.Migration):
    """Create what is missing in ``public``; the models only tell Django's state about it."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunPython(create, migrations.RunPython.noop),
        migrations.CreateModel(
            name="LegacyTask",
            fields=[
                ("task_id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("status", models.CharField(max_length=20)),
                ("progress", models.IntegerField()),
                ("stage", models.CharField(max_length=50)),
                ("message", models.TextField()),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("user_id", models.BigIntegerField()),
            ],
            options={"db_table": '"public"."choreography_tasks"', "managed": False},
        ),
        migrations.CreateModel(
            name="LegacySavedChoreography",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False),
                ),
                ("title", models.CharField(max_length=200)),
                ("video_path", models.CharField(max_length=500)),
                ("thumbnail_path", models.CharField(max_length=500, null=True)),
                ("difficulty", models.CharField(max_length=20)),
                ("duration", models.FloatField()),
                ("music_info", models.JSONField(null=True)),
                ("generation_parameters", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
                ("user_id", models.BigIntegerField()),
            ],
            options={"db_table": '"public"."saved_choreographies"', "managed": False},
        ),
        migrations.CreateModel(
            name="LegacyClassPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False),
                ),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField()),
                ("difficulty_level", models.CharField(max_length=20)),
                ("estimated_duration", models.IntegerField(null=True)),
                ("instructor_notes", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("instructor_id", models.BigIntegerField()),
            ],
            options={"db_table": '"public"."class_plans"', "managed": False},
        ),
        migrations.CreateModel(
            name="LegacyClassPlanSequence",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False),
                ),
                ("sequence_order", models.IntegerField()),
                ("notes", models.TextField()),
                ("estimated_time", models.IntegerField(null=True)),
                ("choreography_id", models.UUIDField()),
                ("class_plan_id", models.UUIDField()),
            ],
            options={"db_table": '"public"."class_plan_sequences"', "managed": False},
        ),
    ]
