"""Addresses of videos, ours and others'."""

from uuid import UUID

import pytest

from modules.collections.contract import UnknownVideo
from modules.collections.tests.makers import a_finished_task, a_result
from modules.collections.video_urls import must_be_video_of, task_of_video_url

TASK = UUID("2c1f5a58-9b1e-4c57-8f55-0d3f4d1c2b3a")
KEY = f"choreographies/2026/11/{TASK}.mp4"
OLD_PATH = f"/srv/media/output/user_7/{TASK}.mp4"


@pytest.mark.parametrize(
    "address",
    [
        KEY,
        f"/{KEY}",
        OLD_PATH,
        f"/api/media/{KEY}?expires=1&signature=x",
        f"https://bachata.example/api/media/{KEY}?expires=1&signature=x#t=3",
        f"/api/media/choreographies%2F2026%2F11%2F{TASK}.mp4",
    ],
)
def test_a_link_or_path_of_a_video_leads_to_its_task(address: str) -> None:
    task = a_finished_task(user_id=7, result=a_result(TASK, video_path=OLD_PATH), task_id=TASK)
    assert task_of_video_url(address) == TASK
    must_be_video_of(task, address)


def test_a_later_claims_video_leads_to_the_task_too() -> None:
    key = KEY.replace(".mp4", "-2.mp4")
    task = a_finished_task(user_id=7, result=a_result(TASK, video_key=key), task_id=TASK)
    assert task_of_video_url(f"/api/media/{key}") == TASK
    must_be_video_of(task, f"/api/media/{key}")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.org/video.mp4",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        f"choreographies/2026/11/{TASK}.jpg",
        f"{KEY}/../../etc/passwd",
        "https://[broken",
        "x" * 3000 + KEY,
        f"?{KEY}",
        KEY.upper(),
    ],
)
def test_what_is_no_video_of_ours_leads_nowhere(address: str) -> None:
    with pytest.raises(UnknownVideo):
        task_of_video_url(address)


@pytest.mark.parametrize(
    "address",
    [
        f"choreographies/2026/12/{TASK}.mp4",
        f"choreographies/2026/11/{TASK}-9.mp4",
        f"{TASK}.mp4",
        f"/etc/{TASK}.mp4",
        f"xchoreographies/2026/11/{TASK}.mp4",
    ],
)
def test_the_address_must_be_the_tasks_own_video(address: str) -> None:
    assert task_of_video_url(address) == TASK
    with pytest.raises(UnknownVideo):
        must_be_video_of(a_finished_task(user_id=7, result=a_result(TASK)), address)
