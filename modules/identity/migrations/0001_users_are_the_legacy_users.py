"""Django's state learns of the user model; its table is made by legacy_compat, or found."""

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from legacy_compat.schema import qualified


class Migration(migrations.Migration):
    """State only. The table's name is a setting, so it is not frozen here."""

    initial = True
    dependencies = [("legacy_compat", "0001_create_the_legacy_tables_where_missing")]
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_superuser", models.BooleanField(default=False)),
                ("username", models.CharField(max_length=150, unique=True)),
                ("first_name", models.CharField(blank=True, default="", max_length=150)),
                ("last_name", models.CharField(blank=True, default="", max_length=150)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                ("display_name", models.CharField(blank=True, default="", max_length=200)),
                ("is_instructor", models.BooleanField(default=False)),
                ("preferences", models.JSONField(blank=True, default=dict)),
            ],
            options={"db_table": qualified(settings.LEGACY_USER_TABLE), "managed": False},
        ),
    ]
