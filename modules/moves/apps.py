"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The moves module."""

    name = "modules.moves"
    label = "moves"
    default_auto_field = "django.db.models.BigAutoField"
