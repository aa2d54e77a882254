"""Events, outbox messages and projected rows in one transaction on Django's own connection."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Never

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from eventsourcing.persistence import ApplicationRecorder, Notification
from eventsourcing.persistence import StoredEvent as LibraryEvent

from modules.conflicts import ConcurrencyConflict, translated_conflicts
from modules.event_metadata import current_metadata
from modules.eventstore.contract import StoredEvent, StoreUnavailable, UnwritableEvent
from modules.eventstore.json_codec import to_json
from modules.eventstore.outbox import messages_to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from modules.eventstore.contract import OutboxMessage, Projection

COMMIT_ORDER_LOCK = int.from_bytes(b"bachata")

STORE = """
-- store: messages, then events; their statement trigger takes the commit-order lock
SELECT store_messages_and_events(%s, %s)
"""

STORE_AT_COMMIT = """
-- store_at_commit: messages now; events when the open transaction commits
SELECT store_messages_and_events_at_commit(%s, %s)
"""

FIND_VERSIONS = """
-- find_versions: who recorded these versions, in the order they were recorded
SELECT position, metadata ->> 'save_id' FROM stored_events
 WHERE (originator_id, originator_version) IN
       (SELECT * FROM unnest(%s::uuid[], %s::int[])) ORDER BY position
"""

SELECT_EVENTS = """
-- select_events: one aggregate, or a part of its versions
SELECT originator_id, originator_version, topic, state FROM stored_events
 WHERE originator_id = %(id)s AND originator_version > %(gt)s AND originator_version <= %(lte)s
 ORDER BY originator_version {direction} LIMIT %(limit)s
"""

SELECT_OWN_EVENTS = """
-- select_own_events: one aggregate, with what the open transaction has saved so far
SELECT originator_id, originator_version, topic, state FROM (
    SELECT originator_id, originator_version, topic, state FROM stored_events
     WHERE originator_id = %(id)s
     UNION ALL
    SELECT originator_id, originator_version, topic, state FROM events_to_commit
     WHERE originator_id = %(id)s) AS events
 WHERE originator_version > %(gt)s AND originator_version <= %(lte)s
 ORDER BY originator_version {direction} LIMIT %(limit)s
"""

SELECT_NOTIFICATIONS = """
-- select_notifications: the log in the order of commits
SELECT position, originator_id, originator_version, topic, state FROM stored_events
 WHERE position >= %(start)s AND position <= %(stop)s
   AND (%(topics)s::text[] IS NULL OR topic = ANY(%(topics)s)) ORDER BY position LIMIT %(limit)s
"""
MAX_POSITION = 2**63 - 1
MAX_VERSION = 2**31 - 1

ROLLED_BACK_BY_SERVER = ("40001", "40P01")
"""SQLSTATE of serialization failures and deadlocks: surely rolled back, worth another try."""
CONNECTION_LOST = ("08", "57P0")
"""SQLSTATE classes of broken connections and servers going down; libpq itself gives none."""
UNTRANSLATABLE_CHARACTER = "22P05"


@dataclass(frozen=True, slots=True)
class Save:
    """What one call of ``save`` stores; ``save_id`` tells its rows from anybody else's."""

    events: Sequence[StoredEvent]
    outbox: Sequence[OutboxMessage]
    save_id: str

    @classmethod
    def of(cls, events: Sequence[LibraryEvent], outbox: Sequence[OutboxMessage]) -> Save:
        """Take the library's events, with the metadata of this moment."""
        save_id = str(uuid.uuid4())
        metadata = {**current_metadata(), "save_id": save_id}
        stored = [
            StoredEvent(
                originator_id=_as_uuid(event.originator_id),
                originator_version=event.originator_version,
                topic=event.topic,
                state=json.loads(event.state),
                metadata=metadata,
            )
            for event in events
        ]
        return cls(events=stored, outbox=outbox, save_id=save_id)


