"""``saved_views``: what of a saved choreography the old app's table has no column for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modules.collections.contract import Topic
from modules.eventstore.contract import StoredEvent
from modules.projecting import delete_row, insert_row, update_row

SNAPSHOT_COLUMNS = (
    "tempo_bpm",
    "move_labels",
    "relaxed",
    "video_key",
    "thumbnail_key",
    "timeline_key",
)


class SavedViews:
    """Keeps ``saved_views``; a row is a function of the item's events and nothing else."""

    table = "saved_views"
    key = "id"
    all_rows_are_ours = True
    topics = frozenset(topic.value for topic in Topic)

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write each event's meaning, in order; runs in the events' own transaction."""
        for event in events:
            item_id, state = event.originator_id, event.state
            news = {"version": event.originator_version, "updated_at": state["timestamp"]}
            match event.topic:
                case Topic.CHOREOGRAPHY_SAVED | Topic.CHOREOGRAPHY_SAVED_AGAIN:
                    insert_row(into, key=self.key, values={"id": item_id, **_saved(state), **news})
                case Topic.CHOREOGRAPHY_REVISED:
                    changes = {"notes": state["notes"], **news}
                    update_row(into, key=self.key, key_value=item_id, changes=changes)
                case Topic.CHOREOGRAPHY_REMOVED:
                    delete_row(into, key=self.key, key_value=item_id)

    @staticmethod
    def allowed_missing(shadow: str) -> str:
        """Return the SQL condition under which a row is allowed to be missing: never."""
        return "false"


def _saved(state: Mapping[str, Any]) -> dict[str, Any]:
    snapshot = {name: state["keepsake"][name] for name in SNAPSHOT_COLUMNS}
    return {name: state[name] for name in ("user_id", "task_id", "origin", "notes")} | snapshot
