"""The view of collections comes to its module: its table is there, only the state learns of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("projections", "0003_give_the_views_to_the_modules_that_read_them")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SavedViewRow",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("user_id", models.BigIntegerField()),
                        ("version", models.IntegerField()),
                        ("task_id", models.UUIDField(null=True)),
                        ("origin", models.TextField()),
                        ("notes", models.TextField()),
                        ("tempo_bpm", models.FloatField(null=True)),
                        ("move_labels", models.JSONField()),
                        ("relaxed", models.JSONField()),
                        ("video_key", models.TextField(null=True)),
                        ("thumbnail_key", models.TextField(null=True)),
                        ("timeline_key", models.TextField(null=True)),
                        ("updated_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "saved_views",
                    },
                ),
            ]
        ),
    ]
