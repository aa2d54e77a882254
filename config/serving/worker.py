"""What one worker process serves; granian imports it in every worker it starts."""

from __future__ import annotations

from django.conf import settings

from config.serving.wsgi_bridge import WsgiBridge
from config.wsgi import application
from engine.isolation.parent_watchdog import terminate, watch_parent


def build_bridge() -> WsgiBridge:
    """Return the site for ASGI; imports every route, so that no first request waits."""
    from django.urls import get_resolver

    watch_parent(terminate)
    get_resolver().url_patterns  # noqa: B018 reading it loads the routes
    return WsgiBridge(
        application, threads=settings.SERVE_THREADS, max_body_bytes=settings.MAX_REQUEST_BYTES
    )
