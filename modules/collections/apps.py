"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The collections module."""

    name = "modules.collections"
    label = "collections"
    default_auto_field = "django.db.models.BigAutoField"
