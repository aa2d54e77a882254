"""Django's handle on the module."""

from django.apps import AppConfig


class ModuleConfig(AppConfig):
    """The identity module."""

    name = "modules.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the start-up checks."""
        from modules.identity import checks  # noqa: F401  # needs a loaded registry
