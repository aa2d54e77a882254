"""``task_views`` and ``saved_views`` stay as they are and go on under other applications' names."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projections", "0002_keep_what_the_old_app_has_no_column_for")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="TaskView"),
                migrations.DeleteModel(name="SavedView"),
            ]
        ),
    ]
