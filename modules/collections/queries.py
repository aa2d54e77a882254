"""Read collections: the old app's rows, with what we know of them beside.

Text is compared without case and accents by what PostgreSQL has without extensions: it is
decomposed (NFKD), combining marks are dropped, and the rest is lower-cased by the database's own
locale (under the locale C that is A to Z, which after the first two steps is nearly all Latin
writing). The text sought goes the same way, and is looked for with ``strpos``: no sign in it means
anything but itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from engine.contract import DIFFICULTIES
from legacy_compat.schema import qualified
from modules.collections.contract import (
    MoveCount,
    Origin,
    SavedChoreographyNotFound,
    SavedItem,
    Statistics,
)
from modules.collections.domain import NOT_THERE

ROWS = qualified("saved_choreographies")
FAVORITES = 5
RECENT_DAYS = 7


def _folded(text: str) -> str:
    marks = r"'[\u0300-\u036f]+'"
    return f"lower(regexp_replace(normalize({text}, NFKD), {marks}, '', 'g'))"


_LEVEL = f"array_position(ARRAY{list(DIFFICULTIES)}::text[], s.difficulty::text)"
_SORTED = {
    "created_at": "s.created_at",
    "title": _folded("s.title"),
    "difficulty": _LEVEL,
    "duration": "s.duration",
}
ORDERINGS: Mapping[str, str] = {
    f"{sign}{name}": f"{column} {direction}, s.id"
    for name, column in _SORTED.items()
    for sign, direction in (("", "ASC"), ("-", "DESC"))
}
"""What a list can be ordered by; the id decides between equals, so that pages fit together."""

_FROM = f"""
  FROM {ROWS} AS s LEFT JOIN saved_views AS v ON v.id = s.id AND v.user_id = s.user_id
 WHERE s.user_id = %(user_id)s
"""
_CHOSEN = f"""
   AND (%(difficulty)s::text IS NULL OR s.difficulty = %(difficulty)s)
   AND (%(search)s::text IS NULL OR strpos({
    _folded('''concat_ws(chr(10), s.title, v.notes,
            s.music_info ->> 'title', s.music_info ->> 'artist')''')
},
            {_folded("%(search)s")}) > 0)
"""

# A double may hold NaN or infinity, which JSON cannot: NaN sorts above everything.
_DURATION = "CASE WHEN s.duration BETWEEN 0 AND 1e9 THEN s.duration ELSE 0 END"

SELECT_ITEMS = f"""
-- select_items: what a user keeps
SELECT s.id, s.user_id, s.title, s.difficulty, {_DURATION} AS duration_s, s.music_info,
       s.generation_parameters, s.video_path, s.thumbnail_path, s.created_at,
       coalesce(v.updated_at, s.created_at) AS updated_at, coalesce(v.version, 0) AS version,
       coalesce(v.version, 0) || '-' || left(md5(s::text), 8) AS seen,
       coalesce(v.origin, '{Origin.OLD_APP}') AS origin, v.task_id, coalesce(v.notes, '') AS notes,
       v.tempo_bpm, coalesce(v.relaxed, '[]') AS relaxed, v.video_key, v.thumbnail_key,
       v.timeline_key
{_FROM}
"""
SELECT_ONE = f"{SELECT_ITEMS} AND s.id = %(item_id)s"
COUNT_ITEMS = f"-- count_items\nSELECT count(*) {_FROM} {_CHOSEN}"

SELECT_NUMBERS = f"""
-- select_numbers: how much, how new, how hard
SELECT s.difficulty, count(*), sum({_DURATION}),
       count(*) FILTER (WHERE s.created_at > clock_timestamp() - make_interval(days => %(days)s))
{_FROM} GROUP BY s.difficulty
"""
SELECT_MOVES = f"""
-- select_moves: what is danced most, in what is kept now
SELECT danced.key, sum(danced.value::int)
  FROM (SELECT v.move_labels {_FROM}) AS mine, jsonb_each_text(mine.move_labels) AS danced
 GROUP BY danced.key ORDER BY 2 DESC, 1 LIMIT %(limit)s
