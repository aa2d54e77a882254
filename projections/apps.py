"""Django's handle on the package."""

from django.apps import AppConfig


class PackageConfig(AppConfig):
    """The projections package."""

    name = "projections"
    label = "projections"
    default_auto_field = "django.db.models.BigAutoField"
