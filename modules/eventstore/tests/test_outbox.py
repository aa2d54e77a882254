"""Messages: stored once, in one hand at a time, closed only by whoever holds them."""

from __future__ import annotations

import json
from io import StringIO
from itertools import chain
from typing import Any, cast
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from modules.eventstore import outbox
from modules.eventstore.contract import LeasedMessage, OutboxMessage
from modules.eventstore.outbox import enqueue
from modules.eventstore.tests.conftest import in_threads, rows

pytestmark = pytest.mark.django_db(transaction=True)


def put(*keys: str, kind: str = "note.print", due_in_s: float = 0.0) -> None:
    enqueue([OutboxMessage(kind, key, {"key": key}, due_in_s) for key in keys])


def lease(*, limit: int = 10, lease_s: float = 60.0) -> list[LeasedMessage]:
    return outbox.lease(["note.print"], limit=limit, lease_s=lease_s)


def command(*args: str) -> str:
    out = StringIO()
    call_command("outbox", *args, stdout=out)
    return out.getvalue()


def test_the_same_key_twice_is_stored_once() -> None:
    put("a", "b")
    put("b", "c", "c")
    assert rows("SELECT key FROM outbox_messages ORDER BY id") == [("a",), ("b",), ("c",)]


def test_enqueuing_belongs_to_the_open_transaction() -> None:
    with transaction.atomic():
        put("a")
        transaction.set_rollback(True)
    assert rows("SELECT key FROM outbox_messages") == []


def test_a_leased_message_is_in_no_other_hand() -> None:
    put("a", "b")
    assert [(m.key, m.payload, m.attempts) for m in lease(limit=1)] == [("a", {"key": "a"}, 1)]
    assert [m.key for m in lease()] == ["b"]
    assert lease() == []


def test_eight_dispatchers_share_the_messages() -> None:
    keys = [f"k{n:03}" for n in range(80)]
    put(*keys)
    shares = in_threads(*[lambda: [m.key for _ in range(5) for m in lease(limit=3)]] * 8)
    assert sorted(chain.from_iterable(cast("list[list[str]]", shares))) == keys


def test_what_is_not_due_or_of_another_kind_is_left_alone() -> None:
    put("later", due_in_s=60)
    put("other", kind="unheard.of")
    assert lease() == []


def test_due_messages_go_out_by_due_time() -> None:
    put("second", due_in_s=-1)
    put("first", due_in_s=-2)
    assert [m.key for m in lease(limit=1)] == ["first"]


def test_an_expired_lease_can_be_taken_and_its_late_holder_settles_nothing() -> None:
    put("a")
    late = lease(lease_s=0)[0]
    new = lease()[0]
    assert (new.id, new.attempts) == (late.id, 2)
    assert not outbox.mark_done(late)
    assert not outbox.mark_dead(late, "late")
    assert not outbox.postpone(late, "late", delay_s=0, counts_as_attempt=True)
    assert rows("SELECT done_at, dead_at, last_error, lease_token FROM outbox_messages") == [
        (None, None, None, new.lease_token)
    ]
    assert outbox.mark_done(new)


def test_an_expired_lease_nobody_took_is_still_settled() -> None:
    put("a")
    assert outbox.mark_done(lease(lease_s=0)[0])


def test_settling_twice_changes_nothing_the_second_time() -> None:
    put("a")
    message = lease()[0]
    assert outbox.mark_done(message)
    assert not outbox.mark_dead(message, "second")
    assert lease() == []
    assert rows("SELECT dead_at FROM outbox_messages") == [(None,)]


def test_a_postponed_message_comes_back_when_due() -> None:
    put("a", "b")
    spent, refunded = lease()
    outbox.postpone(spent, "failed", delay_s=0, counts_as_attempt=True)
    outbox.postpone(refunded, "throttled", delay_s=60, counts_as_attempt=False)
    assert [(m.key, m.attempts) for m in lease()] == [("a", 2)]
    assert rows("SELECT attempts, last_error FROM outbox_messages WHERE key = 'b'") == [
        (0, "throttled")
    ]


def test_an_error_of_any_text_can_be_kept() -> None:
    put("a")
    assert outbox.mark_dead(lease()[0], "nul \x00" + "x" * 10_000)
    kept = str(rows("SELECT last_error FROM outbox_messages")[0][0])
    assert (kept[:5], len(kept)) == ("nul x", outbox.MAX_ERROR_CHARS)


def a_dead_letter(key: str = "a") -> int:
    put(key)
    message = lease()[0]
    outbox.mark_dead(message, "404")
    return message.id


def test_list_shows_what_waits_and_what_died() -> None:
    a_dead_letter("dead")
    put("done")
    outbox.mark_done(lease()[0])
    put("leased")
    lease()
    put("waiting", due_in_s=60)
    listed = [json.loads(line) for line in command("list", "--json").splitlines()]
    assert [(m["key"], m["state"]) for m in listed] == [
        ("dead", "dead"),
        ("leased", "leased"),
        ("waiting", "waiting"),
    ]
    assert "404" in command("list")
    assert "done" in command("list", "--all")


def test_an_empty_outbox_is_said_to_be_empty() -> None:
    assert "empty" in command("list")


def test_retry_delivers_a_dead_letter_again() -> None:
    message_id = a_dead_letter()
    assert f"Message {message_id} will be delivered again." in command("retry", str(message_id))
    again = lease()[0]
    assert (again.id, again.attempts) == (message_id, 1)
    error = str(rows("SELECT last_error FROM outbox_messages")[0][0])
    assert error.startswith("retried by hand 2")
    assert error.endswith(" | 404")


def test_drop_closes_a_message_for_good_and_says_so() -> None:
    message_id = a_dead_letter()
    assert "will not be delivered" in command("drop", str(message_id))
    assert lease() == []
    assert "dropped by hand" in command("list", "--all")
    with pytest.raises(CommandError, match="done already"):
        command("retry", str(message_id))


@pytest.mark.parametrize("action", ["retry", "drop"])
def test_an_unknown_message_is_an_error_and_the_others_are_still_served(action: str) -> None:
    message_id = a_dead_letter()
    with pytest.raises(CommandError, match="Nothing was changed about message 4711"):
        command(action, "4711", str(message_id))
    assert " by hand" in str(rows("SELECT last_error FROM outbox_messages")[0][0])


@pytest.mark.parametrize("action", ["retry", "drop"])
def test_a_message_being_delivered_is_not_touched(action: str) -> None:
    put("a")
    message = lease()[0]
    with pytest.raises(CommandError, match="being delivered right now"):
        command(action, str(message.id))
    assert outbox.mark_done(message)


def test_a_made_up_token_settles_nothing() -> None:
    put("a")
    real = lease()[0]
    forged: dict[str, Any] = {name: getattr(real, name) for name in ("id", "kind", "key")}
    message = LeasedMessage(**forged, payload={}, attempts=1, lease_token=uuid4())
    assert not outbox.mark_done(message)


def test_only_what_was_delivered_long_ago_is_forgotten() -> None:
    put("old", "new", "dead", "waiting")
    for message in lease():
        if message.key == "dead":
            outbox.mark_dead(message, "refused")
        elif message.key != "waiting":
            outbox.mark_done(message)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_messages SET created_at = created_at - interval '31 days',"
            " done_at = CASE WHEN key = 'old' THEN done_at - interval '31 days' ELSE done_at END"
        )
    assert (outbox.forget_done(), outbox.forget_done()) == (1, 0)
    left = rows("SELECT key FROM outbox_messages ORDER BY id")
    assert left == [("new",), ("dead",), ("waiting",)]
