"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The songs module."""

    name = "modules.songs"
    label = "songs"
    default_auto_field = "django.db.models.BigAutoField"
