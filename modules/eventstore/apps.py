"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The eventstore module."""

    name = "modules.eventstore"
    label = "eventstore"
    default_auto_field = "django.db.models.BigAutoField"
