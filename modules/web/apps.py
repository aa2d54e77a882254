"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The web module."""

    name = "modules.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
