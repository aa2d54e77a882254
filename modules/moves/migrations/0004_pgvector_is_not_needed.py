"""Drop the extension pgvector where an earlier version of the first migration made it."""

from django.db import Error, migrations, transaction

# Others' tables use it; another role made it.
LEFT_ALONE = {"2BP01", "42501"}
OURS = """
SELECT 1 FROM pg_extension
 WHERE extname = 'vector' AND extnamespace = 'bachata'::regnamespace
"""


def drop_our_extension(apps, schema_editor):
    """Drop it if it lies in our schema and nobody uses it; elsewhere it is not ours."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(OURS)
        if not cursor.fetchone():
            return
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("DROP EXTENSION vector RESTRICT")
        except Error as error:
            if getattr(error.__cause__, "sqlstate", None) not in LEFT_ALONE:
                raise


class Migration(migrations.Migration):
    dependencies = [("moves", "0003_clips_know_their_count_and_their_room")]

    operations = [migrations.RunPython(drop_our_extension, migrations.RunPython.noop)]
