"""Moves over HTTP: what is active, filtered by terms, ordered by words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from modules.media.adapters.memory import MemoryStorage
from modules.media.http import build_router as build_media_router
from modules.media.links import HmacLinks
from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.application import PREPARATION_VERSION
from modules.moves.contract import MoveClip, MoveQuery, ScoredMove
from modules.moves.http import build_router
from modules.moves.models import MoveClipRow
from modules.moves.ports import MoveIndex
from modules.moves.queries import MoveCatalogue
from modules.moves.rows import values_of
from modules.moves.search import MoveTerms
from modules.moves.tests.makers import a_document, all_vectors
from modules.web.tests.site import as_user, authenticators_for_tests, site_of

pytestmark = pytest.mark.django_db

USER, OTHER, INSTRUCTOR = as_user(7), as_user(8), as_user(9, is_instructor=True)
SEARCH = "/api/moves/search"
CLIPS: list[tuple[str, dict[str, Any], float]] = [
    ("basic_1", {"move_label": "basic_step"}, 0.0),
    ("basic_2", {"move_label": "basic_step", "energy_level": "high"}, 0.2),
    ("dip_1", {"move_label": "dips", "difficulty": "advanced", "notes": "slow"}, 1.0),
    ("roll_1", {"move_label": "body_roll", "difficulty": "intermediate"}, 0.9),
    ("turn_1", {"move_label": "lady_left_turn", "difficulty": "intermediate"}, 0.5),
]


def a_clip(clip_id: str, **values: Any) -> MoveClip:
    """A clip that could be danced."""
    beats_s = tuple(0.25 + 0.5 * i for i in range(12))
    known: dict[str, Any] = {
        "move_label": "basic_step",
        "difficulty": "beginner",
        "energy_level": "medium",
        "notes": "",
    } | values
    return MoveClip(
        clip_id=clip_id,
        content_hash="x",
        name=known["move_label"].replace("_", " ").capitalize(),
        lead_follow_roles="both",
        annotated_tempo_bpm=None,
        tempo_bpm=120.004,
        tempo_source="sound",
        beats_s=beats_s,
        keyframes_s=beats_s,
        duration_s=6.15,
        mezzanine_key=f"moves/{clip_id}/1.mp4",
        thumbnail_key=f"moves/{clip_id}/1.jpg",
        **known,
    )


@pytest.fixture
def index(db: None) -> MoveIndex:
    """The index in the database, empty."""
    return ExactMoveIndex()


@pytest.fixture
def client(index: MoveIndex, settings: Settings, tmp_path: Path) -> Client:
    """The site, with five moves."""
    storage = MemoryStorage()
    for clip_id, values, angle in CLIPS:
        clip = a_clip(clip_id, **values)
        MoveClipRow.objects.create(
            clip_id=clip_id, preparation=PREPARATION_VERSION, **values_of(clip)
        )
        terms = {key: value for key, value in values.items() if key != "notes"}
        index.put(a_document(clip_id, vectors=all_vectors(audio=angle, text=angle), **terms))
        for key in (clip.mezzanine_key, clip.thumbnail_key):
            (tmp_path / "file").write_text(key)
            storage.put(key, tmp_path / "file")
    auth, links = authenticators_for_tests(), HmacLinks()
    catalogue = MoveCatalogue(index=index)
    settings.ROOT_URLCONF = site_of(
        {
            "/moves": build_router(catalogue=catalogue, links=links, auth=auth),
            "/media": build_media_router(storage=storage, links=links, auth=auth),
        }
    )
    return Client()


def found(client: Client, **query: object) -> list[str]:
    """The clip ids of a search, in order."""
    response = client.get(SEARCH, query, headers=USER)
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["count"] == len(answer["results"])
    scores = [move["score"] for move in answer["results"]]
    assert all(0 <= later <= earlier <= 1 for earlier, later in pairwise(scores))
    return [move["clip_id"] for move in answer["results"]]


def test_without_wishes_everything_comes_the_most_typical_first(client: Client) -> None:
    assert found(client) == ["turn_1", "basic_2", "roll_1", "dip_1", "basic_1"]
    assert found(client, q="") == found(client)


@pytest.mark.parametrize(
    ("query", "clips"),
    [
        ({"difficulty": "beginner"}, {"basic_1", "basic_2"}),
        ({"difficulty": "intermediate"}, {"roll_1", "turn_1"}),
        ({"energy_level": "high"}, {"basic_2"}),
        ({"move_label": "dips"}, {"dip_1"}),
        ({"move_label": "dips", "difficulty": "beginner"}, set()),
        ({"difficulty": "beginner", "energy_level": "medium"}, {"basic_1"}),
        ({"move_label": "nothing"}, set()),
        ({"move_label": "dips' OR 1=1 --"}, set()),
        ({"q": "dip", "difficulty": "beginner"}, {"basic_1", "basic_2"}),
    ],
)
def test_terms_filter_and_nothing_is_relaxed(client, query, clips: set[str]) -> None:
    assert set(found(client, **query)) == clips


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("caída", "dip_1"),
        ("a slow dip, please", "dip_1"),
        ("vuelta", "turn_1"),
        ("SENSUAL", "roll_1"),
        ("high energy basics", "basic_2"),
    ],
)
def test_words_in_two_languages_order(client: Client, words: str, first: str) -> None:
    answer = found(client, q=words)
    assert answer[0] == first
    assert len(answer) == len(CLIPS)


@pytest.mark.parametrize(
    "words", ["zzxxyy", "¿?", "舞", "'; TRUNCATE move_clips; --", "%", "🕺" * 90]
)
def test_words_that_nobody_knows_change_nothing(client: Client, words: str) -> None:
    assert found(client, q=words) == found(client)


def test_a_limit_keeps_the_best(client: Client) -> None:
    assert found(client, q="dip", limit=1) == ["dip_1"]
    assert found(client, limit=2) == found(client)[:2]


def test_the_terms_are_the_index_s_to_filter_by(client: Client, index: MoveIndex) -> None:
    class Watched(ExactMoveIndex):
        """Notes what it was asked."""

        def search(self, query: MoveQuery) -> list[ScoredMove]:
            """Search, and note."""
            asked.append(query)
            return super().search(query)

    asked: list[MoveQuery] = []
    catalogue = MoveCatalogue(index=Watched())
    catalogue.search(MoveTerms(difficulty="advanced", energy_level="medium"), limit=5)
    (query,) = asked
    assert query.difficulties == {"advanced"}
    assert query.energies == {"medium"}
    assert query.clip_ids == {clip_id for clip_id, _, _ in CLIPS}


def test_a_move_is_shown_with_all_that_is_known(client: Client) -> None:
    shown = client.get("/api/moves/dip_1", headers=USER).json()
    links = {shown.pop("thumbnail_url"), shown.pop("preview_url")}
    assert shown == {
        "clip_id": "dip_1",
        "name": "Dips",
        "move_label": "dips",
        "difficulty": "advanced",
        "energy_level": "medium",
        "lead_follow_roles": "both",
        "tempo_bpm": 120.0,
        "tempo_source": "sound",
        "duration_s": 6.15,
        "beats_count": 12,
        "notes": "slow",
    }
    assert len(links) == 2


def test_pictures_and_previews_open_without_a_token(client: Client) -> None:
    move = client.get(SEARCH, {"q": "dip"}, headers=USER).json()["results"][0]
    shown = client.get(f"/api/moves/{move['clip_id']}", headers=USER).json()
    for name, kind in (("thumbnail_url", "image/jpeg"), ("preview_url", "video/mp4")):
        assert move[name] == shown[name]
        response = client.get(move[name])
        assert (response.status_code, response["Content-Type"]) == (200, kind)
        response.getvalue()


def test_a_clip_that_is_not_active_is_not_there(client: Client) -> None:
    MoveClipRow.objects.filter(clip_id="dip_1").update(is_active=False)
    assert "dip_1" not in found(client, q="dip")
    assert found(client, move_label="dips") == []
    response = client.get("/api/moves/dip_1", headers=USER)
    assert (response.status_code, response.json()["code"]) == (404, "move_not_found")


def test_moves_are_everybody_s_who_logged_in(client: Client) -> None:
    for path in (SEARCH, "/api/moves/dip_1"):
        asked = [client.get(path, headers=who) for who in (USER, OTHER, INSTRUCTOR, {})]
        assert [response.status_code for response in asked] == [200, 200, 200, 401]


@pytest.mark.parametrize(
    "query",
    [
        "difficulty=expert",
        "difficulty=",
        "energy_level=LOW",
        "limit=0",
        "limit=101",
        "limit=ten",
        "limit=5.0",
        "limit=-1",
        "q=" + "x" * 201,
        "q=a%00b",
        "move_label=" + "x" * 101,
        "offered=false",
        "q=a&q=b",
    ],
)
def test_a_bad_search_is_refused(client: Client, query: str) -> None:
    response = client.get(f"{SEARCH}?{query}", headers=USER)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("clip_id", ["none", "%00", "..", "%2e%2e%2fsongs", "x" * 500, "dip_1%20"])
def test_an_unknown_move_is_not_found(client: Client, clip_id: str) -> None:
    response = client.get(f"/api/moves/{clip_id}", headers=USER)
    assert response.status_code in {404, 422}
    assert response["Content-Type"] == "application/problem+json"


def test_an_empty_library_finds_nothing(client: Client) -> None:
    MoveClipRow.objects.all().delete()
    assert found(client) == []
    assert found(client, q="dip", difficulty="advanced") == []
