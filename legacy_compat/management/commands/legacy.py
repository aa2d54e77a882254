"""``manage.py legacy check`` tells whether the old app's tables are as we need them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from legacy_compat.schema_check import check_legacy_schema

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Questions about the old monolith's side of the database."""

    help = "Look after the old app's tables."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add one sub-command per question."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        actions.add_parser("check", help="name what differs in its tables; exit 1 if anything does")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one sentence per difference; exit 1 if there is one."""
        sentences = check_legacy_schema()
        for sentence in sentences:
            self.stderr.write(sentence)
        if sentences:
            sys.exit(1)
        self.stdout.write("The legacy tables are as they should be.")
