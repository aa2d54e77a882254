"""How often the password of one account may be guessed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from modules.identity.sessions import address_fingerprint
from modules.web.contract import RateLimitPolicy

if TYPE_CHECKING:
    from modules.identity.domain import Account
    from modules.web.rate_limits import RateLimiter

WINDOW_S = 300


def login_policy(failures: int) -> RateLimitPolicy:
    """Return the policy: so many wrong passwords of an account in five minutes."""
    return RateLimitPolicy(name="password", quota=failures, window_s=WINDOW_S)


class LoginThrottle:
    """Counts wrong passwords by account, from wherever they come.

    A try is counted before the password is looked at and given back when it was right, so that
    exactly so many wrong ones pass in five minutes, however many come at once. An address from
    which the owner logged in within the last weeks has a bucket of its own: a stranger who empties
    the account's bucket locks out other strangers, not the owner at home; and sessions go on in
    any case. Names that nobody has are counted the same way.
    """

    def __init__(self, limiter: RateLimiter, *, policy: RateLimitPolicy) -> None:
        self._limiter = limiter
        self._policy = policy

    def take(self, bucket: str) -> None:
        """Count one try, outside of transactions; raises ``TooManyRequests`` after too many."""
        self._limiter.take(self._policy, bucket)

    def give_back(self, bucket: str) -> None:
        """Take back the count of a try that was right."""
        self._limiter.give_back(self._policy, bucket)


def bucket_of(account: Account | None, *, name: str, address: str) -> str:
    """Name the bucket of an account, or of a name that no account has."""
    if account is None:
        return f"name:{hashlib.sha256(name.lower().encode()).hexdigest()}"
    if account.is_known_address:
        return f"user:{account.user_id}:{address_fingerprint(address)}"
    return f"user:{account.user_id}"