class DjangoRecorder(ApplicationRecorder):
    """Records on the connection Django uses, so that one transaction covers everything.

    Parameters
    ----------
    projections : sequence of Projection
        Told of every event in its own transaction.
    """

    def __init__(self, projections: Sequence[Projection] = ()) -> None:
        self.projections = tuple(projections)

    def insert_events(
        self,
        stored_events: Sequence[LibraryEvent],
        *,
        outbox: Sequence[OutboxMessage] = (),
        **_: Any,
    ) -> list[int]:
        """Store events, messages and projected rows together; return the positions drawn.

        Runs and commits its own transaction. Joins one that is open: its events come into the
        log, and draw their positions, when it commits; none are returned then, and the COMMIT
        fails if another save recorded one of these versions meanwhile.

        Raises
        ------
        ConcurrencyConflict
            If another save recorded one of these versions.
        StoreUnavailable
            If the database is out of reach or too busy; saving again is safe.
        UnwritableEvent
            If PostgreSQL cannot hold a text, for instance one with a NUL.
        """
        save = Save.of(stored_events, outbox)
        if connection.in_atomic_block:
            self._join(save)
            return []
        return self._commit_surely(save)

    def _join(self, save: Save) -> None:
        try:
            with translated_conflicts(), transaction.atomic():
                self._project(save)
                _write(save, STORE_AT_COMMIT)
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable("the database did not answer") from error
        except DatabaseError as error:
            _refuse_unwritable(error)

    def _commit_surely(self, save: Save) -> list[int]:
        """Commit, and find out what became of it when the answer is lost."""
        for last_try in (False, False, True):
            try:
                return self._commit(save)
            except IntegrityError as error:
                return _own_positions(save, error)
            except (OperationalError, InterfaceError) as error:
                if positions := _after_failure(save, error):
                    return positions
                if last_try:
                    raise StoreUnavailable("the database does not hold a connection") from error
            except DatabaseError as error:
                _refuse_unwritable(error)
        raise AssertionError("unreachable: the last try returns or raises")

    def _commit(self, save: Save) -> list[int]:
        with transaction.atomic():
            self._project(save)
            # INSERT and COMMIT travel together: the commit-order lock, which all writers wait
            # for, is held while the server works and never while this process does. Leaving
            # `atomic` then finds nothing to commit, and runs what waits for the commit.
            return [position for (position,) in _write(save, STORE + "; COMMIT")]

    def _project(self, save: Save) -> None:
        for projection in self.projections:
            events = [event for event in save.events if event.topic in projection.topics]
            if events:
                projection.apply(events, into=projection.table)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[LibraryEvent]:
        """Read the events of one aggregate, or a part of its versions."""
        select = SELECT_OWN_EVENTS if connection.in_atomic_block else SELECT_EVENTS
        query = select.format(direction="DESC" if desc else "ASC")
        bounds = {
            "id": originator_id,
            "gt": 0 if gt is None else gt,
            "lte": MAX_VERSION if lte is None else lte,
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(query, bounds)
            return [
                LibraryEvent(id_, version, topic, state.encode())
                for id_, version, topic, state in cursor.fetchall()
            ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        """Read the log in the order of commits."""
        bounds = {
            "start": (start or 0) + (not inclusive_of_start),
            "stop": MAX_POSITION if stop is None else stop,
            "topics": list(topics) or None,
            "limit": limit,
        }
        with connection.cursor() as cursor:
            cursor.execute(SELECT_NOTIFICATIONS, bounds)
            return [
                Notification(id_, version, topic, state.encode(), position)
                for position, id_, version, topic, state in cursor.fetchall()
            ]

    def max_notification_id(self) -> int | None:
        """Return the last position; None in an empty store."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(position) FROM stored_events")
            row: tuple[int | None] = cursor.fetchone()
        return row[0]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Never:
        """Refuse: the library's subscription can lose a wake-up and never polls (9.5.6)."""
        raise NotImplementedError("read EventLog at position > n instead")


def _write(save: Save, statement: str) -> list[tuple[int]]:
    """Insert messages and events in one round trip; return what the statement answers."""
    events = [
        [e.originator_id, e.originator_version, e.topic, e.state, e.metadata] for e in save.events
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [messages_to_json(save.outbox), to_json(events)])
        return list(cursor.fetchall())


def _own_positions(save: Save, error: IntegrityError) -> list[int]:
    """Return the positions if the rows in the way are our own; else raise whose they are."""
    found = _find(save)
    if not found:
        raise error
    if any(save_id != save.save_id for _, save_id in found):
        versions = ", ".join(
            f"{e.originator_id} version {e.originator_version}" for e in save.events
        )
        raise ConcurrencyConflict(f"already recorded by somebody else: {versions}") from error
    return [position for position, _ in found]


def _after_failure(save: Save, error: Exception) -> list[int]:
    """Return the positions of a save whose answer was lost; none if trying again makes sense."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    if sqlstate in ROLLED_BACK_BY_SERVER:
        return []
    if sqlstate is not None and not sqlstate.startswith(CONNECTION_LOST):
        raise StoreUnavailable("the database is too busy") from error
    connection.close()
    try:
        with transaction.atomic():
            # The cut connection's backend may still be committing; it holds this lock till then.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COMMIT_ORDER_LOCK])
            found = _find(save)
    except (OperationalError, InterfaceError) as later:
        raise StoreUnavailable("the database cannot be reached") from later
    return [position for position, save_id in found if save_id == save.save_id]


def _find(save: Save) -> list[tuple[int, str]]:
    ids = [event.originator_id for event in save.events]
    versions = [event.originator_version for event in save.events]
    with connection.cursor() as cursor:
        cursor.execute(FIND_VERSIONS, [ids, versions])
        found: list[tuple[int, str]] = cursor.fetchall()
    return found


def _refuse_unwritable(error: DatabaseError) -> Never:
    if getattr(error.__cause__, "sqlstate", None) == UNTRANSLATABLE_CHARACTER:
        raise UnwritableEvent("PostgreSQL cannot hold one of the texts") from error
    raise error


def _as_uuid(originator_id: UUID | str) -> UUID:
    return originator_id if isinstance(originator_id, uuid.UUID) else uuid.UUID(originator_id)
