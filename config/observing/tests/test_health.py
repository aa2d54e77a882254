"""Readiness and metrics, over HTTP and in the parts."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from config import wiring
from config.health import build_router
from config.observing import readiness, statistics
from config.observing.readiness import Part, ReadinessProbe
from modules.choreography.contract import GenerationParameters
from modules.media.adapters.folder import FolderStorage
from modules.web.tests.site import authenticators_for_tests, site_of

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "for-operators"
OK = Part(name="database", state="ok", detail="fine")
DOWN = Part(name="storage", state="down", detail="StorageFull")
LATE = Part(name="outbox", state="degraded", detail="late")


def site(settings: Any, *parts: Part, token: str = TOKEN) -> Client:
    """Serve the routes with these parts."""
    probe = ReadinessProbe(check=lambda: list(parts))
    router = build_router(auth=authenticators_for_tests(), probe=probe, metrics_token=lambda: token)
    settings.ROOT_URLCONF = site_of({"": router})
    return Client()


def test_it_is_ready_when_nothing_is_down(settings: Any) -> None:
    answer = site(settings, OK, LATE).get("/api/health/ready")
    assert answer.status_code == 200
    assert [part["state"] for part in answer.json()["parts"]] == ["ok", "degraded"]


def test_a_part_that_is_down_makes_it_503_and_is_named(settings: Any) -> None:
    answer = site(settings, OK, DOWN).get("/api/health/ready")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {"pointer": "database", "message": "ok: fine"},
        {"pointer": "storage", "message": "down: StorageFull"},
    ]


def test_a_check_that_hangs_is_told_in_time_and_not_repeated() -> None:
    release, checks = threading.Event(), []

    def hang() -> list[Part]:
        checks.append(1)
        release.wait(20)
        return [OK]

    probe = ReadinessProbe(check=hang, at_most_s=0.05)
    assert [part.state for part in probe.parts()] == ["down"]
    assert [part.state for part in probe.parts()] == ["down"]
    assert checks == [1]
    release.set()


def test_a_check_that_fails_is_down(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> list[Part]:
        raise RuntimeError("a bug")

    assert [part.state for part in ReadinessProbe(check=broken).parts()] == ["down"]


def test_everything_is_checked_once_a_second_at_most() -> None:
    checks: list[int] = []

    def check() -> list[Part]:
        checks.append(1)
        return [OK]

    probe = ReadinessProbe(check=check)
    for _ in range(50):
        probe.parts()
    assert len(checks) <= 3


def test_a_storage_that_cannot_be_written_is_down(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    parts = {p.name: p for p in readiness.check(lambda: FolderStorage(blocked / "media"))}
    assert parts["storage"].state == "down"
    assert parts["database"].state == "ok"


def test_a_missing_migration_is_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_migrations", lambda: frozenset({("web", "0099_new")}))
    parts = {p.name: p for p in readiness.check(lambda: FolderStorage(tmp_path))}
    assert (parts["database"].state, parts["database"].detail) == (
        "down",
        "1 migrations are missing",
    )


def test_the_storage_is_left_as_it_was(tmp_path: Path) -> None:
    readiness.check(lambda: FolderStorage(tmp_path))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [
        (TOKEN, f"Bearer {TOKEN}", 200),
        (TOKEN, f"Bearer {TOKEN}x", 401),
        (TOKEN, "Bearer é", 401),
        (TOKEN, f"Basic {TOKEN}", 401),
        (TOKEN, "", 401),
        ("", "Bearer ", 404),
        ("", f"Bearer {TOKEN}", 404),
    ],
)
def test_only_the_operator_sees_them(settings: Any, token: str, sent: str, status: int) -> None:
    headers = {"Authorization": sent} if sent else {}
    answer = site(settings, token=token).get("/api/metrics", headers=headers)
    assert answer.status_code == status
    assert (b"bachata_tasks" in answer.content) == (status == 200)


def test_routes_are_told_by_their_template(settings: Any) -> None:
    client = site(settings, OK)
    client.get(f"/api/{uuid4()}")
    text = client.get("/api/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content
    assert b'route="unrouted",status="404"' in text
    assert b"\nbachata_up 1.0\n" in text


@pytest.fixture
def a_task() -> str:
    """A task that waits for its job."""
    user = wiring.identity().ensure_user("ana", display_name="Ana")
    task_id = wiring.choreography().tasks.request(
        request_id=uuid4(),
        user_id=user.id,
        parameters=GenerationParameters(audio_input=f"song:{uuid4()}", difficulty="beginner"),
    )
    return str(task_id)


def test_tasks_and_messages_are_counted(a_task: str) -> None:
    found = statistics.read_statistics()
    assert found is not None
    assert found.tasks["requested"] == 1
    assert found.tasks["completed"] == 0
    assert (found.waiting, found.dead, found.drift) == (1, 0, 0)
    assert found.lag_s >= 0


@pytest.mark.parametrize(
    "damage",
    ["UPDATE task_views SET version = version + 1", "DELETE FROM task_views"],
)
def test_a_row_that_drifted_is_seen(a_task: str, damage: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(damage)
    found = statistics.read_statistics()
    assert found is not None
    assert found.drift == 1


def test_dead_letters_are_counted_apart(a_task: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_messages SET dead_at = clock_timestamp()")
    found = statistics.read_statistics()
    assert found is not None
    assert (found.waiting, found.dead, found.lag_s) == (0, 1, 0.0)
