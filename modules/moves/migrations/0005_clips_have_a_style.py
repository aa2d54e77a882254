"""A clip may have a style that somebody gave it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moves", "0004_pgvector_is_not_needed")]

    operations = [
        migrations.AddField(
            "movecliprow",
            "style",
            models.CharField(blank=True, default="", max_length=30),
        ),
    ]
