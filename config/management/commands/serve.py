"""``manage.py serve``: the site, and the dispatcher beside it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from config.embedded_postgres import EmbeddedPostgresUnavailable
from config.serving.server import ServeRefused, Site, serve

MOST_WORKERS = 4


class Command(BaseCommand):
    """Serve the API until SIGTERM or Ctrl-C."""

    help = "Serves the API and runs a dispatcher beside it, until SIGTERM or Ctrl-C."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's own shape

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where and by how many."""
        workers = min(os.cpu_count() or 1, MOST_WORKERS)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for every interface")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=_positive, default=workers, help="processes")
        parser.add_argument(
            "--threads", type=_positive, default=4, help="of each; each has a database connection"
        )
        parser.add_argument(
            "--no-dispatch",
            action="store_true",
            help="no dispatcher beside it: `manage.py dispatch` runs elsewhere",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve; exit code 1 with a sentence when it cannot be done."""
        site = Site(
            host=options["host"],
            port=options["port"],
            workers=options["workers"],
            threads=options["threads"],
            has_dispatcher=not options["no_dispatch"],
        )
        try:
            serve(site, tell=self.stderr.write)
        except (ServeRefused, EmbeddedPostgresUnavailable) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(f"The database is out of reach: {error}") from error
        self.stderr.write("Stopped.")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
