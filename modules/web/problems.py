"""Errors as RFC 9457 writes them; which status an error has is said in `config/problems.py`."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse

from modules.web.request_context import context_of
from modules.web.schemas import Invalid, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from modules.web.errors import TooManyRequests

PROBLEM = "application/problem+json"

CODES = {
    400: "malformed_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    500: "internal_error",
}
MESSAGES = {
    400: "The request cannot be read.",
    401: "Please log in.",
    403: "This is not yours to do.",
    404: "There is nothing at this address.",
    405: "This cannot be done with this address.",
    413: "The request is too large.",
    500: "Something went wrong on our side; it was noted.",
}


def problem_response(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    message: str,
    errors: Sequence[Invalid] = (),
) -> HttpResponse:
    """Return an error as RFC 9457 writes it."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=message,
        code=code,
        message=message,
        request_id=context_of(request).request_id,
        errors=list(errors),
    )
    response = HttpResponse(problem.model_dump_json(), status=status, content_type=PROBLEM)
    response["Cache-Control"] = "no-store"
    return response


def too_many_requests(request: HttpRequest, error: TooManyRequests) -> HttpResponse:
    """Return the 429, with ``Retry-After``; its limit is that of the bucket that is empty."""
    context_of(request).rate_limit = error.state
    response = problem_response(request, status=429, code=error.code, message=str(error))
    response["Retry-After"] = str(error.retry_after_s)
    return response


def plain_problem(request: HttpRequest, status: int) -> HttpResponse:
    """Return the problem of an answer that has nothing but a status: Django's own refusals."""
    code = CODES.get(status, "refused")
    message = MESSAGES.get(status, HTTPStatus(status).phrase)
    return problem_response(request, status=status, code=code, message=message)
