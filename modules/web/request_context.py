"""Who asks, from where, and what the answer's middleware must know."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from modules.web.contract import Caller, RateLimitPolicy, RateLimitState

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(slots=True)
class RequestContext:
    """What is known of one request on its way; an attribute of Django's request."""

    request_id: str
    deferred_charge: tuple[RateLimitPolicy, str] | None = None
    """Counted when the answer is known not to be a 304."""
    rate_limit: RateLimitState | None = None
    user_id: str = "-"


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
    """Return the client's network address.

    ``X-Forwarded-For`` is believed as far as our own proxies wrote it: ``TRUSTED_PROXIES`` entries
    from its end (1 on Cloud Run, 0 where clients connect directly).
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    trusted: int = settings.TRUSTED_PROXIES
    if not trusted:
        return direct
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return hops[-trusted][:64] if len(hops) >= trusted and hops[-trusted] else direct


def network_of(address: str) -> str:
    """Return what one customer of a provider has: an IPv4 address, or 64 bits of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    length = 32 if ip.version == 4 else 64
    return str(ipaddress.ip_network((ip, length), strict=False))
