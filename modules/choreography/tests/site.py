"""The choreography routes as clients see them, with authenticators that open to test tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.test import Client
from django.utils import timezone

from modules.choreography.application import ChoreographyTasks
from modules.choreography.http import ChoreographyRoutes, build_router
from modules.choreography.job_queue import read_queue
from modules.choreography.ports import QueryParser
from modules.choreography.presenters import TaskPresenter
from modules.choreography.queries import find_typical_s
from modules.choreography.query_parser import parse_query
from modules.choreography.queue_estimate import CachedQueue
from modules.choreography.task_commands import TaskCommands
from modules.choreography.tests.makers import an_application
from modules.choreography.timelines import Timelines
from modules.media.adapters.folder import FolderStorage
from modules.web.tests.site import as_user, authenticators_for_tests, site_of

SONG_ID = UUID("0b0e7a3e-6f0e-4a0c-9a52-1d2f5b0c7c11")
SONG = f"song:{SONG_ID}"
BUCKET = "our-bucket"
WISHES = {"audio_input": SONG, "difficulty": "beginner"}


class CountingLinks:
    """Links that say what they open, and in which period."""

    def __init__(self) -> None:
        self.now = 1

    def link(self, key: str) -> str:
        """Return an address with the period in it."""
        return f"/api/media/{key}?period={self.now}"

    def period(self) -> int:
        """Return the period."""
        return self.now


class Shelf:
    """Songs, each visible to everybody or to one user."""

    def __init__(self) -> None:
        self.songs: dict[str, int | None] = {SONG: None}

    def __call__(self, address: str, *, user_id: int) -> Mapping[str, Any] | None:
        """Find a song that this user may see."""
        if self.songs.get(address, 0) not in (None, user_id):
            return None
        return {"title": "Obsesión", "artist": "Aventura"}


class Site:
    """A client of the routes, and what stands behind them."""

    def __init__(
        self,
        folder: Path,
        *,
        parse: QueryParser = parse_query,
        bucket: str = BUCKET,
        takes_youtube: bool = True,
    ) -> None:
        self.tasks: ChoreographyTasks = an_application()
        self.links, self.shelf, self.storage = CountingLinks(), Shelf(), FolderStorage(folder)
        self.commands = TaskCommands(
            tasks=self.tasks, find_song=self.shelf, bucket=bucket, takes_youtube=takes_youtube
        )
        self.queue = CachedQueue(
            read_queue=read_queue, find_typical_s=find_typical_s, max_age_s=0, typical_max_age_s=0
        )
        self.presenter = TaskPresenter(links=self.links, queue=self.queue, concurrency=1)
        self.urls = site_of({"": self._router(parse)})
        self.client = Client(raise_request_exception=False)

    def _router(self, parse: QueryParser) -> Any:
        return build_router(
            routes=ChoreographyRoutes(
                commands=self.commands,
                presenter=self.presenter,
                timelines=Timelines(storage=self.storage),
                parse_query=parse,
            ),
            auth=authenticators_for_tests(),
        )

    def get(self, path: str, user: int | None, **headers: str) -> Any:
        """Get a path as a user, or as nobody."""
        return self.client.get(f"/api{path}", headers=_headers(user, headers))

    def delete(self, path: str, user: int | None) -> Any:
        """Delete a path as a user, or as nobody."""
        return self.client.delete(f"/api{path}", headers=_headers(user, {}))

    def post(self, path: str, user: int | None, body: Any = None, **headers: str) -> Any:
        """Post JSON, or the bytes given, as a user or as nobody."""
        sent = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(
            f"/api{path}",
            b"" if body is None else sent,
            content_type="application/json",
            headers=_headers(user, headers),
        )

    def generate(self, user: int, **wishes: Any) -> UUID:
        """Have a choreography made; give its id."""
        answer = self.post("/choreography/generate", user, WISHES | wishes)
        assert answer.status_code == 202, answer.content
        return UUID(answer.json()["task_id"])

    def task(self, task_id: UUID, user: int) -> dict[str, Any]:
        """Read a task."""
        answer = self.get(f"/choreography/tasks/{task_id}", user)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found


def _headers(user: int | None, more: Mapping[str, str]) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return named | ({} if user is None else as_user(user))


def a_legacy_row(user_id: int, *, age_s: float = 0, task_id: str | None = None, **more: Any) -> str:
    """Write a row as the old application does; give its id."""
    made = timezone.now() - timedelta(seconds=age_s)
    values = {
        "task_id": task_id or str(uuid4()),
        "status": "running",
        "progress": 25,
        "stage": "analyzing",
        "message": "Analyzing music features...",
        "result": None,
        "error": None,
        "created_at": made,
        "updated_at": made,
        "user_id": user_id,
    } | more
    with connection.cursor() as cursor:
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        cursor.execute(
            f"INSERT INTO public.choreography_tasks ({columns}) VALUES ({marks})",  # noqa: S608
            list(values.values()),
        )
    return str(values["task_id"])


def event_count() -> int:
    """Count everything that was ever recorded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stored_events")
        row: tuple[int] = cursor.fetchone()
    return row[0]


def messages() -> list[str]:
    """Name the messages in the outbox, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM outbox_messages ORDER BY id")
        return [key for (key,) in cursor.fetchall()]
