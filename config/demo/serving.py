"""Serve what was set up, the same way ``manage.py serve`` does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from config.demo.errors import DemoRefused
from config.serving.server import ServeRefused, Site, check_port, serve

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "127.0.0.1"
MOST_WORKERS = 2
THREADS = 4


def site_at(port: int) -> Site:
    """Describe the demo's site, with a dispatcher: who looks at it may generate more.

    Raises
    ------
    DemoRefused
        If the port is in use or not ours to take; told before any work is done.
    """
    site = Site(
        host=HOST,
        port=port,
        workers=min(os.cpu_count() or 1, MOST_WORKERS),
        threads=THREADS,
        has_dispatcher=True,
    )
    try:
        check_port(site)
    except ServeRefused as error:
        raise DemoRefused(f"{error} With --exit, nothing is served.") from error
    return site


def serve_until_stopped(site: Site, *, tell: Callable[[str], None]) -> None:
    """Answer requests until Ctrl-C."""
    serve(site, tell=tell)
    tell("Bye!")
