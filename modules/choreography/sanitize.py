"""Make what a job says fit to be stored: JSON and text that PostgreSQL accepts."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

MAX_TEXT = 1000
"""Characters kept of a message."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")


def plain_text(text: str, *, limit: int = MAX_TEXT) -> str:
    """Drop NUL and lone surrogates, which jsonb refuses, and cut at ``limit`` characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:limit]


def plain_code(code: str) -> str:
    """Keep a well-formed error code; anything else becomes ``job_failed``."""
    return code if _CODE.fullmatch(code) else "job_failed"


def plain_json(value: Any) -> Any:
    """Copy ``value`` as plain JSON; infinite and undefined numbers become null."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            return plain_text(value, limit=len(value))
        case Mapping():
            return {plain_json(str(key)): plain_json(item) for key, item in value.items()}
        case Sequence():
            return [plain_json(item) for item in value]
        case _:
            return plain_text(str(value))
