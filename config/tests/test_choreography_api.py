"""The choreography routes as this installation serves them."""

from __future__ import annotations

import socket
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from config import wiring
from engine.planning.tests.test_timeline import a_plan, an_analysis
from engine.planning.timeline import timeline
from modules.choreography.adapters.gemini import GeminiQueryParser
from modules.choreography.build import build_query_parser
from modules.choreography.query_parser import parse_query
from modules.choreography.schemas import Timeline
from modules.songs.models import SongRow

ID = UUID("6f1f3d0e-93f5-4a6c-8a0e-0c6b8d1c2f77")
ROUTES = [
    ("post", "/choreography/generate"),
    ("get", "/choreography/tasks"),
    ("get", f"/choreography/tasks/{ID}"),
    ("get", f"/tasks/{ID}"),
    ("delete", f"/choreography/tasks/{ID}"),
    ("post", f"/choreography/tasks/{ID}/retry"),
    ("get", f"/choreography/tasks/{ID}/timeline"),
    ("post", "/choreography/parse-query"),
    ("post", "/moves/parse-query"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_is_there_and_asks_nobody_in(method: str, path: str, slash: str) -> None:
    answer = getattr(Client(), method)(f"/api{path}{slash}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_what_the_job_writes_is_the_timeline_that_was_promised() -> None:
    made = timeline(a_plan(), an_analysis(), title="Vibe")
    assert Timeline.model_validate(made).model_dump() == made


@pytest.mark.django_db
def test_a_song_is_found_by_its_address() -> None:
    song = SongRow.objects.create(
        title="Obsesión", artist="Aventura", content_hash="0" * 64, media_key="k", size_bytes=1
    )
    found = wiring.find_song(f"song:{song.id}", user_id=1)
    assert found == {"title": "Obsesión", "artist": "Aventura"}
    assert wiring.find_song(f"song:{ID}", user_id=1) is None
    SongRow.objects.update(owner_user_id=2)
    assert wiring.find_song(f"song:{song.id}", user_id=1) is None
    assert wiring.find_song(f"song:{song.id}", user_id=2) == found


def test_queries_are_parsed_by_rules_unless_there_is_a_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert build_query_parser(google_api_key="", gemini_model="any") is parse_query

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a connection was opened before anybody asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    parser = build_query_parser(google_api_key="a-key", gemini_model="any")
    assert isinstance(parser, GeminiQueryParser)