"""  # noqa: S608 the parts are this module's own

FIND_KEPT = f"""
-- find_kept: a task's video among what a user keeps, whoever saved it
SELECT s.id FROM {ROWS} AS s
 WHERE s.user_id = %(user_id)s
   AND (s.id = %(item_id)s OR s.generation_parameters ->> 'task_id' = %(task_id)s)
 ORDER BY s.created_at, s.id LIMIT 1
"""  # noqa: S608 the parts are this module's own

LOCK_ROW = f"""
-- lock_row: nobody else changes it until the transaction ends
SELECT FROM {ROWS} WHERE id = %(item_id)s AND user_id = %(user_id)s FOR UPDATE
"""


def get_item(item_id: UUID, *, user_id: int) -> SavedItem:
    """Return one of the user's saved choreographies.

    Raises
    ------
    SavedChoreographyNotFound
        Also for somebody else's.
    """
    found = _items(SELECT_ONE, {"item_id": item_id, "user_id": user_id})
    if not found:
        raise SavedChoreographyNotFound(NOT_THERE)
    return found[0]


def list_items(
    *,
    user_id: int,
    search: str | None = None,
    difficulty: str | None = None,
    ordering: str = "-created_at",
    limit: int = 20,
    offset: int = 0,
) -> list[SavedItem]:
    """Return a user's saved choreographies; ``ordering`` is one of ``ORDERINGS``.

    ``search`` is sought in title, notes, and the song's title and artist.
    """
    query = (
        f"{SELECT_ITEMS} {_CHOSEN} ORDER BY {ORDERINGS[ordering]} LIMIT %(limit)s OFFSET %(offset)s"
    )
    chosen = {"search": search or None, "difficulty": difficulty}
    return _items(query, {"user_id": user_id, "limit": limit, "offset": offset} | chosen)


def count_items(*, user_id: int, search: str | None = None, difficulty: str | None = None) -> int:
    """Count what ``list_items`` would return without limit."""
    chosen = {"user_id": user_id, "search": search or None, "difficulty": difficulty}
    return int(_rows(COUNT_ITEMS, chosen)[0][0])


def get_statistics(*, user_id: int) -> Statistics:
    """Return a user's collection in numbers, all of one moment each."""
    numbers = _rows(SELECT_NUMBERS, {"user_id": user_id, "days": RECENT_DAYS})
    moves = _rows(SELECT_MOVES, {"user_id": user_id, "limit": FAVORITES})
    return Statistics(
        total_count=sum(count for _, count, _, _ in numbers),
        total_duration_s=round(float(sum(duration_s for _, _, duration_s, _ in numbers)), 3),
        recent_count=sum(recent for *_, recent in numbers),
        by_difficulty=dict.fromkeys(DIFFICULTIES, 0)
        | {difficulty: count for difficulty, count, _, _ in numbers},
        favorite_moves=tuple(MoveCount(move_label=label, count=int(n)) for label, n in moves),
    )


def find_kept(*, item_id: UUID, task_id: UUID, user_id: int) -> UUID | None:
    """Return the id of the row that has the id or names the task, or None."""
    chosen = {"item_id": item_id, "user_id": user_id, "task_id": str(task_id)}
    found = _rows(FIND_KEPT, chosen)
    return found[0][0] if found else None


def lock_item(item_id: UUID, *, user_id: int) -> SavedItem:
    """Return an item that nobody else changes or deletes until the open transaction ends.

    Raises
    ------
    SavedChoreographyNotFound
    """
    with connection.cursor() as cursor:
        # The mode in which the row will be written, taken first: a rebuild of the table then
        # comes before all of this or after it, never in between.
        cursor.execute(f"LOCK TABLE {ROWS} IN ROW EXCLUSIVE MODE")
        cursor.execute(LOCK_ROW, {"item_id": item_id, "user_id": user_id})
    return get_item(item_id, user_id=user_id)


def _items(query: str, parameters: Mapping[str, Any]) -> list[SavedItem]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        names = [column.name for column in cursor.description]
        return [_item(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _item(row: dict[str, Any]) -> SavedItem:
    for name in ("music_info", "generation_parameters"):
        row[name] = _parsed(row[name])
    row["relaxed"] = tuple(_parsed(row["relaxed"]))
    return SavedItem(**{**row, "origin": Origin(row["origin"])})


def _parsed(value: Any) -> Any:
    # Django's connection leaves jsonb as text.
    return json.loads(value) if isinstance(value, str) else value


def _rows(query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
