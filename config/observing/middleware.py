"""Measure every request, and write one line about it."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from config.observing.logs import REQUEST_ID
from config.observing.metrics import REQUESTS
from modules.web.request_context import context_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

log = logging.getLogger("requests")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNROUTED = "unrouted"


class RequestLogMiddleware:
    """Just inside of the middleware that makes the request's context.

    Routes are told by their template, never by the path or the query: those name people's things,
    and may be signed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count, time and tell."""
        context = context_of(request)
        token = REQUEST_ID.set(context.request_id)
        start = time.perf_counter()
        try:
            response = self._get_response(request)
            duration_s = time.perf_counter() - start
            method = request.method if request.method in METHODS else "OTHER"
            route = route_of(request)
            REQUESTS.labels(method, route, str(response.status_code)).observe(duration_s)
            level = logging.ERROR if response.status_code >= 500 else logging.INFO
            if log.isEnabledFor(level):
                said = {
                    "method": method,
                    "route": route,
                    "status": response.status_code,
                    "duration_ms": round(duration_s * 1000, 2),
                    "bytes": length_of(response),
                    "user_id": context.user_id,
                }
                log.log(level, "%s %s %d", method, route, response.status_code, extra=said)
            return response
        finally:
            REQUEST_ID.reset(token)


def route_of(request: HttpRequest) -> str:
    """Return the template of the request's address, like ``/api/songs/{song_id}``."""
    match = request.resolver_match
    if match is None:
        return UNROUTED
    return "/" + match.route.replace("<", "{").replace(">", "}").replace("uuid:", "")


def length_of(response: HttpResponseBase) -> int | None:
    """Return the bytes of the body, or None where only the stream knows."""
    if not response.streaming:
        return len(response.content)  # type: ignore[attr-defined]
    told = response.headers.get("Content-Length")
    return int(told) if told else None
