"""How often the password of one account may be guessed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.identity.sessions import address_fingerprint
from modules.web.contract import RateLimitPolicy
from modules.web.errors import TooManyRequests

if TYPE_CHECKING:
    from modules.web.rate_limits import RateLimiter

WINDOW_S = 300
ADDRESSES = 5
"""After as many wrong passwords as so many addresses may try, a name is under attack."""
UNDER_ATTACK = 3
"""What is left then to an address: a third of the wrong passwords."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPolicies:
    """How many wrong passwords there may be for one name in five minutes.

    Attributes
    ----------
    address : RateLimitPolicy
        From one address.
    everywhere : RateLimitPolicy
        From all addresses the account does not know, before it counts as attacked.
    attacked : RateLimitPolicy
        From one such address, then.
    """

    address: RateLimitPolicy
    everywhere: RateLimitPolicy
    attacked: RateLimitPolicy


def login_policies(failures: int) -> LoginPolicies:
    """Return the policies that let one address fail so many times."""
    return LoginPolicies(
        address=_policy("password", failures),
        everywhere=_policy("password-everywhere", failures * ADDRESSES),
        attacked=_policy("password-attacked", max(1, failures // UNDER_ATTACK)),
    )


def _policy(name: str, quota: int) -> RateLimitPolicy:
    return RateLimitPolicy(name=name, quota=quota, window_s=WINDOW_S)


type Tries = tuple[tuple[RateLimitPolicy, str], ...]
"""Where one try was counted."""


class LoginThrottle:
    """Counts wrong passwords by what was typed as the name, and by address.

    A try is counted before the password is looked at and given back when it was right, so that
    exactly so many wrong ones pass in five minutes, however many come at once. Whoever guesses
    shuts out their own address only: an owner elsewhere, whose password is right, gets in at the
    first try, also when many addresses guess together; those only leave each other fewer tries.
    An address from which the owner logged in within the last weeks is left all of its own.

    What is counted is the name as it was typed, not the account: its name and its e-mail address
    are counted apart, so that nobody learns which belong together. Names that nobody has are
    counted the same way. Sessions go on in any case.
    """

    def __init__(self, limiter: RateLimiter, *, policies: LoginPolicies) -> None:
        self._limiter = limiter
        self._policies = policies

    def take(self, name: str, *, address: str, is_known: bool = False) -> Tries:
        """Count one try, outside of transactions; raises ``TooManyRequests`` after too many."""
        by_name = hashlib.sha256(name.lower().encode()).hexdigest()
        by_address = f"{by_name}:{address_fingerprint(address)}"
        taken = [self._count(self._policies.address, by_address)]
        if not is_known:
            try:
                taken.append(self._count(self._policies.everywhere, by_name))
            except TooManyRequests:
                taken.append(self._count(self._policies.attacked, by_address))
        return tuple(taken)

    def give_back(self, tries: Tries) -> None:
        """Take back the count of a try that was right."""
        for policy, bucket in tries:
            self._limiter.give_back(policy, bucket)

    def _count(self, policy: RateLimitPolicy, bucket: str) -> tuple[RateLimitPolicy, str]:
        self._limiter.take(policy, bucket)
        return policy, bucket
