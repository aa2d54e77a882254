"""Put the identity module together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.eventstore.contract import PeriodicTask
from modules.identity.application import Accounts
from modules.identity.login_throttle import LoginThrottle, login_policies
from modules.identity.queries import SessionReader
from modules.identity.sessions import forget_ended_sessions
from modules.identity.tokens import Tokens
from modules.identity.users import ensure_user, find_user
from modules.web.rate_limits import RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ninja import Router

    from modules.identity.contract import EnsureUser, FindUser
    from modules.web.contract import Authenticators, ReadToken

FORGET_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityModule:
    """What others may use of the identity module.

    Attributes
    ----------
    accounts : Accounts
        The commands of users about themselves.
    tokens : Tokens
        Signs access and refresh tokens, and knows them again.
    read_token : callable
        Whom an access token speaks for; every authenticator asks it.
    periodic_tasks : sequence of PeriodicTask
        What the dispatcher does from time to time.
    router : callable
        Makes the routes; what they need is loaded by processes that serve them only.
    """

    accounts: Accounts
    tokens: Tokens
    read_token: ReadToken
    find_user: FindUser
    ensure_user: EnsureUser
    periodic_tasks: Sequence[PeriodicTask]
    router: Callable[[Authenticators], Router]


def build(
    *, signing_key: str, login_failures: int, on_registered: Callable[[], None]
) -> IdentityModule:
    """Return the module.

    Parameters
    ----------
    signing_key : str
        Signs tokens, at least 32 bytes; the same for all who share a database.
    login_failures : int
        Wrong passwords for one name that one address may try in five minutes.
    on_registered : callable
        Told of every new user, in the transaction that stores them.
    """
    tokens = Tokens(signing_key)
    throttle = LoginThrottle(RateLimiter(), policies=login_policies(login_failures))
    accounts = Accounts(tokens=tokens, throttle=throttle, on_registered=on_registered)
    return IdentityModule(
        accounts=accounts,
        tokens=tokens,
        read_token=SessionReader(tokens),
        find_user=find_user,
        ensure_user=ensure_user,
        periodic_tasks=(
            PeriodicTask(name="ended sessions", every_s=FORGET_EVERY_S, run=forget_ended_sessions),
        ),
        router=partial(_build_router, accounts=accounts),
    )


def _build_router(auth: Authenticators, *, accounts: Accounts) -> Router:
    from modules.identity.http import build_router

    return build_router(accounts=accounts, auth=auth)
