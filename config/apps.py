"""Django's handle on the package; it holds the ``demo`` and ``serve`` commands."""

from django.apps import AppConfig


class PackageConfig(AppConfig):
    """Settings, wiring and the commands that need both."""

    name = "config"
    label = "config"
