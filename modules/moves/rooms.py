"""Rooms and scenes of the library: which clips were filmed in front of the same background."""

from __future__ import annotations

from django.db import transaction

from modules.moves.models import MoveClipRow


@transaction.atomic
def group_into_rooms() -> None:
    """Name every clip's room and scene anew; a new clip may join two that were apart."""
    from engine.video.rooms import SAME_SCENE, group_rooms  # numpy: only who imports pays

    rows = list(MoveClipRow.objects.only("clip_id", "background", "room", "scene"))
    backgrounds = {row.clip_id: bytes(row.background) for row in rows}
    rooms, scenes = group_rooms(backgrounds), group_rooms(backgrounds, at_most=SAME_SCENE)
    for row in rows:
        row.room, row.scene = rooms[row.clip_id], scenes[row.clip_id]
    MoveClipRow.objects.bulk_update(rows, ["room", "scene"])
