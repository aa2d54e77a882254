"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The choreography module."""

    name = "modules.choreography"
    label = "choreography"
    default_auto_field = "django.db.models.BigAutoField"
