"""``public.saved_choreographies``: what dancers keep, in the old app's table and words.

The table is the old app's. What it deletes there stays deleted, and so does what its owner's
deletion took away. Rows it made on its own have no events, and are left alone until their owner
changes them through us.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from legacy_compat.class_plans import remove_from_class_plans
from legacy_compat.users import keep_user
from modules.collections.contract import Topic
from modules.eventstore.contract import StoredEvent
from modules.projecting import delete_row, insert_row, update_row


class SavedChoreographyRows:
    """Keeps our rows of the old app's table; a row is a function of its item's events."""

    table = "public.saved_choreographies"
    key = "id"
    all_rows_are_ours = False
    topics = frozenset(topic.value for topic in Topic)

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write each event's meaning, in order; runs in the events' own transaction."""
        for event in events:
            match event.topic:
                case Topic.CHOREOGRAPHY_SAVED | Topic.CHOREOGRAPHY_SAVED_AGAIN:
                    self._insert(event, into)
                case Topic.CHOREOGRAPHY_REVISED:
                    changes = {name: event.state[name] for name in ("title", "difficulty")}
                    update_row(into, key=self.key, key_value=event.originator_id, changes=changes)
                case Topic.CHOREOGRAPHY_REMOVED:
                    self._delete(event, into)

    @staticmethod
    def allowed_missing(shadow: str) -> str:
        """Return the SQL condition under which a row may be missing: always, it may be deleted."""
        return "true"

    def _insert(self, event: StoredEvent, into: str) -> None:
        # A replay has every row; live, only that of an owner who is still there.
        if into != self.table or keep_user(event.state["user_id"]):
            row = {"id": event.originator_id, **saved_row(event.state)}
            insert_row(into, key=self.key, values=row)

    def _delete(self, event: StoredEvent, into: str) -> None:
        if into == self.table:
            remove_from_class_plans(event.originator_id)
        delete_row(into, key=self.key, key_value=event.originator_id)


def saved_row(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row's columns, but for its key, as the event that saves it states them."""
    keepsake = state["keepsake"]
    return {
        "user_id": state["user_id"],
        "title": state["title"],
        "difficulty": state["difficulty"],
        "created_at": state["saved_at"] or state["timestamp"],
        "duration": keepsake["duration_s"],
        "video_path": keepsake["video_path"],
        "thumbnail_path": keepsake["thumbnail_path"],
        "music_info": _json(keepsake["music_info"]),
        "generation_parameters": _json(keepsake["generation_parameters"]),
    }


def _json(value: Any) -> Jsonb | None:
    """The old app's columns may hold any JSON, a bare text too."""
    return None if value is None else Jsonb(value)
