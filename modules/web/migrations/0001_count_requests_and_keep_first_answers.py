from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("bucket", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("used", models.IntegerField()),
                ("window_ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "request_counts",
                "indexes": [models.Index(fields=["window_ends_at"], name="request_counts_ended")],
            },
        ),
        migrations.CreateModel(
            name="FirstAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("operation", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("body_hash", models.CharField(max_length=64)),
                ("status", models.SmallIntegerField()),
                ("answer", models.JSONField()),
                ("headers", models.JSONField()),
                ("answered_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "first_answers",
                "indexes": [models.Index(fields=["answered_at"], name="first_answers_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "operation", "key"),
                        name="first_answers_key_is_unique",
                    )
                ],
            },
        ),
        # Counts of one minute: no log to write, and nothing lost but that minute in a crash.
        migrations.RunSQL(
            "ALTER TABLE request_counts SET UNLOGGED", "ALTER TABLE request_counts SET LOGGED"
        ),
    ]
