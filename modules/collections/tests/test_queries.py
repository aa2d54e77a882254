"""Reading collections: whose, what is sought, in which order, and in numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from modules.choreography.tests.makers import a_user
from modules.collections.contract import MoveCount, SavedChoreographyNotFound
from modules.collections.queries import (
    ORDERINGS,
    count_items,
    get_item,
    get_statistics,
    list_items,
)
from modules.collections.tests.makers import (
    a_collection,
    a_finished_task,
    a_result,
    a_row_of_the_old_app,
    run_sql,
)

pytestmark = pytest.mark.django_db(transaction=True)


def saved(title: str, **more: Any) -> UUID:
    """Return the id of a kept video with this title."""
    words = {name: more.pop(name) for name in ("difficulty", "notes") if name in more}
    return a_collection().keep(a_finished_task(**more), title=title, **words).id


def titles(**chosen: Any) -> list[str]:
    """List the titles that a query gives, checking that as many are counted."""
    found = [item.title for item in list_items(user_id=a_user(), limit=100, **chosen)]
    chosen.pop("ordering", None)
    assert count_items(user_id=a_user(), **chosen) == len(found)
    return found


def test_rows_of_the_old_app_are_part_of_the_collection() -> None:
    old, ours = a_row_of_the_old_app(), saved("Ours")
    item = get_item(old, user_id=a_user())
    assert [found.id for found in list_items(user_id=a_user())] == [ours, old]
    assert (item.version, item.notes, item.task_id, item.video_key) == (0, "", None, None)
    assert item.music_info == {"title": "Propuesta Indecente", "bpm": 128.5}
    assert item.updated_at == item.created_at


def test_nobody_sees_anothers() -> None:
    mine = saved("Mine")
    assert list_items(user_id=a_user("bea")) == []
    assert count_items(user_id=a_user("bea")) == 0
    for item_id in (mine, uuid4()):
        with pytest.raises(SavedChoreographyNotFound):
            get_item(item_id, user_id=a_user("bea"))
    assert get_statistics(user_id=a_user("bea")).total_count == 0


@pytest.mark.parametrize(
    "sought",
    ["obsesion", "OBSESIÓN", "sesió", "obsesio\u0301n", "  ", "", None],
)
def test_search_knows_neither_case_nor_accents(sought: str | None) -> None:
    saved("Obsesión de Ñandú", song=None)
    assert titles(search=sought and sought.strip()) == ["Obsesión de Ñandú"]
    assert titles(search="nandu") == ["Obsesión de Ñandú"]
    assert titles(search="obsesionada") == []


def test_search_looks_at_title_notes_song_and_artist() -> None:
    saved("Title here", song=None)
    saved("b", notes="Some Notes", song=None)
    saved("c", song={"title": "A song", "artist": "The singer"})
    a_row_of_the_old_app(title="d", music_info={"artist": "Old singer"})
    assert titles(search="title H") == ["Title here"]
    assert titles(search="notes") == ["b"]
    assert titles(search="a SONG") == ["c"]
    assert titles(search="singer", ordering="title") == ["c", "d"]
    assert titles(search="here b") == []


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", "[", "."])
def test_no_sign_in_what_is_sought_means_more_than_itself(sign: str) -> None:
    saved("plain", song=None)
    saved(f"with {sign} in it", song=None)
    assert titles(search=sign) == [f"with {sign} in it"]


def test_a_search_and_a_difficulty_narrow_each_other() -> None:
    saved("Ana one", difficulty="advanced", song=None)
    saved("Ana two", song=None)
    saved("Bea", difficulty="advanced", song=None)
    assert titles(search="ana", difficulty="advanced") == ["Ana one"]
    assert sorted(titles(difficulty="advanced")) == ["Ana one", "Bea"]
    assert titles(difficulty="intermediate") == []


def test_every_ordering_and_its_reverse() -> None:
    days = timedelta(days=1)
    now = timezone.now()
    rows = [
        ("beta", "advanced", 30.0, now),
        ("Álamo", "beginner", 50.0, now - days),
        ("zeta", "intermediate", 10.0, now - 2 * days),
        ("alfa", "beginner", 40.0, now - 3 * days),
    ]
    for title, difficulty, duration, moment in rows:
        a_row_of_the_old_app(
            title=title, difficulty=difficulty, duration=duration, created_at=moment
        )
    expected = {
        "created_at": ["alfa", "zeta", "Álamo", "beta"],
        "title": ["Álamo", "alfa", "beta", "zeta"],
        "duration": ["zeta", "beta", "alfa", "Álamo"],
    }
    for name, order in expected.items():
        assert titles(ordering=name) == order
        assert titles(ordering=f"-{name}") == order[::-1]
    assert titles(ordering="difficulty")[2:] == ["zeta", "beta"]
    assert titles(ordering="-difficulty")[:2] == ["beta", "zeta"]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_fit_together_among_equals(ordering: str) -> None:
    moment = timezone.now()
    ids = {a_row_of_the_old_app(title="same", created_at=moment) for _ in range(7)}
    pages = [
        item.id
        for offset in range(0, 8, 2)
        for item in list_items(user_id=a_user(), ordering=ordering, limit=2, offset=offset)
    ]
    assert len(pages) == 7
    assert set(pages) == ids


def test_a_collection_in_numbers() -> None:
    long_ago = timezone.now() - timedelta(days=8)
    saved("a", difficulty="advanced")
    saved("b", result=a_result(uuid4(), move_labels={"turn": 5, "dip": 1, "basic": 2}))
    a_row_of_the_old_app(created_at=long_ago)
    found = get_statistics(user_id=a_user())
    assert (found.total_count, found.recent_count) == (3, 2)
    assert found.total_duration_s == 93.25 * 2 + 61.5
    assert found.by_difficulty == {"beginner": 1, "intermediate": 0, "advanced": 2}
    assert found.favorite_moves == (
        MoveCount(move_label="turn", count=7),
        MoveCount(move_label="basic", count=5),
        MoveCount(move_label="dip", count=1),
    )


def test_an_empty_collection_in_numbers() -> None:
    found = get_statistics(user_id=a_user())
    assert (found.total_count, found.total_duration_s, found.recent_count) == (0, 0.0, 0)
    assert found.by_difficulty == {"beginner": 0, "intermediate": 0, "advanced": 0}
    assert found.favorite_moves == ()


def test_what_was_removed_counts_no_more() -> None:
    item_id = saved("gone")
    a_collection().remove(item_id, user_id=a_user())
    deleted = saved("deleted by the old app")
    run_sql("DELETE FROM public.saved_choreographies WHERE id = %s", deleted)
    found = get_statistics(user_id=a_user())
    assert (found.total_count, found.favorite_moves) == (0, ())


@pytest.mark.parametrize("duration", [float("nan"), float("inf"), -1.0])
def test_a_duration_nobody_can_dance_is_none(duration: float) -> None:
    item_id = a_row_of_the_old_app(duration=duration)
    assert get_item(item_id, user_id=a_user()).duration_s == 0
    assert get_statistics(user_id=a_user()).total_duration_s == 0
