"""Django's handle on the package."""

from django.apps import AppConfig


class PackageConfig(AppConfig):
    """The legacy_compat package."""

    name = "legacy_compat"
    label = "legacy_compat"
    default_auto_field = "django.db.models.BigAutoField"
