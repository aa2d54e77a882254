"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The identity module."""

    name = "modules.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
