"""Django's ``migrate``, in our schema and by one process at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from legacy_compat.creation import LegacyTableBusy, WrongUserTable
from legacy_compat.schema_setup import (
    SearchPathIsWrong,
    SomebodyElseMigrates,
    migration_lock,
    set_up_schema,
)

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(migrate.Command):
    """Prepare the schema ``bachata``, then migrate as Django does, under a lock."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--wait`` to Django's own options."""
        super().add_arguments(parser)
        parser.add_argument(
            "--wait",
            type=float,
            default=300.0,
            metavar="SECONDS",
            help="How long to wait while another process migrates this database (300).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; another process that migrates the same database is waited for."""
        if options["fake"] or options["fake_initial"]:
            raise CommandError(
                "--fake and --fake-initial would take the old app's tables in public for ours"
            )
        connection = connections[options["database"]]
        try:
            with migration_lock(connection, wait_s=options["wait"], on_wait=self._say_waiting):
                set_up_schema(connection)
                super().handle(*args, **options)
        except (LegacyTableBusy, SearchPathIsWrong, SomebodyElseMigrates, WrongUserTable) as error:
            raise CommandError(str(error)) from error

    def _say_waiting(self) -> None:
        self.stderr.write("Waiting for another process that migrates this database …")
