"""Serving the built pages: files as they are, and the application at every other address."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseNotAllowed
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from pathlib import Path
    from wsgiref.headers import Headers

    from django.http import HttpRequest, HttpResponseBase
    from whitenoise.responders import StaticFile

PAGE = "/index.html"
# Vite puts a hash of the content into the names of what it writes to assets/.
IMMUTABLE = re.compile(r"^/assets/.+-[\w-]{8}\.\w+$")
REVALIDATED = frozenset({PAGE, "/theme.js", "/manifest.webmanifest"})
NOT_BUILT = (
    "The pages are not built here: run `npm ci && npm run build` in frontend/, or "
    "`uv run manage.py demo` where Node is installed. The API is at /api/docs.\n"
)
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def page(request: HttpRequest, path: str) -> HttpResponseBase:
    """Return a file of the build, or the application, which knows its own addresses.

    A name that looks like a file's and is none is 404, so that a stale page asking for an old
    script gets no page in its place.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    files = _files(settings.PAGES_DIR).files
    if PAGE not in files:
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")
    found = files.get(f"/{path}")
    if found is None and "." in path.rpartition("/")[2]:
        return HttpResponse("There is no such file.\n", status=404, content_type="text/plain")
    return answer_of(found or files[PAGE], request)


def answer_of(file: StaticFile, request: HttpRequest) -> HttpResponseBase:
    """Return a file as this request wants it: whole, in part, compressed, or not again."""
    answer = file.get_response(request.method, request.META)
    response = FileResponse(answer.file or (), status=int(answer.status))
    del response["Content-Type"]
    for name, value in answer.headers:
        response[name] = value
    return response


@cache
def _files(folder: Path) -> WhiteNoise:
    """Return what is in the build; looked through once, for a process serves one build."""
    files = WhiteNoise(
        None,
        max_age=3600,
        allow_all_origins=False,
        add_headers_function=_add_headers,
        immutable_file_test=lambda path, url: IMMUTABLE.match(url) is not None,
    )
    files.FOREVER = 365 * 24 * 3600
    if folder.is_dir():
        files.add_files(str(folder))
    return files


def _add_headers(headers: Headers, path: str, url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    if url in REVALIDATED:
        headers["Cache-Control"] = "no-cache"
