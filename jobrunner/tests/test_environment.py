"""A job's orders: what its environment says, and what the task itself says where that is silent."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from jobrunner.environment import ConfigurationError, parse_environment, parse_song_id
from modules.choreography.contract import Phase, TaskView


def a_task(*, camera: str) -> TaskView:
    """Make a task that waits for its job."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return TaskView(
        task_id=uuid4(),
        user_id=7,
        version=1,
        phase=Phase.REQUESTED,
        status="started",
        progress=0,
        stage="initializing",
        message="",
        attempt=1,
        fence=0,
        job_execution_name=None,
        claimed=False,
        audio_input=f"song:{uuid4()}",
        difficulty="beginner",
        energy_level=None,
        style=None,
        camera=camera,
        seed=None,
        song=None,
        result=None,
        error_code=None,
        error=None,
        created_at=now,
        updated_at=now,
    )


@pytest.mark.parametrize(
    ("environment", "camera"),
    [({"CAMERA": "stay"}, "stay"), ({"CAMERA": ""}, "change"), ({}, "change")],
)
def test_the_camera_is_as_the_environment_says_else_as_the_task(
    environment: dict[str, str], camera: str
) -> None:
    spec = parse_environment(environment, a_task(camera="change"))
    assert spec.wishes.camera == camera


def test_a_song_to_analyse_is_another_order() -> None:
    song = "0b6f3c3e-6a55-4f0c-9d8a-1f1f6f1c2d3e"

    assert parse_song_id({"SONG_ID": song}) == UUID(song)
    assert parse_song_id({"SONG_ID": "", "TASK_ID": song}) is None
    with pytest.raises(ConfigurationError, match="SONG_ID is 'x'"):
        parse_song_id({"SONG_ID": "x"})
