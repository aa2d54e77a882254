"""The outbox's own table: messages are put in with the events that cause them, and leased out.

All times are the database's clock, so dispatchers on machines whose clocks differ agree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from modules.eventstore.contract import LeasedMessage, UnwritableEvent
from modules.eventstore.json_codec import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from modules.eventstore.contract import OutboxMessage

CHANNEL = "bachata_outbox"
MAX_ERROR_CHARS = 2000

ENQUEUE = """
-- enqueue: the same key a second time stores nothing
SELECT store_messages_and_events(%s, '[]')
"""

LEASE = """
-- lease: up to :limit due messages for this dispatcher; others skip locked rows
WITH due AS MATERIALIZED (
    SELECT id FROM outbox_messages
     WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= statement_timestamp()
       AND (leased_until IS NULL OR leased_until < statement_timestamp())
       AND kind = ANY(%(kinds)s)
     ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
UPDATE outbox_messages AS m
   SET leased_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
       lease_token = gen_random_uuid(), attempts = attempts + 1
  FROM due WHERE m.id = due.id
RETURNING m.id, m.kind, m.key, m.payload, m.attempts, m.lease_token
"""

COUNT_LEASED = """
-- count_leased: messages of a kind that are being delivered
SELECT count(*) FROM outbox_messages
 WHERE kind = %s AND done_at IS NULL AND dead_at IS NULL AND leased_until >= statement_timestamp()
"""

LEASE_CHOSEN = """
-- lease_chosen: the first of these keys that are due
WITH due AS MATERIALIZED (
    SELECT m.id FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS chosen (key, place)
      JOIN outbox_messages AS m ON m.key = chosen.key
     WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= statement_timestamp()
       AND (leased_until IS NULL OR leased_until < statement_timestamp())
     ORDER BY chosen.place LIMIT %(limit)s FOR UPDATE OF m SKIP LOCKED)
UPDATE outbox_messages AS m
   SET leased_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
       lease_token = gen_random_uuid(), attempts = attempts + 1
  FROM due WHERE m.id = due.id
RETURNING m.id, m.kind, m.key, m.payload, m.attempts, m.lease_token
"""

SETTLE = """
-- settle: only while the lease is still this holder's
UPDATE outbox_messages
   SET {outcome}, leased_until = NULL, lease_token = NULL
 WHERE id = %(id)s AND lease_token = %(token)s AND done_at IS NULL AND dead_at IS NULL
"""
DONE = "done_at = clock_timestamp()"
DEAD = "dead_at = clock_timestamp(), last_error = %(error)s"
POSTPONED = """due_at = clock_timestamp() + make_interval(secs => %(delay_s)s),
       attempts = attempts - %(refund)s, last_error = %(error)s"""

LIST = """
-- list: what waits and what died, or everything
SELECT id, kind, key, attempts, due_at, last_error,
       CASE WHEN done_at IS NOT NULL AND dead_at IS NOT NULL THEN 'dropped'
            WHEN done_at IS NOT NULL THEN 'done'
            WHEN dead_at IS NOT NULL THEN 'dead'
            WHEN leased_until > statement_timestamp() THEN 'leased'
            ELSE 'waiting' END AS state
  FROM outbox_messages WHERE %(all)s OR done_at IS NULL ORDER BY id
"""

RETRY = """
-- retry: a dead or waiting message starts anew, now; what was wrong stays readable
UPDATE outbox_messages
   SET dead_at = NULL, due_at = clock_timestamp(), attempts = 0,
       leased_until = NULL, lease_token = NULL,
       last_error = concat_ws(' | ', 'retried by hand ' || clock_timestamp(), last_error)
 WHERE id = %s AND done_at IS NULL
   AND (leased_until IS NULL OR leased_until < clock_timestamp())
"""

FIND_WAITING = """
-- find_waiting: which of these will be delivered, or are being delivered; and which are there
SELECT key, done_at IS NULL AND dead_at IS NULL FROM outbox_messages WHERE key = ANY(%s)
"""

LIST_WAITING = """
-- list_waiting: keys of a kind that nobody delivers at this moment
SELECT key FROM outbox_messages
 WHERE kind = %s AND done_at IS NULL AND dead_at IS NULL
   AND (leased_until IS NULL OR leased_until < statement_timestamp())
"""

CLOSE = """
-- close: nobody needs these any more; one that is being delivered is left to its deliverer
UPDATE outbox_messages SET done_at = clock_timestamp(), leased_until = NULL, lease_token = NULL
 WHERE key = ANY(%s) AND done_at IS NULL AND dead_at IS NULL
   AND (leased_until IS NULL OR leased_until < statement_timestamp())
"""

DROP = """
-- drop: nothing will be done about it any more; done and dead at once
UPDATE outbox_messages
   SET dead_at = coalesce(dead_at, clock_timestamp()), done_at = clock_timestamp(),
       leased_until = NULL, lease_token = NULL,
       last_error = concat_ws(' | ', 'dropped by hand ' || clock_timestamp(), last_error)
 WHERE id = %s AND done_at IS NULL
   AND (leased_until IS NULL OR leased_until < clock_timestamp())
RETURNING id, kind, key, payload, attempts, gen_random_uuid()
"""

FORGET = """
-- forget: what was delivered long ago; its key may then be used again, nobody will by then
DELETE FROM outbox_messages
 WHERE done_at < clock_timestamp() - make_interval(days => %s) AND dead_at IS NULL
"""
DAYS_KEPT = 30


@dataclass(frozen=True, slots=True)
class MessageState:
    """One message as an operator sees it; ``state`` is waiting, leased, dead, done or dropped."""

    id: int
    kind: str
    key: str
    attempts: int
    due_at: datetime
    last_error: str | None
    state: str


def enqueue(messages: Sequence[OutboxMessage]) -> None:
    """Store messages in the transaction that is open, or in one of their own."""
    if not messages:
        return
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, [messages_to_json(messages)])


def messages_to_json(messages: Sequence[OutboxMessage]) -> str:
    """Write messages as the database function takes them.

    Raises
    ------
    UnwritableEvent
        If a payload is not plain JSON.
    """
    try:
        return to_json([[m.kind, m.key, m.payload, m.due_in_s] for m in messages])
    except (TypeError, ValueError) as error:
        keys = ", ".join(message.key for message in messages)
        raise UnwritableEvent(f"message {keys} is not plain JSON: {error}") from error


def lease(kinds: Iterable[str], *, limit: int, lease_s: float) -> list[LeasedMessage]:
    """Reserve due messages; whoever else asks skips them until ``lease_s`` seconds are over."""
    return _lease(LEASE, kinds=list(kinds), limit=limit, lease_s=lease_s)


def lease_chosen(keys: Sequence[str], *, limit: int, lease_s: float) -> list[LeasedMessage]:
    """Reserve the first of these messages that are due; like ``lease`` otherwise."""
    return _lease(LEASE_CHOSEN, keys=list(keys), limit=limit, lease_s=lease_s)


def count_leased(kind: str) -> int:
    """Return how many messages of a kind are being delivered, by whichever dispatcher."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_LEASED, [kind])
        return int(cursor.fetchone()[0])


def _lease(query: str, **values: Any) -> list[LeasedMessage]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = sorted(cursor.fetchall())
    return [
        LeasedMessage(
            id=id_, kind=kind, key=key, payload=json.loads(payload), attempts=n, lease_token=token
        )
        for id_, kind, key, payload, n, token in rows
    ]


def mark_done(message: LeasedMessage) -> bool:
    """Close a delivered message; False if the lease is no longer this holder's."""
    return _settle(message, DONE)


def mark_dead(message: LeasedMessage, error: str) -> bool:
    """Make a message a dead letter; False if the lease is no longer this holder's."""
    return _settle(message, DEAD, error=error)


def postpone(
    message: LeasedMessage, error: str, *, delay_s: float, counts_as_attempt: bool
) -> bool:
    """Put a message off for ``delay_s`` seconds; False if the lease is no longer this holder's."""
    refund = 0 if counts_as_attempt else 1
    return _settle(message, POSTPONED, error=error, delay_s=delay_s, refund=refund)


def _settle(message: LeasedMessage, outcome: str, *, error: str = "", **values: Any) -> bool:
    values |= {"id": message.id, "token": message.lease_token}
    # PostgreSQL holds no NUL, and an error's text may quote anything
    values["error"] = error.replace("\x00", "")[:MAX_ERROR_CHARS]
    with connection.cursor() as cursor:
        cursor.execute(SETTLE.format(outcome=outcome), values)
        return bool(cursor.rowcount)


def list_messages(*, everything: bool = False) -> list[MessageState]:
    """List what is not done yet and the dead letters, or everything there ever was."""
    with connection.cursor() as cursor:
        cursor.execute(LIST, {"all": everything})
        return [MessageState(*row) for row in cursor.fetchall()]


def retry(message_id: int) -> bool:
    """Start a dead or waiting message anew; False if there is no such message to start."""
    with connection.cursor() as cursor:
        cursor.execute(RETRY, [message_id])
        return bool(cursor.rowcount)


def drop(message_id: int) -> LeasedMessage | None:
    """Close a dead or waiting message undone and return it; None if there is none to close."""
    with connection.cursor() as cursor:
        cursor.execute(DROP, [message_id])
        row = cursor.fetchone()
    if row is None:
        return None
    id_, kind, key, payload, attempts, token = row
    return LeasedMessage(
        id=id_,
        kind=kind,
        key=key,
        payload=json.loads(payload),
        attempts=attempts,
        lease_token=token,
    )


def list_waiting(kind: str) -> list[str]:
    """Return the keys of a kind that wait for a delivery."""
    with connection.cursor() as cursor:
        cursor.execute(LIST_WAITING, [kind])
        return [key for (key,) in cursor.fetchall()]


def close(keys: Iterable[str]) -> int:
    """Close waiting messages that nobody needs any more; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [list(keys)])
        return int(cursor.rowcount)


def find_waiting(keys: Iterable[str]) -> dict[str, bool]:
    """Return of each known key whether its message will be delivered, or is being delivered."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_WAITING, [list(keys)])
        return dict(cursor.fetchall())


def forget_done() -> int:
    """Remove what was delivered over ``DAYS_KEPT`` days ago; return how many. The dead stay."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [DAYS_KEPT])
        return int(cursor.rowcount)
