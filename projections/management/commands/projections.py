"""``manage.py projections rebuild TABLE | verify``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from modules.errors import BachataError
from projections.rebuild import Difference, rebuild, verify
from projections.registry import find_projection, projections


class Command(BaseCommand):
    """Make projected tables again from the events, or prove that they need not be."""

    help = "Rebuilds a projected table from the events, or verifies that all tables equal them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the two actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("verify", help="compare every table with a replay of the events")
        rebuilding = actions.add_parser("rebuild", help="replace what differs from the events")
        rebuilding.add_argument("table", help="for instance task_views")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the action; ``verify`` exits with 1 on any difference."""
        try:
            if options["action"] == "verify":
                self._verify()
            else:
                self._rebuild(options["table"])
        except (BachataError, OperationalError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error

    def _verify(self) -> None:
        differences = [
            difference for projection in projections() for difference in verify(projection)
        ]
        self._print(differences)
        if differences:
            raise CommandError(f"{len(differences)} rows are not what the events say.")
        self.stdout.write("Every row is what the events say.")

    def _rebuild(self, table: str) -> None:
        projection = find_projection(table)
        if projection is None:
            known = ", ".join(known.table for known in projections())
            raise CommandError(f"There is no projection {table!r}; there are {known}.")
        differences = rebuild(projection)
        self._print(differences)
        self.stdout.write(f"{projection.table} is rebuilt, {len(differences)} rows were replaced.")

    def _print(self, differences: list[Difference]) -> None:
        for difference in differences:
            self.stdout.write(str(difference))
