"""The rooms of the library: which clips were filmed in front of the same background."""

from __future__ import annotations

from django.db import transaction

from modules.moves.models import MoveClipRow


@transaction.atomic
def group_into_rooms() -> None:
    """Name every clip's room anew; a new clip may join two rooms that were apart."""
    from engine.video.rooms import group_rooms  # numpy: only who imports pays

    rows = list(MoveClipRow.objects.only("clip_id", "background", "room"))
    rooms = group_rooms({row.clip_id: bytes(row.background) for row in rows})
    moved = [row for row in rows if row.room != rooms[row.clip_id]]
    for row in moved:
        row.room = rooms[row.clip_id]
    MoveClipRow.objects.bulk_update(moved, ["room"])
