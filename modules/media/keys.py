"""Which names a media object can have."""

from __future__ import annotations

import re

from modules.media.contract import BadMediaKey

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_MAX_KEY_LENGTH = 500


def checked_key(key: str) -> str:
    """Return the key, or raise ``BadMediaKey``."""
    if len(key) > _MAX_KEY_LENGTH or not _KEY.fullmatch(key):
        raise BadMediaKey(f"{key[:80]!r} cannot name a media object.")
    return key
