"""Who may pass, and how often: the ``auth`` of every route is one of these."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ninja.security.http import HttpAuthBase

from modules.web.contract import Caller
from modules.web.errors import NotAuthenticated
from modules.web.request_context import address_of, context_of, network_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from modules.web.contract import RateLimitPolicy, ReadToken
    from modules.web.rate_limits import RateLimiter


class Bearer(HttpAuthBase):
    """An access token in the ``Authorization`` header; one request of its user's bucket.

    The OpenAPI document calls the scheme as this class is called.
    """

    openapi_scheme = "bearer"
    openapi_bearerFormat = "JWT"  # the specification's spelling

    def __init__(
        self, *, read_token: ReadToken, limiter: RateLimiter, policy: RateLimitPolicy
    ) -> None:
        self._read_token = read_token
        self._limiter = limiter
        self._policy = policy
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller:
        """Return the caller.

        Raises
        ------
        NotAuthenticated
            Without a token, or with one that is not, or no longer, good.
        TooManyRequests
            If the user's bucket is empty.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        caller = self._read_token(token.strip()) if scheme.lower() == "bearer" else None
        if caller is None:
            raise NotAuthenticated("Please log in.")
        context_of(request).user_id = str(caller.user_id)
        self._count(request, f"user:{caller.user_id}")
        return caller

    def _count(self, request: HttpRequest, who: str) -> None:
        context = context_of(request)
        if request.method == "GET" and "If-None-Match" in request.headers:
            # A 304 is free; whether it is one is known when the answer is there. That is not
            # worked out for somebody who has asked for too much already.
            self._limiter.refuse_if_empty(self._policy, who)
            context.deferred_charge = partial(self._limiter.take, self._policy, who)
        else:
            context.rate_limit = self._limiter.take(self._policy, who)


class AddressAuthenticator:
    """Nobody needs to be known, but an address may ask only so often."""

    def __init__(self, *, limiter: RateLimiter, policy: RateLimitPolicy) -> None:
        self._limiter = limiter
        self._policy = policy

    def __call__(self, request: HttpRequest) -> str:
        """Count the request before anything of it is looked at; raises ``TooManyRequests``."""
        address = address_of(request)
        who = f"address:{network_of(address)}"
        context_of(request).rate_limit = self._limiter.take(self._policy, who)
        return address
