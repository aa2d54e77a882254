"""Around every request of the API: its id, its address, its errors and its rate limit."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse, HttpResponseBase
from django.http.request import split_domain_port

from modules.web.errors import TooManyRequests
from modules.web.etags import conditional
from modules.web.problems import PROBLEM, plain_problem, problem_response, too_many_requests
from modules.web.request_context import RequestContext, context_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    type GetResponse = Callable[[HttpRequest], HttpResponseBase]

API = "/api/"
API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
REFUSAL = "bachata.refusal"
"""Where the server's side says that a request is refused: status, code and message."""
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


class SecurityHeadersMiddleware:
    """What browsers must know of every answer that does not say otherwise itself.

    Beside Django's own `SecurityMiddleware`, which knows neither of these two.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let nobody frame it, load it into other sites, or have it load anything.

        A 304 stays as it is: what it says would replace what was said of the stored answer.
        """
        response = self._get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return response
        response.headers.setdefault("Content-Security-Policy", API_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class RefusalMiddleware:
    """Refuses what the server did before it was a request, and what is meant for another host.

    Errors leave as problems below ``/api``, and as plain text elsewhere.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse, or pass on."""
        refusal = request.META.get(REFUSAL) or _misdirected(request)
        if refusal is not None:
            status, code, message = refusal
            response = problem_response(request, status=status, code=code, message=message)
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                response["Retry-After"] = "2"
            return response if is_api(request) else _as_text(response, message)
        answer = self._get_response(request)
        if answer.status_code < 400 or is_api(request) or not _is_html(answer):
            return answer
        return _as_text(answer, HTTPStatus(answer.status_code).phrase)


def is_api(request: HttpRequest) -> bool:
    """Whether the address is one of the API's."""
    return f"{request.path_info}/".startswith(API)


def _misdirected(request: HttpRequest) -> tuple[int, str, str] | None:
    """Return the refusal of a host that is not ours, or is none at all."""
    try:
        request.get_host()
    except DisallowedHost:
        if split_domain_port(request.META.get("HTTP_HOST", ""))[0]:
            return 421, "misdirected", "This is not the site you asked for."
        return 400, "malformed_request", "The Host cannot be read."
    return None


def _is_html(response: HttpResponseBase) -> bool:
    return str(response.get("Content-Type", "")).startswith("text/html")


def _as_text(response: HttpResponseBase, message: str) -> HttpResponse:
    text = HttpResponse(
        f"{message}\n", status=response.status_code, content_type="text/plain; charset=utf-8"
    )
    for name in ("Allow", "Retry-After", "Cache-Control"):
        if response.has_header(name):
            text[name] = response[name]
    return text


class ApiResponseMiddleware:
    """Innermost: one form for addresses and errors of the API, and the limiter's headers."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with or without a trailing slash; no error leaves in another form than ours."""
        if not is_api(request):
            return self._get_response(request)
        if len(request.path_info) > len(API):
            request.path_info = request.path_info.removesuffix("/")
        response = self._refused(request) or self._answer(request)
        if response.status_code >= 400 and response.get("Content-Type") != PROBLEM:
            response = _as_problem(request, response)
        response = _charged(request, _versioned(request, response))
        _add_headers(request, response)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        """Answer HEAD as GET, without the body, where a route has no answer of its own to it."""
        response = self._get_response(request)
        if request.method != "HEAD" or response.status_code != 405:
            return response
        request.method = "GET"
        try:
            response = self._get_response(request)
        finally:
            request.method = "HEAD"
        if isinstance(response, HttpResponse) and response.status_code < 400:
            response["Content-Length"] = str(len(response.content))
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


def _versioned(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Name the version of a list by its bytes; give 304 where the client has these."""
    if not context_of(request).is_list or response.status_code != 200:
        return response
    if not isinstance(response, HttpResponse):
        return response
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    return conditional(request, response, f'W/"{digest}"') or response


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
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="bachata"'
    rate_limit = context_of(request).rate_limit
    if rate_limit is not None:
        response["RateLimit-Policy"] = rate_limit.policy.header
        response["RateLimit"] = rate_limit.header
