"""What others may know of the HTTP kernel: who asks, how often somebody may, what a route gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from django.http import HttpRequest

type CommandResponse[T] = tuple[int, T, Mapping[str, str]]
"""Status, body and headers of the answer to a command."""

type ReadToken = Callable[[str], Caller | None]
"""Return whom an access token speaks for; None for any text that is no good token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who logged in; ``session_id`` names the login the token comes from."""

    user_id: int
    username: str
    is_instructor: bool
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitPolicy:
    """``quota`` requests in a window of ``window_s`` seconds that begins with the first."""

    name: str
    quota: int
    window_s: int = 60

    @property
    def header(self) -> str:
        """``RateLimit-Policy`` as draft-ietf-httpapi-ratelimit-headers-10 writes it."""
        return f'"{self.name}";q={self.quota};w={self.window_s}'


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitState:
    """What is left of a bucket after a request."""

    policy: RateLimitPolicy
    remaining: int
    resets_in_s: int

    @property
    def header(self) -> str:
        """``RateLimit`` as draft-ietf-httpapi-ratelimit-headers-10 writes it."""
        return f'"{self.policy.name}";r={self.remaining};t={self.resets_in_s}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticators:
    """Who may use a route, and out of which bucket; the ``auth`` of every route is one of these.

    Attributes
    ----------
    user : callable
        A logged-in user, in the bucket of everything.
    polling : callable
        A logged-in user who looks again and again, in a bucket of its own.
    public : callable
        Anybody, counted by network address: the routes about passwords.
    open : None
        Anybody, uncounted.
    """

    user: Callable[[HttpRequest], Caller]
    polling: Callable[[HttpRequest], Caller]
    public: Callable[[HttpRequest], str]
    open: None = None
