"""Why a demo cannot go on."""

from modules.errors import BachataError


class DemoRefused(BachataError):
    """Something the user can mend; the text says what and where."""
