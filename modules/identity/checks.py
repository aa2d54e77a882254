"""Start-up checks of the identity module."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import get_hasher
from django.core.checks import CheckMessage, Error, register


@register
def pbkdf2_is_preferred(**_: Any) -> list[CheckMessage]:
    """Refuse a first hasher other than PBKDF2: it would lock users out of the old app.

    Django also rehashes a stored password with the first hasher at the next login.
    """
    algorithm = get_hasher("default").algorithm
    if algorithm == "pbkdf2_sha256":
        return []
    message = f"PASSWORD_HASHERS begins with {algorithm}; the old app can check PBKDF2 only"
    return [Error(message, id="identity.E001")]
