"""``/api/docs``: Swagger UI with everything it loads, from django-ninja's own files."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from ninja.openapi.docs import Swagger
from whitenoise import WhiteNoise

from config.pages.serving import answer_of

if TYPE_CHECKING:
    from ninja import NinjaAPI

# Swagger UI writes styles into its elements, and pictures into its styles.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
FOLDER = "ninja"


class LocalSwagger(Swagger):
    """The page without a network: django-ninja shows a CDN's unless it is an installed app."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Return the page."""
        shown = self.settings | {"url": self.get_openapi_url(api, kwargs)}
        context = {"swagger_settings": json.dumps(shown, indent=1), "api": api}
        response = render(request, self.template, context)
        response["Content-Security-Policy"] = POLICY
        return response


def docs_asset(request: HttpRequest, path: str) -> HttpResponseBase:
    """Return a script, a style or a picture of the page."""
    found = _files().files.get(f"{settings.STATIC_URL}{path}")
    if found is None or request.method not in ("GET", "HEAD"):
        raise Http404
    return answer_of(found, request)


@cache
def _files() -> WhiteNoise:
    files = WhiteNoise(None, max_age=3600, allow_all_origins=False)
    folder = settings.NINJA / "static" / FOLDER
    files.add_files(str(folder), prefix=f"{settings.STATIC_URL}{FOLDER}/")
    return files
