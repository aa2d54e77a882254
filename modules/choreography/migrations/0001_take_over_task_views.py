"""The view of tasks comes to its module: its table is there, only Django's state learns of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("projections", "0003_give_the_views_to_the_modules_that_read_them")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="TaskViewRow",
                    fields=[
                        ("task_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("user_id", models.BigIntegerField()),
                        ("version", models.IntegerField()),
                        ("phase", models.TextField()),
                        ("status", models.TextField()),
                        ("progress", models.IntegerField()),
                        ("stage", models.TextField()),
                        ("message", models.TextField()),
                        ("attempt", models.IntegerField()),
                        ("fence", models.IntegerField()),
                        ("job_execution_name", models.TextField(null=True)),
                        ("claimed", models.BooleanField()),
                        ("audio_input", models.TextField()),
                        ("difficulty", models.TextField()),
                        ("energy_level", models.TextField(null=True)),
                        ("style", models.TextField(null=True)),
                        ("seed", models.IntegerField(null=True)),
                        ("song", models.JSONField(null=True)),
                        ("result", models.JSONField(null=True)),
                        ("error_code", models.TextField(null=True)),
                        ("error", models.TextField(null=True)),
                        ("created_at", models.DateTimeField()),
                        ("updated_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "task_views",
                        "indexes": [
                            models.Index(
                                fields=["user_id", "-created_at"],
                                name="task_views_newest_of_a_user",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("phase__in", ["requested", "dispatched", "running"])
                                ),
                                fields=["phase"],
                                name="task_views_live",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
