"""Signed links: who has one may open one object until it expires."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.core.signing import BadSignature, Signer

from modules.media.contract import LinkExpired, LinkRefused, SignedLink
from modules.media.keys import checked_key

if TYPE_CHECKING:
    from collections.abc import Callable

PERIOD_S = 1800
"""Links of one period end together, with the next one: after 30 … 60 minutes."""

BASE = "/api/media/"
MAX_ENDING_LENGTH = 10
MAX_FILENAME_LENGTH = 150
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{43}")
_SECONDS = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)


class HmacLinks:
    """``SignedLinks`` by HMAC-SHA256, and their check.

    The key is derived from the installation's secret for this purpose alone, by Django's
    ``Signer``; after the secret was changed, ``SECRET_KEY_FALLBACKS`` still open what they signed.

    Parameters
    ----------
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, *, base: str = BASE, clock: Callable[[], float] = time.time) -> None:
        self._base = base
        self._clock = clock

    def link(self, key: str, *, filename: str | None = None) -> str:
        """Return the address."""
        return self.lend(key, filename=filename).address

    def lend(self, key: str, *, filename: str | None = None) -> SignedLink:
        """Return the address, and when it ends."""
        expires = (self.period() + 2) * PERIOD_S
        name = _harmless(filename or "")
        signature = _signer().signature(_signed(checked_key(key), expires, name))
        query = {"expires": expires, "signature": signature} | ({"filename": name} if name else {})
        return SignedLink(
            address=f"{self._base}{quote(key)}?{urlencode(query)}",
            expires_at=datetime.fromtimestamp(expires, UTC),
        )

    def period(self) -> int:
        """Return the number of the present period of ``PERIOD_S`` seconds."""
        return int(self._clock() // PERIOD_S)

    def check(self, key: str, *, expires: str, signature: str, filename: str = "") -> int:
        """Return for how many more seconds the link is good.

        The signature is compared in constant time, and before anything else is looked at.

        Raises
        ------
        LinkRefused, LinkExpired
            Also for a key that no link can have.
        """
        if not _SIGNATURE.fullmatch(signature) or not _SECONDS.fullmatch(expires):
            raise LinkRefused("This link is not complete.")
        try:
            _signer().unsign(f"{_signed(key, int(expires), filename)}:{signature}")
        except BadSignature:
            raise LinkRefused("This link was changed; ask for a new one.") from None
        left_s = int(expires) - self._clock()
        if left_s <= 0:
            raise LinkExpired("This link has expired; ask for a new one.")
        return int(left_s)


def _signer() -> Signer:
    return Signer(salt="modules.media.links")


def _signed(key: str, expires: int, filename: str) -> str:
    """Join what is signed; no key holds a line end, so no two links sign the same text."""
    return f"{expires}\n{key}\n{filename}"


def _harmless(filename: str) -> str:
    """Leave out what a header or a file system would take for something else; keep the ending."""
    kept = (sign for sign in filename if sign.isprintable() and sign not in '/\\"<>|:*?')
    name = "".join(kept).strip(" .")
    ending = PurePosixPath(name).suffix
    if len(ending) > MAX_ENDING_LENGTH:
        ending = ""
    stem = name.removesuffix(ending)[: MAX_FILENAME_LENGTH - len(ending)]
    return f"{stem.rstrip(' .')}{ending}"
