"""Call clips active in Python; the column keeps its name, and the database is not touched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("moves", "0001_move_clips_and_their_index")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("movecliprow", "is_offered", "is_active"),
                migrations.AlterField(
                    "movecliprow",
                    "is_active",
                    models.BooleanField(default=True, db_column="is_offered"),
                ),
            ]
        )
    ]
