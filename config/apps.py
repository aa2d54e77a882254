"""Django's handle on the package; it holds the ``demo`` and ``serve`` commands."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class PackageConfig(AppConfig):
    """Settings, wiring and the commands that need both."""

    name = "config"
    label = "config"

    def ready(self) -> None:
        """Let migrations take the time they need."""
        pre_migrate.connect(_take_time)
        post_migrate.connect(_hurry_again)


def _take_time(*, using: str, **_: Any) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")


def _hurry_again(*, using: str, **_: Any) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("RESET statement_timeout")
