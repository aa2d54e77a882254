"""Requests that may be made twice and are done once, by their Idempotency-Key."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any

from django.db import connection, transaction
from ninja import Header

from modules.conflicts import translated_conflicts
from modules.web.errors import IdempotencyKeyReused, RequestInFlight
from modules.web.request_context import caller_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse
    from pydantic import BaseModel

    from modules.web.contract import CommandResponse

HOURS_KEPT = 24
REPLAYED = "Idempotency-Replayed"
"""The header of an answer that was given before."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key and body gives the first answer for 24 hours, and does nothing.",
    ),
]

TRY_LOCK = """
-- try_lock: until the transaction ends, nobody else answers this key
SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0))
"""

FIND = """
-- find_first: the first answer to this key, if it is not too old
SELECT body_hash, status, answer, headers FROM first_answers
 WHERE user_id = %(user_id)s AND operation = %(operation)s AND key = %(key)s
   AND answered_at > clock_timestamp() - make_interval(hours => %(hours)s)
"""

KEEP = """
-- keep_first: keep the answer; one that is too old is replaced
INSERT INTO first_answers (user_id, operation, key, body_hash, status, answer, headers)
VALUES (%(user_id)s, %(operation)s, %(key)s, %(body_hash)s, %(status)s, %(answer)s, %(headers)s)
    ON CONFLICT ON CONSTRAINT first_answers_key_is_unique DO UPDATE
   SET body_hash = excluded.body_hash, status = excluded.status, answer = excluded.answer,
       headers = excluded.headers, answered_at = clock_timestamp()
"""

FORGET = """
-- forget_old: answers nobody can ask for again
DELETE FROM first_answers
 WHERE answered_at < clock_timestamp() - make_interval(hours => %(hours)s)
"""


def run_idempotent[T: BaseModel](
    request: HttpRequest,
    response: HttpResponse,
    *,
    operation: str,
    key: str | None,
    body: BaseModel,
    command: Callable[[], CommandResponse[T]],
) -> tuple[int, T]:
    """Do what is asked, or give the answer it got the first time.

    Parameters
    ----------
    key : str, optional
        The request's Idempotency-Key; without one the command is simply run.
    command : callable
        Gives status, answer and headers. It runs in one transaction with the keeping of its
        answer: a crash leaves both or neither. A refusal is not kept, so it may be tried again.

    Raises
    ------
    IdempotencyKeyReused
        If the key was used with another body in the last 24 hours.
    RequestInFlight
        If the same request is being answered at this moment.
    """
    if key is None:
        status, answer, headers = command()
    else:
        with translated_conflicts(), transaction.atomic():
            status, answer, headers = _once(request, operation, key, body, command)
    for name, value in headers.items():
        response[name] = value
    return status, answer


def _once[T: BaseModel](
    request: HttpRequest,
    operation: str,
    key: str,
    body: BaseModel,
    command: Callable[[], CommandResponse[T]],
) -> CommandResponse[Any]:
    user_id = caller_of(request).user_id
    place: dict[str, Any] = {"user_id": user_id, "operation": operation, "key": key}
    body_hash = _hash(body)
    _lock(f"first_answers:{user_id}:{operation}:{key}")
    first = _find(place)
    if first is not None:
        if first[0] != body_hash:
            raise IdempotencyKeyReused("This Idempotency-Key was used with another request.")
        return first[1], first[2], {**first[3], REPLAYED: "true"}
    status, answer, headers = command()
    kept: dict[str, Any] = {
        "status": status,
        "answer": answer.model_dump_json(),
        "headers": json.dumps(dict(headers)),
        "body_hash": body_hash,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, place | kept)
    return status, answer, headers


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, {"name": name})
        if not cursor.fetchone()[0]:
            raise RequestInFlight("The same request is being answered right now.")


def _find(place: Mapping[str, Any]) -> tuple[str, int, Any, dict[str, str]] | None:
    with connection.cursor() as cursor:
        cursor.execute(FIND, {**place, "hours": HOURS_KEPT})
        row = cursor.fetchone()
    if row is None:
        return None
    body_hash, status, answer, headers = row
    return body_hash, status, _parsed(answer), _parsed(headers)


def _parsed(value: Any) -> Any:
    # Django's connection leaves jsonb as text.
    return json.loads(value) if isinstance(value, str) else value


def _hash(body: BaseModel) -> str:
    canonical = json.dumps(body.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def forget_old_responses() -> int:
    """Remove answers older than a day; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"hours": HOURS_KEPT})
        return int(cursor.rowcount)
