"""Passwords: checked and hashed as the old app does it, and strong when they are new."""

from __future__ import annotations

import unicodedata

from django.contrib.auth.hashers import (
    UNUSABLE_PASSWORD_PREFIX,
    PBKDF2PasswordHasher,
    check_password,
    identify_hasher,
    make_password,
)
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from modules.identity.errors import WeakPassword
from modules.identity.models import User


def is_right(password: str, *, password_hash: str | None) -> bool:
    """Whether this is the password; without a hash it is not, which takes as long to find out.

    A third of a second of hashing: keep it out of transactions.
    """
    # Django hashes once for an unusable hash, and makes up the difference for cheaper ones.
    stored = password_hash or UNUSABLE_PASSWORD_PREFIX
    # The old app stores what was typed, composed or not; unknown names take as long.
    spellings = dict.fromkeys((normal_password(password), password))
    return any([check_password(spelling, stored) for spelling in spellings])


def normal_password(password: str) -> str:
    """Return the composed form (NFC): keyboards differ in how they write one letter."""
    return unicodedata.normalize("NFC", password)


def stronger_hash(password: str, *, password_hash: str) -> str | None:
    """Hash a right password anew if it was stored more cheaply than we do; else None.

    Never with fewer rounds than before: two apps would undo each other's work for ever.
    """
    ours = PBKDF2PasswordHasher()
    is_other = identify_hasher(password_hash).algorithm != ours.algorithm
    if is_other or int(ours.decode(password_hash)["iterations"]) < ours.iterations:
        return make_password(normal_password(password))
    return None


def hash_new(password: str, *, username: str, email: str, display_name: str) -> str:
    """Check a new password and hash it with PBKDF2.

    Raises
    ------
    WeakPassword
        If it is short, common, all digits, or like one of these; the message says which.
    """
    password = normal_password(password)
    owner = User(username=username, email=email, display_name=display_name)
    try:
        validate_password(password, user=owner)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error
    return make_password(password)
