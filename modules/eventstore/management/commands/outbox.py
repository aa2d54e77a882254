"""``manage.py outbox list|retry|drop``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from modules.eventstore import outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.eventstore.dispatcher import Dispatcher

EXPLAIN = "it does not exist, is done already, or is being delivered right now"


class Command(BaseCommand):
    """Shows what still has to be done, and lets an operator decide about dead letters."""

    help = "List the outbox's messages, start one anew, or close one undone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the three actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="what waits and what died")
        listing.add_argument("--all", action="store_true", help="also what is done or dropped")
        listing.add_argument("--json", action="store_true", help="one JSON object per line")
        for name, about in (("retry", "deliver it again, now"), ("drop", "never deliver it")):
            action = actions.add_parser(name, help=about)
            action.add_argument("ids", nargs="+", type=int, metavar="ID")

    def handle(self, *, action: str, **options: Any) -> None:
        """Do what was asked."""
        if action == "list":
            self._list(everything=options["all"], as_json=options["json"])
        elif action == "retry":
            self._each(options["ids"], outbox.retry, "will be delivered again")
        else:
            dispatcher: Dispatcher = import_string(settings.DISPATCHER_FACTORY)()
            self._each(options["ids"], dispatcher.drop, "will not be delivered")

    def _list(self, *, everything: bool, as_json: bool) -> None:
        messages = outbox.list_messages(everything=everything)
        for message in messages:
            if as_json:
                self.stdout.write(json.dumps(asdict(message), default=str))
                continue
            self.stdout.write(
                f"{message.id:>8}  {message.state:<8} {message.kind:<22} {message.key}"
                f"  (attempts: {message.attempts}, due: {message.due_at:%Y-%m-%d %H:%M:%S} UTC)"
            )
            if message.last_error:
                self.stdout.write(f"          {message.last_error}")
        if not messages and not as_json:
            self.stdout.write("The outbox is empty: everything is done.")

    def _each(self, ids: list[int], act: Callable[[int], bool], done: str) -> None:
        refused = []
        for message_id in ids:
            if act(message_id):
                self.stdout.write(f"Message {message_id} {done}.")
            else:
                refused.append(str(message_id))
        if refused:
            raise CommandError(
                f"Nothing was changed about message {', '.join(refused)}: {EXPLAIN}."
            )
