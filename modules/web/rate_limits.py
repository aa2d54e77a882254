"""How many requests somebody may make: a counter in PostgreSQL, exact across processes."""

from __future__ import annotations

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
RETURNING used, ceil(extract(epoch FROM window_ends_at - clock_timestamp()))::int
"""

WAIT = """
-- wait_for: seconds until the bucket's window ends
SELECT ceil(extract(epoch FROM window_ends_at - clock_timestamp()))::int
  FROM request_counts WHERE bucket = %(bucket)s
"""

GIVE_BACK = """
-- give_back: uncount one request of a window that has not ended
UPDATE request_counts SET used = used - 1
 WHERE bucket = %(bucket)s AND used > 0 AND window_ends_at > clock_timestamp()
"""

FORGET = "DELETE FROM request_counts WHERE window_ends_at < clock_timestamp()"


class RateLimiter:
    """Counts requests; of ``quota + k`` in one window exactly ``quota`` pass.

    Each call is one statement of its own: call it outside of transactions, or a roll-back would
    give the request back.
    """

    def take(self, policy: RateLimitPolicy, who: str) -> RateLimitState:
        """Count one request of somebody, or raise ``TooManyRequests`` and count nothing."""
        values: dict[str, str | int] = {
            "bucket": _bucket(policy, who),
            "window_s": policy.window_s,
            "quota": policy.quota,
        }
        with connection.cursor() as cursor:
            cursor.execute(TAKE, values)
            row = cursor.fetchone()
            if row is None:
                cursor.execute(WAIT, values)
                wait = cursor.fetchone()
                raise _too_many(policy, 1 if wait is None else max(1, wait[0]))
        used, resets_in_s = row
        return RateLimitState(
            policy=policy, remaining=policy.quota - used, resets_in_s=max(1, resets_in_s)
        )

    def give_back(self, policy: RateLimitPolicy, who: str) -> None:
        """Uncount one request: of those that turn out harmless, any number may be made."""
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, {"bucket": _bucket(policy, who)})

    @staticmethod
    def forget_ended() -> int:
        """Remove the counts of windows that ended; return how many."""
        with connection.cursor() as cursor:
            cursor.execute(FORGET)
            return int(cursor.rowcount)


def _bucket(policy: RateLimitPolicy, who: str) -> str:
    return f"{policy.name}:{who}"[:300]


def _too_many(policy: RateLimitPolicy, wait_s: int) -> TooManyRequests:
    unit = "second" if wait_s == 1 else "seconds"
    return TooManyRequests(
        f"That is more than {policy.quota} requests in {policy.window_s} seconds; "
        f"please wait {wait_s} {unit}.",
        retry_after_s=wait_s,
    )
