"""Around every request of the API: its id, its address, its errors and its rate limit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase

from modules.web.errors import TooManyRequests
from modules.web.problems import PROBLEM, plain_problem, too_many_requests
from modules.web.request_context import RequestContext, context_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

API = "/api/"
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}", re.ASCII)


class RequestContextMiddleware:
    """Outermost: gives every request an id, which the answer carries too."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the client's id if it is a harmless one, else make one."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        request.bachata_context = RequestContext(request_id=request_id)  # type: ignore[attr-defined]
        response = self._get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ApiResponseMiddleware:
    """Innermost: one form for addresses and errors of the API, and the limiter's headers."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with or without a trailing slash; no error leaves in another form than ours."""
        if not request.path_info.startswith(API):
            return self._get_response(request)
        if len(request.path_info) > len(API):
            request.path_info = request.path_info.removesuffix("/")
        response = self._refused(request) or self._get_response(request)
        if response.status_code >= 400 and response.get("Content-Type") != PROBLEM:
            response = _as_problem(request, response)
        response = _charged(request, response)
        _add_headers(request, response)
        return response

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        if "\x00" in request.path_info:
            return plain_problem(request, 404)
        if _length(request) > settings.MAX_REQUEST_BYTES:
            return plain_problem(request, 413)
        return None


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    problem = plain_problem(request, response.status_code)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if response.has_header(name):
            problem[name] = response[name]
    # Not closed: Django takes that for the end of the request, and drops the connection.
    return problem


def _charged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Make the deferred charge: for an answer to ``If-None-Match`` that is no 304 after all."""
    context = context_of(request)
    if context.deferred_charge is None or response.status_code == 304:
        return response
    charge, context.deferred_charge = context.deferred_charge, None
    try:
        context.rate_limit = charge()
    except TooManyRequests as error:
        return too_many_requests(request, error)
    return response


def _add_headers(request: HttpRequest, response: HttpResponseBase) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="bachata"'
    rate_limit = context_of(request).rate_limit
    if rate_limit is not None:
        response["RateLimit-Policy"] = rate_limit.policy.header
        response["RateLimit"] = rate_limit.header
