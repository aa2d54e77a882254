"""Sanitize what a job says: JSON and text that PostgreSQL accepts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

MAX_TEXT = 1000
"""Characters kept of a message."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")


def sanitize_text(text: str, *, limit: int = MAX_TEXT) -> str:
    """Drop NUL and lone surrogates, which jsonb refuses, and cut at ``limit`` characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:limit]


def sanitize_code(code: str) -> str:
    """Keep a well-formed error code; anything else becomes ``job_failed``."""
    return code if _CODE.fullmatch(code) else "job_failed"


def sanitize_json(value: Any) -> Any:
    """Copy ``value`` as plain JSON; infinite and undefined numbers become null."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            return sanitize_text(value, limit=len(value))
        case Mapping():
            return {sanitize_json(str(key)): sanitize_json(item) for key, item in value.items()}
        case Sequence():
            return [sanitize_json(item) for item in value]
        case _:
            return sanitize_text(str(value))
