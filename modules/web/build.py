"""Put together who may use the API, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.web.authenticators import AddressAuthenticator, Bearer
from modules.web.contract import Authenticators, RateLimitPolicy
from modules.web.idempotency import forget_old_responses
from modules.web.rate_limits import RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.web.contract import ReadToken


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsPerMinute:
    """How often somebody may ask in a minute.

    Attributes
    ----------
    user : int
        A logged-in user, for everything.
    polling : int
        A logged-in user, looking again and again whether something is done.
    address : int
        A network address, at the routes about passwords.
    """

    user: int
    polling: int
    address: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebModule:
    """What the installation uses of the HTTP kernel; what routes are built of, they import.

    Attributes
    ----------
    forget_old_responses, forget_ended_windows : callable
        Remove rows nobody reads any more and return how many; to be called from time to time.
    """

    authenticators: Authenticators
    forget_old_responses: Callable[[], int]
    forget_ended_windows: Callable[[], int]


def build(*, read_token: ReadToken, per_minute: RequestsPerMinute) -> WebModule:
    """Return the kernel's part of an installation that knows its users by ``read_token``."""
    limiter = RateLimiter()
    default = RateLimitPolicy(name="default", quota=per_minute.user)
    polling = RateLimitPolicy(name="polling", quota=per_minute.polling)
    public = RateLimitPolicy(name="auth", quota=per_minute.address)
    return WebModule(
        authenticators=Authenticators(
            user=Bearer(read_token=read_token, limiter=limiter, policy=default),
            polling=Bearer(read_token=read_token, limiter=limiter, policy=polling),
            public=AddressAuthenticator(limiter=limiter, policy=public),
        ),
        forget_old_responses=forget_old_responses,
        forget_ended_windows=limiter.forget_ended,
    )
