"""``manage.py choreograph``: what would be danced, and why."""

from __future__ import annotations

import pytest

from tests.world import World

pytestmark = pytest.mark.xdist_group("world")


def test_a_choreography_is_explained_without_being_made(ready_world: World) -> None:
    song = next((ready_world.folder / "demo" / "song").glob("*.*"))
    done = ready_world.manage("choreograph", song, "--explain", "--difficulty", "beginner")
    assert done.returncode == 0, done.stderr
    assert "basic" in done.stdout.lower()
