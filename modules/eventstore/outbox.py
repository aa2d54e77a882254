"""The outbox's own table: messages are put in with the events that cause them, and leased out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from modules.eventstore.plain import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.eventstore.messages import OutboxMessage

ENQUEUE = """
-- enqueue: the same key a second time stores nothing
INSERT INTO outbox_messages (kind, key, payload, due_at)
VALUES {rows}
    ON CONFLICT ON CONSTRAINT outbox_messages_one_per_key DO NOTHING
"""
ENQUEUE_ROW = "(%s, %s, %s::jsonb, clock_timestamp() + make_interval(secs => %s))"


def enqueue(messages: Sequence[OutboxMessage]) -> None:
    """Store messages in the transaction that is open, or in one of their own."""
    if not messages:
        return
    with connection.cursor() as cursor:
        cursor.execute(*enqueue_statement(messages))


def enqueue_statement(messages: Sequence[OutboxMessage]) -> tuple[str, list[object]]:
    """Give the statement that stores ``messages``, and its parameters."""
    values: list[object] = []
    for message in messages:
        values += [message.kind, message.key, to_json(message.payload), message.due_in_s]
    return ENQUEUE.format(rows=", ".join([ENQUEUE_ROW] * len(messages))), values
