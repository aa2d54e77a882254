"""``manage.py openapi``: the description of the HTTP API, as a file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

FILE = "openapi.json"


class Command(BaseCommand):
    """Write ``openapi.json``, or check that the committed one is what the code does."""

    help = "Writes openapi.json; with --check, exits 1 if the file is not what the code does."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's way

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--check", action="store_true", help="change nothing, only compare")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        from config.api import api

        path = settings.ROOT / FILE
        text = json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False) + "\n"
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{FILE} is written")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"{FILE} is not what the code does; run `manage.py openapi`.")
