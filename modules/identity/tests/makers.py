"""Names, keys, and ways of doing things at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from modules.errors import BachataError
from modules.identity.login_throttle import login_policies

LOGIN_POLICIES = login_policies(10)
LOGIN_POLICY = LOGIN_POLICIES.address
KEY = "a-signing-key-of-tests-" + "with-enough-bytes-" * 3
PASSWORD = "correct horse battery"
HOME = "192.0.2.1"
ELSEWHERE = "198.51.100.7"


def at_once(act: Callable[[int], Any], *, threads: int) -> list[Any]:
    """Do it in several threads at the same moment; give results and our errors."""
    start = threading.Barrier(threads)

    def run(number: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return act(number)
        except BachataError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def sessions() -> dict[Any, bool]:
    """Return the stored sessions, and whether each was revoked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, revoked_at IS NOT NULL FROM session_families")
        return dict(cursor.fetchall())


def let_pass(seconds: float) -> None:
    """Move everything stored about sessions into the past, as if time had passed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE session_families SET rotated_at = rotated_at - make_interval(secs => %(s)s),"
            " expires_at = expires_at - make_interval(secs => %(s)s),"
            " started_at = started_at - make_interval(secs => %(s)s)",
            {"s": seconds},
        )
