"""Read request bodies strictly; django-ninja 1.7 would parse any type of body as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from ninja.parser import Parser

from modules.web.errors import MalformedRequest, UnsupportedMediaType

if TYPE_CHECKING:
    from django.http import HttpRequest

JSON = "application/json"


class StrictParser(Parser):
    """JSON in UTF-8, declared as such; no NaN, no key twice, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the parsed body.

        Raises
        ------
        UnsupportedMediaType
            If the body is declared to be something else than JSON in UTF-8.
        MalformedRequest
            If it is not JSON in UTF-8.
        """
        charset = (request.content_params or {}).get("charset", "utf-8").strip('"').lower()
        if request.content_type != JSON or charset not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(f"Please send {JSON} in UTF-8.")
        try:
            return json.loads(
                request.body.decode("utf-8"),
                parse_constant=_refuse_constant,
                object_pairs_hook=_unique_keys,
            )
        except (ValueError, RecursionError) as error:
            raise MalformedRequest("The body is not JSON in UTF-8.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keyed = dict(pairs)
    if len(keyed) != len(pairs):
        raise ValueError("a key stands twice")
    return keyed
