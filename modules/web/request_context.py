"""Who asks, from where, and what the answer's middleware must know."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from modules.web.contract import Caller, RateLimitState

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


@dataclass(slots=True)
class RequestContext:
    """What is known of one request on its way; an attribute of Django's request."""

    request_id: str
    deferred_charge: Callable[[], RateLimitState] | None = None
    """Counted when the answer is known not to be a 304."""
    rate_limit: RateLimitState | None = None
    user_id: str = "-"
    is_list: bool = False
    """Whether the answer is a page of a list, whose version is that of its bytes."""


def context_of(request: HttpRequest) -> RequestContext:
    """Return the request's context, which the outermost middleware made."""
    context: RequestContext = request.bachata_context  # type: ignore[attr-defined]
    return context


def caller_of(request: HttpRequest) -> Caller:
    """Return who is asking; only behind ``Authenticators.user`` or ``Authenticators.polling``."""
    caller: Any = request.auth  # type: ignore[attr-defined]
    if not isinstance(caller, Caller):
        raise TypeError("this route has no caller: it is open to everybody")
    return caller


def address_of(request: HttpRequest) -> str:
    """Return the client's network address."""
    meta = request.META
    return client_address(
        str(meta.get("REMOTE_ADDR", "")),
        forwarded=meta.get("HTTP_X_FORWARDED_FOR", ""),
        trusted=settings.TRUSTED_PROXIES,
    )


def client_address(direct: str, *, forwarded: str, trusted: int) -> str:
    """Return the address of who connects, or of whom our own proxies speak for.

    Parameters
    ----------
    direct : str
        Where the connection comes from.
    forwarded : str
        ``X-Forwarded-For``; believed as far as our own proxies wrote it.
    trusted : int
        How many proxies are ours, each writing one entry at its end (1 on Cloud Run, 0 where
        clients connect directly).
    """
    hops = [hop.strip() for hop in forwarded.split(",")] if trusted else []
    told = _plain_address(hops[-trusted]) if trusted and len(hops) >= trusted else None
    return told or _plain_address(direct) or direct[:64]


def _plain_address(text: str) -> str | None:
    """Return an address without its port, an IPv4 one as such; None if there is none.

    Some proxies append the port of the connection, which is another for each. A socket that
    listens on ``::`` tells IPv4 clients as ``::ffff:192.0.2.1``.
    """
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return str(mapped or address)


def network_of(address: str) -> str:
    """Return what one customer of a provider has: an IPv4 address, or 64 bits of an IPv6 one."""
    plain = _plain_address(address)
    if plain is None:
        return address
    length = 64 if ":" in plain else 32
    return str(ipaddress.ip_network((plain, length), strict=False))
