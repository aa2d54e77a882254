"""What one worker process serves; granian imports it in every worker it starts."""

from __future__ import annotations

from django.conf import settings

from config.serving.gate import Gate
from config.serving.lifeline import end_with_parent
from config.wsgi import application


def gate() -> Gate:
    """Give the site behind its gate; imports every route, so that no first request waits."""
    from django.urls import get_resolver

    end_with_parent()
    get_resolver().url_patterns  # noqa: B018 reading it loads the routes
    return Gate(
        application, threads=settings.SERVE_THREADS, max_body_bytes=settings.MAX_REQUEST_BYTES
    )
