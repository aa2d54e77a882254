"""Which part of an object a request asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.http import parse_http_date_safe

from modules.media.contract import RangeUnsatisfiable

# Longer numbers are no places in a file; forty digits are past the end of any.
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,40})-([0-9]{0,40})[ \t]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from ``first`` to ``last``, both included, both within the object."""

    first: int
    last: int

    @property
    def size_bytes(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


def wanted_range(header: str | None, *, size_bytes: int) -> ByteRange | None:
    """Read a ``Range``; None means the whole object.

    Another unit, a malformed range and several ranges at once are answered whole, as the
    standard allows.

    Raises
    ------
    RangeUnsatisfiable
        If nothing of the range is within the object.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size_bytes - int(found[2])), size_bytes - 1
    else:
        first, last = int(found[1]), int(found[2] or size_bytes)
        if found[2] and last < first:
            return None
        last = min(last, size_bytes - 1)
    if first >= size_bytes:
        raise RangeUnsatisfiable(size_bytes=size_bytes)
    return ByteRange(first, last)


def is_still(if_range: str | None, *, etag: str, modified_s: int) -> bool:
    """Whether an ``If-Range`` names the very object there is; without one, it does.

    A weak tag never does, and a date only if it is the object's own.
    """
    if if_range is None:
        return True
    value = if_range.strip()
    if value.startswith(('"', "W/")):
        return value == etag
    return parse_http_date_safe(value) == modified_s
