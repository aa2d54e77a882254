"""Serve the site until Ctrl-C."""

from __future__ import annotations

import errno
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.wsgi import get_wsgi_application

from config.demo.errors import DemoRefused

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "localhost"


class _Server(ThreadingMixIn, WSGIServer):
    """A thread per request; none keeps the process alive."""

    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    """Keeps the terminal for the demo's own words."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def bind(port: int) -> WSGIServer:
    """Take the port now, so that a taken one is known before any work is done.

    Raises
    ------
    DemoRefused
        If the port is in use or not ours to take.
    """
    try:
        server = _Server((HOST, port), _QuietHandler)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is in use" if taken else f"cannot be used ({error.strerror})"
        raise DemoRefused(
            f"Port {port} on {HOST} {why}. Choose another one with --port, or use --exit."
        ) from error
    server.set_app(get_wsgi_application())
    return server


def serve(server: WSGIServer, *, tell: Callable[[str], None]) -> None:
    """Answer requests until Ctrl-C."""
    port = server.server_address[1]
    tell(
        f"Serving http://{HOST}:{port}/api/health (the site itself is not built yet); "
        "stop with Ctrl-C"
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        tell("Bye!")
    finally:
        server.server_close()
