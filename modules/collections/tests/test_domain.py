"""What can happen to a saved choreography, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from modules.choreography.contract import UnknownDifficulty
from modules.collections.contract import (
    MAX_NOTES,
    MAX_TITLE,
    NothingToSave,
    Origin,
    SavedChoreographyNotFound,
    UnusableNotes,
    UnusableTitle,
)
from modules.collections.domain import (
    Details,
    SavedChoreography,
    adopt_row,
    checked_details,
    id_of,
    save_task,
)
from modules.collections.snapshot import ChoreographySnapshot, snapshot_of, title_of
from modules.collections.tests.makers import a_finished_task, a_result
from modules.errors import DomainError

TASK = UUID("2c1f5a58-9b1e-4c57-8f55-0d3f4d1c2b3a")
VIDEO = ChoreographySnapshot(
    duration_s=93.25, music_info=None, generation_parameters=None, video_path="x.mp4"
)
DETAILS = Details(title="First dance", difficulty="beginner", notes="Slowly.")


def an_item(**more: str) -> SavedChoreography:
    return save_task(
        user_id=7,
        task_id=TASK,
        origin=Origin.DANCER,
        details=DETAILS._replace(**more),
        snapshot=VIDEO,
    )


def news(item: SavedChoreography) -> list[str]:
    return [type(event).TOPIC.partition(".")[2] for event in item.collect_events()]


def test_the_id_is_a_function_of_user_and_task() -> None:
    assert id_of(user_id=7, task_id=TASK) == an_item().id == id_of(user_id=7, task_id=TASK)
    assert id_of(user_id=8, task_id=TASK) != an_item().id != id_of(user_id=7, task_id=uuid4())
    # Frozen: a changed rule would save every task a second time.
    assert id_of(user_id=7, task_id=TASK) == UUID("ae58b21c-5680-5dac-ac3f-d2e93ca00615")


def test_details_are_revised_one_by_one_and_no_change_is_no_event() -> None:
    item = an_item()
    item.collect_events()
    item.revise(title=" First dance ", difficulty="beginner")
    item.revise()
    assert news(item) == []
    item.revise(notes="Faster!")
    assert item.details == ("First dance", "beginner", "Faster!")
    item.revise(title="Second", notes="")
    assert item.details == ("Second", "beginner", "")
    assert news(item) == ["ChoreographyRevised"] * 2


def test_what_is_removed_can_neither_be_revised_nor_removed() -> None:
    item = an_item()
    item.remove()
    item.collect_events()
    for command in (
        item.remove,
        item.revise,
        lambda: item.adopt_details(title="x", difficulty="y"),
    ):
        with pytest.raises(SavedChoreographyNotFound):
            command()
    assert news(item) == []


def test_what_is_removed_can_be_saved_again_under_its_id() -> None:
    item = an_item()
    item.save_again(origin=Origin.DANCER, details=DETAILS, snapshot=VIDEO)  # kept already: no news
    item.remove()
    item.save_again(origin=Origin.DANCER, details=DETAILS._replace(title="Again"), snapshot=VIDEO)
    assert (item.details[0], item.is_removed, item.version) == ("Again", False, 3)
    assert news(item) == ["ChoreographySaved", "ChoreographyRemoved", "ChoreographySavedAgain"]


def test_only_the_owner_sees_it() -> None:
    an_item().must_belong_to(7)
    with pytest.raises(SavedChoreographyNotFound):
        an_item().must_belong_to(8)


def test_the_details_of_the_old_app_are_taken_as_they_are() -> None:
    item = adopt_row(
        item_id=uuid4(),
        user_id=7,
        saved_at=datetime(2024, 1, 1, tzinfo=UTC),
        title="",
        difficulty="unheard of",
        snapshot=VIDEO,
    )
    item.adopt_details(title="", difficulty="unheard of")
    assert news(item) == ["ChoreographySaved"]
    item.adopt_details(title="New", difficulty="unheard of")
    [revised] = item.collect_events()
    assert (revised.origin, item.details) == ("old app", ("New", "unheard of", ""))


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        ({"title": ""}, UnusableTitle),
        ({"title": " \u2003 "}, UnusableTitle),
        ({"title": "x" * (MAX_TITLE + 1)}, UnusableTitle),
        ({"title": "two\nlines"}, UnusableTitle),
        ({"title": "nul\x00"}, UnusableTitle),
        ({"title": "half \ud800"}, UnusableTitle),
        ({"title": "line\u2028separator"}, UnusableTitle),
        ({"difficulty": "impossible"}, UnknownDifficulty),
        ({"notes": "x" * (MAX_NOTES + 1)}, UnusableNotes),
        ({"notes": "bell\x07"}, UnusableNotes),
        ({"notes": "half \udc00"}, UnusableNotes),
    ],
)
def test_details_nobody_can_show_are_refused_and_nothing_is_recorded(
    details: dict[str, str], refusal: type[DomainError]
) -> None:
    item = an_item()
    item.collect_events()
    with pytest.raises(refusal):
        item.revise(**details)
    assert (news(item), item.details) == ([], DETAILS)
    with pytest.raises(refusal):
        an_item(**details)


def test_any_writing_and_any_picture_is_a_title() -> None:
    title = "Bachata\u00a0für 👩‍👩‍👧 · ñandú · Любовь · 愛"
    assert checked_details(Details(title, "advanced", "a\r\nb\tc\u2028d"))[::2] == (
        title,
        "a\nb\tc\u2028d",
    )


@pytest.mark.parametrize(
    ("song", "found", "title"),
    [
        ({"title": " Obsesión "}, None, "Obsesión"),
        (None, {"title": "As the job heard it"}, "As the job heard it"),
        ({"title": ""}, {"title": "Second choice"}, "Second choice"),
        ({"title": 7}, None, "Choreography"),
        (None, None, "Choreography"),
        ({"title": "x" * 300}, None, "x" * MAX_TITLE),
        ({"title": "a\nb\x07c \ud800"}, None, "a bc"),
    ],
)
def test_without_a_title_it_is_called_as_its_song(song: object, found: object, title: str) -> None:
    task = a_finished_task(user_id=7, song=song, result=a_result(TASK, song=found))
    assert title_of(task) == title
    assert checked_details(Details(title_of(task), "beginner", ""))


def test_music_and_wishes_are_kept_in_the_old_apps_words() -> None:
    task = a_finished_task(user_id=7, task_id=TASK)
    kept = snapshot_of(task)
    assert kept.music_info == {
        "source": task.audio_input,
        "difficulty": "beginner",
        "energy_level": "high",
        "title": "Obsesión",
        "artist": "Ana y Bea",
        "tempo": 125.0,
        "bpm": 125.0,
    }
    assert kept.generation_parameters == {
        "difficulty": "beginner",
        "audio_input": task.audio_input,
        "energy_level": "high",
        "task_id": str(TASK),
    }
    assert (kept.duration_s, kept.thumbnail_path) == (93.25, None)


@pytest.mark.parametrize("video_path", [None, "", 7, "x" * 501])
def test_without_a_video_there_is_nothing_to_save(video_path: object) -> None:
    with pytest.raises(NothingToSave):
        snapshot_of(a_finished_task(user_id=7, result=a_result(TASK, video_path=video_path)))


def test_a_job_that_talks_nonsense_costs_figures_and_no_more() -> None:
    result = a_result(TASK) | {
        "duration": float("nan"),
        "tempo_bpm": "fast",
        "move_labels": {"basic": "often", "turn": 2, "dip": True},
        "relaxed": None,
        "video_key": 7,
        "song": [],
    }
    kept = snapshot_of(a_finished_task(user_id=7, song=None, result=result))
    assert (kept.duration_s, kept.tempo_bpm, kept.move_labels) == (0.0, None, {"turn": 2})
    assert (kept.relaxed, kept.video_key) == ((), None)
