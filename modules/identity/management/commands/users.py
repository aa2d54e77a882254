"""``manage.py users make-instructor|set-password NAME``."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modules.errors import DomainError
from modules.identity.users import find_account, make_instructor, set_password


class Command(BaseCommand):
    """Makes instructors and sets passwords; nobody can do the first of themselves over HTTP."""

    help = "Make somebody an instructor, or give them a new password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the two actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        making = actions.add_parser("make-instructor", help="may do what instructors may")
        making.add_argument("--undo", action="store_true", help="may not any more")
        setting = actions.add_parser(
            "set-password", help="asked for at a terminal, else the first line that is piped in"
        )
        for action in (making, setting):
            action.add_argument("name", metavar="NAME", help="user name or e-mail address")

    def handle(self, *args: Any, action: str, name: str, **options: Any) -> None:
        """Do what was asked; exit code 1 with a sentence when it cannot be done."""
        account = find_account(name)
        if account is None:
            raise CommandError(f"There is no active user {name}, or more than one.")
        if action == "make-instructor":
            is_instructor = not options["undo"]
            make_instructor(user_id=account.user_id, is_instructor=is_instructor)
            what = "an instructor" if is_instructor else "no instructor any more"
            self.stdout.write(f"{account.username} is {what}.")
            return
        try:
            set_password(user_id=account.user_id, password=_ask_password())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{account.username} has a new password; every session has ended.")


def _ask_password() -> str:
    """Return what is typed twice, or piped in; never an argument, which others would see."""
    if sys.stdin.isatty():
        password = getpass.getpass("New password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ; nothing was changed.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    if not password.strip():
        raise CommandError("There was no password; nothing was changed.")
    return password
