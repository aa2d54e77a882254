"""Empties a bucket from a process of its own."""

from __future__ import annotations

from typing import Any

import psycopg

from modules.web.rate_limits import TAKE


def take_many(address: dict[str, Any], times: int, quota: int) -> int:
    """Take so many from the bucket; return how many passed."""
    values = {"bucket": "test:user:1", "window_s": 600, "quota": quota}
    options = "-c search_path=bachata,public"
    with psycopg.connect(**address, options=options, autocommit=True) as own:
        return sum(own.execute(TAKE, values).fetchone() is not None for _ in range(times))
