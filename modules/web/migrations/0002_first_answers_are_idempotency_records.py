from django.db import migrations


class Migration(migrations.Migration):
    """State only: the table keeps its name, so there is nothing to alter."""

    dependencies = [("web", "0001_count_requests_and_keep_first_answers")]

    operations = [migrations.RenameModel("FirstAnswer", "IdempotencyRecord")]
