"""What the API refuses before any module is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from modules.errors import DomainError, TransientError

if TYPE_CHECKING:
    from modules.web.contract import RateLimitState


class WebError(DomainError):
    """A request that is refused."""


class MalformedRequest(WebError):
    """The request cannot be read: not JSON, not UTF-8, a number JSON does not know."""

    code = "malformed_request"


class NotAuthenticated(WebError):
    """Nobody is known by this token, or there is none."""

    code = "not_authenticated"


class RequestInFlight(WebError):
    """The same Idempotency-Key is being answered right now."""

    code = "request_in_flight"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class PreconditionFailed(WebError):
    """The thing was changed since it was read."""

    code = "precondition_failed"


class UnsupportedMediaType(WebError):
    """The body is not of the type the route takes."""

    code = "unsupported_media_type"


class IdempotencyKeyReused(WebError):
    """The Idempotency-Key was used before with another body."""

    code = "idempotency_key_reused"


class UnknownParameter(WebError):
    """The query names a parameter that the route does not have, or one twice."""

    code = "unknown_parameter"

    def __init__(self, message: str, *, name: str) -> None:
        super().__init__(message)
        self.name = name


class TooManyRequests(TransientError):
    """The caller's bucket is empty.

    Parameters
    ----------
    state : RateLimitState
        Of the bucket that is empty.
    """

    code = "too_many_requests"

    def __init__(self, message: str, *, state: RateLimitState) -> None:
        super().__init__(message)
        self.state = state

    @property
    def retry_after_s(self) -> int:
        """Whole seconds until the bucket is full again, at least 1."""
        return self.state.resets_in_s
