"""``manage.py dispatch [--once]``."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils.module_loading import import_string

from modules.eventstore.contract import StoreUnavailable

if TYPE_CHECKING:
    from modules.eventstore.dispatcher import Dispatcher


class Command(BaseCommand):
    """Delivers the messages of the outbox until it is told to stop."""

    help = "Deliver the outbox's messages (starts and stops jobs) until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare ``--once``."""
        parser.add_argument(
            "--once", action="store_true", help="deliver what is due now and end, for a scheduler"
        )

    def handle(self, *, once: bool, **_: Any) -> None:
        """Run the dispatcher that the wiring builds."""
        dispatcher: Dispatcher = import_string(settings.DISPATCHER_FACTORY)()
        if once:
            self._deliver_what_is_due(dispatcher)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stderr.write("Dispatching; stop with Ctrl-C.")
        dispatcher.run_forever(stop)
        self.stderr.write("Stopped.")

    def _deliver_what_is_due(self, dispatcher: Dispatcher) -> None:
        tried = 0
        try:
            while batch := dispatcher.run_once():
                tried += batch
        except (OperationalError, InterfaceError, StoreUnavailable) as error:
            raise CommandError(f"The database is out of reach: {error}") from error
        self.stdout.write(f"{tried} message(s) tried.")
