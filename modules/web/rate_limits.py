"""How many requests somebody may make: a counter in PostgreSQL, exact across processes."""

from __future__ import annotations

import math
import time

from django.db import connection

from modules.web.contract import RateLimitPolicy, RateLimitState
from modules.web.errors import TooManyRequests

TAKE = """
-- take_one: count one request in its bucket; no row comes back when the bucket is empty
WITH now_ AS MATERIALIZED (SELECT clock_timestamp() AS t)
INSERT INTO request_counts AS c (bucket, used, window_ends_at)
SELECT %(bucket)s, 1, t + make_interval(secs => %(window_s)s) FROM now_
    ON CONFLICT (bucket) DO UPDATE
   SET used = CASE WHEN c.window_ends_at <= clock_timestamp() THEN 1 ELSE c.used + 1 END,
       window_ends_at = CASE WHEN c.window_ends_at <= clock_timestamp()
                             THEN excluded.window_ends_at ELSE c.window_ends_at END
 WHERE c.used < %(quota)s OR c.window_ends_at <= clock_timestamp()
RETURNING used, extract(epoch FROM window_ends_at - clock_timestamp())::float
"""

WAIT = """
-- wait_for: seconds until the bucket's window ends
SELECT extract(epoch FROM window_ends_at - clock_timestamp())::float
  FROM request_counts WHERE bucket = %(bucket)s
"""

GIVE_BACK = """
-- give_back: uncount one request of a window that has not ended
UPDATE request_counts SET used = used - 1
 WHERE bucket = %(bucket)s AND used > 0 AND window_ends_at > clock_timestamp()
"""

FORGET = "DELETE FROM request_counts WHERE window_ends_at < clock_timestamp()"


MOST_REMEMBERED = 10_000


class RateLimiter:
    """Counts requests; of ``quota + k`` in one window exactly ``quota`` pass.

    Each call is one statement of its own: call it outside of transactions, or a roll-back would
    give the request back. What this process saw empty it remembers until the window ends.
    """

    def __init__(self) -> None:
        self._empty_until: dict[str, float] = {}

    def take(self, policy: RateLimitPolicy, who: str) -> RateLimitState:
        """Count one request of somebody, or raise ``TooManyRequests`` and count nothing."""
        bucket = _bucket(policy, who)
        values: dict[str, str | int] = {
            "bucket": bucket,
            "window_s": policy.window_s,
            "quota": policy.quota,
        }
        with connection.cursor() as cursor:
            cursor.execute(TAKE, values)
            row = cursor.fetchone()
            if row is None:
                cursor.execute(WAIT, values)
                wait = cursor.fetchone()
                raise self._refusal(policy, bucket, 0.0 if wait is None else wait[0])
        used, resets_in_s = row
        if used >= policy.quota:
            self._remember(bucket, resets_in_s)
        return RateLimitState(
            policy=policy, remaining=policy.quota - used, resets_in_s=_whole(resets_in_s)
        )

    def refuse_if_empty(self, policy: RateLimitPolicy, who: str) -> None:
        """Raise ``TooManyRequests`` if this process knows the bucket to be empty; counts nothing.

        Asks nobody. Another process may have emptied it: then `take` will tell, and the next time
        this does.
        """
        bucket = _bucket(policy, who)
        left_s = self._empty_until.get(bucket, 0.0) - time.monotonic()
        if left_s > 0:
            raise _too_many(policy, left_s)

    def _refusal(self, policy: RateLimitPolicy, bucket: str, wait_s: float) -> TooManyRequests:
        self._remember(bucket, wait_s)
        return _too_many(policy, wait_s)

    def _remember(self, bucket: str, wait_s: float) -> None:
        now = time.monotonic()
        if len(self._empty_until) >= MOST_REMEMBERED:
            self._empty_until = {
                name: ends for name, ends in self._empty_until.items() if ends > now
            }
        if len(self._empty_until) < MOST_REMEMBERED:
            self._empty_until[bucket] = now + wait_s

    def give_back(self, policy: RateLimitPolicy, who: str) -> None:
        """Uncount one request: of those that turn out harmless, any number may be made."""
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, {"bucket": _bucket(policy, who)})
        self._empty_until.pop(_bucket(policy, who), None)

    @staticmethod
    def forget_ended() -> int:
        """Remove the counts of windows that ended; return how many."""
        with connection.cursor() as cursor:
            cursor.execute(FORGET)
            return int(cursor.rowcount)


def _bucket(policy: RateLimitPolicy, who: str) -> str:
    return f"{policy.name}:{who}"[:300]


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))


def _too_many(policy: RateLimitPolicy, left_s: float) -> TooManyRequests:
    wait_s = _whole(left_s)
    unit = "second" if wait_s == 1 else "seconds"
    return TooManyRequests(
        f"That is more than {policy.quota} requests in {policy.window_s} seconds; "
        f"please wait {wait_s} {unit}.",
        state=RateLimitState(policy=policy, remaining=0, resets_in_s=wait_s),
    )
