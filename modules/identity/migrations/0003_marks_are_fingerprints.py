from django.db import migrations, models


class Migration(migrations.Migration):
    """State only: the columns keep their names, so there is nothing to alter."""

    dependencies = [("identity", "0002_sessions_are_families_of_tokens")]

    operations = [
        operation
        for kind in ("password", "address")
        for operation in (
            migrations.AlterField(
                "sessionfamily",
                f"{kind}_mark",
                models.CharField(max_length=64, db_column=f"{kind}_mark"),
            ),
            migrations.RenameField("sessionfamily", f"{kind}_mark", f"{kind}_fingerprint"),
        )
    ]
