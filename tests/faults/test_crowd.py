"""Row 33 of the fault matrix: crowds that announce bodies, trickle them, or stop reading."""

from __future__ import annotations

import pytest

from tests.end_to_end.test_serve import serving
from tests.faults.crowd import UNLIMITED, Visitor, crowd
from tests.world import World

# One process drives the one installation.
pytestmark = pytest.mark.xdist_group("world")


def test_a_silent_and_trickling_crowd_closes_the_door_to_nobody(world: World) -> None:
    done = world.manage("migrate")
    assert done.returncode == 0, done.stderr
    with serving(world, "--workers", "2", "--no-dispatch", **UNLIMITED) as site:
        visitor = Visitor(site.port)
        visitor.arrive()
        with crowd(site.port, silent=500, trickling=500):
            visits = visitor.visit(times=5)
    assert visits.statuses == {"login": [200] * 5, "generate": [202] * 5}
