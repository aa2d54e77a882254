"""``choreography_tasks.job_execution_name``, nullable and without a default.

The old app neither reads nor writes it; its INSERTs go on working. Going back leaves the column.
"""

from django.db import migrations, models

from legacy_compat.creation import add_missing_columns


def add(apps, schema_editor):
    """Add the column where it is absent."""
    add_missing_columns(schema_editor.connection)


class Migration(migrations.Migration):
    """Add our one column to the old app's table."""

    dependencies = [("legacy_compat", "0001_create_the_legacy_tables_where_missing")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.AddField(
            model_name="legacytask",
            name="job_execution_name",
            field=models.CharField(max_length=500, null=True),
        ),
    ]
