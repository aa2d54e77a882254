"""How errors leave the API: which HTTP status each code has, and how each becomes a problem."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja.errors import AuthenticationError, HttpError, ValidationError

from modules.conflicts import ConcurrencyConflict
from modules.errors import BachataError, DomainError, TransientError
from modules.moves.contract import REFUSAL_CODES
from modules.web.errors import TooManyRequests, UnknownParameter
from modules.web.problems import problem_response, too_many_requests
from modules.web.request_context import context_of
from modules.web.schemas import Invalid

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from modules.web.operations import Api

log = logging.getLogger(__name__)

OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE})
BUSY = "We cannot answer this moment; please try again."
OUR_FAULT = "Something went wrong on our side; it was noted."
WRONG_BODY = "Some of what was sent cannot be accepted."

STATUS_OF_CODE: Mapping[str, int] = {
    # anywhere
    "refused": 400,
    "malformed_request": 400,
    "not_authenticated": 401,
    "not_found": 404,
    "conflict": 409,
    "request_in_flight": 409,
    "precondition_failed": 412,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "validation_failed": 422,
    "unknown_parameter": 422,
    "idempotency_key_reused": 422,
    "internal_error": 500,
    "try_again": 503,
    # before Django: config/serving
    "too_slow": 408,
    "length_required": 411,
    "misdirected": 421,
    "head_too_large": 431,
    # choreography
    "unknown_difficulty": 422,
    "unknown_energy_level": 422,
    "unknown_style": 422,
    "unknown_camera": 422,
    "unusable_seed": 422,
    "unusable_audio_input": 422,
    "request_id_taken": 409,
    "task_has_ended": 409,
    "task_is_live": 409,
    "too_many_live_tasks": 409,
    "task_of_the_old_app": 409,
    "timeline_not_ready": 409,
    "timeline_not_found": 404,
    "stale_attempt": 409,
    "duplicate_job": 409,
    "unknown_stage": 422,
    "unusable_result": 422,
    # collections
    "nothing_to_save": 409,
    "unusable_title": 422,
    "unusable_notes": 422,
    "unknown_video": 404,
    # songs and moves
    "song_not_found": 404,
    "song_refused": 422,
    "song_incomplete": 422,
    "song_too_large": 413,
    "not_audio": 415,
    "move_not_found": 404,
    "moves_folder_unusable": 422,
    "embeddings_unusable": 422,
    "pose_model_unusable": 422,
    "pose_reader_missing": 422,
    "songs_folder_unusable": 422,
    "download_failed": 422,
    "download_interrupted": 503,
    "text_model_unusable": 422,
    "text_embedder_missing": 422,
    **dict.fromkeys(sorted(REFUSAL_CODES), 422),
    # media
    "media_not_found": 404,
    "bad_media_key": 404,
    "range_unsatisfiable": 416,
    "link_refused": 403,
    "link_expired": 403,
    # identity
    "username_taken": 409,
    "email_taken": 409,
    "invalid_credentials": 401,
    "session_ended": 401,
    "wrong_password": 403,
    "password_required": 403,
    "weak_password": 422,
    "unusable_preferences": 422,
    # commands of this folder, never asked for over HTTP
    "demo_refused": 422,
}
"""Of every ``DomainError`` and of what leaves as a problem otherwise.

Only an empty bucket is not here: its 429 is made where buckets are, with its headers.
"""


POINTERS: Mapping[str, str] = {
    "unknown_difficulty": "/difficulty",
    "unknown_energy_level": "/energy_level",
    "unknown_style": "/style",
    "unknown_camera": "/camera",
    "unusable_seed": "/seed",
    "unusable_audio_input": "/audio_input",
    "unusable_title": "/title",
    "unusable_notes": "/notes",
    "unknown_video": "/video_url",
    "username_taken": "/username",
    "email_taken": "/email",
    "wrong_password": "/current_password",
    "unusable_preferences": "/preferences",
    "not_audio": "file",
    "song_incomplete": "file",
    "song_too_large": "file",
}
"""Which field of the body a refusal is about, where it is about one."""


def add_problem_handlers(api: Api) -> None:
    """Make every exception of a route leave as a problem."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)


def _problem(
    request: HttpRequest, code: str, message: str, *, errors: Sequence[Invalid] = ()
) -> HttpResponse:
    status = STATUS_OF_CODE[code]
    return problem_response(request, status=status, code=code, message=message, errors=errors)


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    pointer = error.name if isinstance(error, UnknownParameter) else _field_of(request, error)
    pointed = [Invalid(pointer=pointer, message=str(error))] if pointer else []
    response = _problem(request, error.code, str(error), errors=pointed)
    for name, value in getattr(error, "headers", {}).items():
        response[name] = value
    return response


def _field_of(request: HttpRequest, error: DomainError) -> str | None:
    """Return the field that is at fault; None where the request has no body that could be."""
    if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
        return None
    if error.code == "weak_password":
        is_change = request.path_info.endswith("/auth/password")
        return "/new_password" if is_change else "/password"
    return POINTERS.get(error.code)


def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, TooManyRequests):
        return too_many_requests(request, error)
    if isinstance(error, ConcurrencyConflict):
        message = "This was changed by somebody else at the same moment; please try again."
        return _problem(request, "conflict", message)
    log.warning("request %s: %s", context_of(request).request_id, error)
    code = getattr(error, "code", TransientError.code)
    code = code if isinstance(code, str) else TransientError.code
    status = STATUS_OF_CODE[TransientError.code]
    response = problem_response(request, status=status, code=code, message=BUSY)
    response["Retry-After"] = "2"
    return response


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, OSError) and error.errno in OUT_OF_FILES:
        return _busy(request, error)
    log.exception("request %s failed", context_of(request).request_id, exc_info=error)
    return _problem(request, "internal_error", OUR_FAULT)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    sources = {str(found["loc"][0]) for found in error.errors}
    is_upload = bool(sources & {"form", "file"})
    if is_upload and request.content_type != "multipart/form-data":
        return _problem(request, "unsupported_media_type", "Please send multipart/form-data.")
    found = [_place(one) for one in error.errors]
    return _problem(request, "validation_failed", WRONG_BODY, errors=found[:50])


def _place(found: Mapping[str, Any]) -> Invalid:
    """Point to what is wrong; what was sent is not repeated, it may be a password."""
    source, *rest = [str(step) for step in found["loc"]]
    # ninja puts the name of the view's argument first.
    steps = rest[1:] if source == "body" else rest
    pointer = "".join(f"/{step}" for step in steps) if source == "body" else ".".join(steps)
    message = str(found["msg"]).removeprefix("Value error, ")
    return Invalid(pointer=pointer[:300], message=message[:300])


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, DomainError):
        return _refused(request, error.__cause__)
    code = "not_authenticated" if isinstance(error, AuthenticationError) else "refused"
    return problem_response(
        request, status=error.status_code, code=code, message=error.message or "Refused."
    )


def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, "not_found", "There is nothing at this address.")


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _problem(request, "body_too_large", "The request is too large.")


def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return _problem(request, "malformed_request", "The request cannot be read.")


HANDLERS: Mapping[type[Exception], Callable[..., Any]] = {
    Exception: _failed,
    BachataError: _failed,
    DomainError: _refused,
    TransientError: _busy,
    OperationalError: _busy,
    InterfaceError: _busy,
    ValidationError: _invalid,
    HttpError: _http,
    Http404: _missing,
    RequestDataTooBig: _too_large,
    SuspiciousOperation: _unreadable,
    MultiPartParserError: _unreadable,
    UnreadablePostError: _unreadable,
}
