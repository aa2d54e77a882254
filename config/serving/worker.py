"""What one worker process serves; granian imports it in every worker it starts."""

from __future__ import annotations

from django.conf import settings
from django.db import close_old_connections

from config import wiring
from config.serving.sockets import cut_off_readers
from config.serving.wsgi_bridge import WsgiBridge
from config.wsgi import application
from engine.isolation.parent_watchdog import terminate, watch_parent
from modules.web.request_context import client_address, network_of


def build_bridge() -> WsgiBridge:
    """Return the site for ASGI; imports every route, so that no first request waits."""
    from django.urls import get_resolver

    watch_parent(terminate)
    cut_off_readers()
    get_resolver().url_patterns  # noqa: B018 reading it loads the routes
    return WsgiBridge(
        application,
        threads=settings.SERVE_THREADS,
        max_body_bytes=settings.MAX_REQUEST_BYTES,
        max_small_bytes=settings.MAX_JSON_BYTES,
        find_uploader=find_uploader,
        find_sender=find_sender,
    )


def find_uploader(authorization: str) -> str | None:
    """Return the user of an ``Authorization`` header, as the routes will know them."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    close_old_connections()  # as Django does at the beginning of a request
    caller = wiring.identity().read_token(token.strip())
    return None if caller is None else f"user:{caller.user_id}"


def find_sender(direct: str, forwarded: str) -> str:
    """Return the network that a request comes from."""
    trusted = settings.TRUSTED_PROXIES
    return network_of(client_address(direct, forwarded=forwarded, trusted=trusted))
