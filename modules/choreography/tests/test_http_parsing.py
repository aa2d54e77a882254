"""Typed wishes over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modules.choreography.contract import ParsedQuery
from modules.choreography.query_parser import parse_query
from modules.choreography.schemas import UnderstoodWish
from modules.choreography.tests.makers import a_user
from modules.choreography.tests.site import Site, event_count, messages

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = ["/choreography/parse-query", "/moves/parse-query"]


@pytest.mark.parametrize("path", PATHS)
def test_a_typed_wish_is_understood_and_nothing_recorded(site: Site, path: str) -> None:
    answer = site.post(path, a_user(), {"query": "algo lento y sensual, no muy difícil"})
    assert answer.status_code == 200
    assert answer.json() == {
        "difficulty": "intermediate",
        "energy_level": None,
        "style": "sensual",
        "tempo": "slow",
        "confidence": answer.json()["confidence"],
        "explanation": "Entendido: nivel intermedio («no muy difícil»), estilo sensual"
        " («sensual»), tempo lento («lento»).",
    }
    assert 0.9 < answer.json()["confidence"] <= 1
    assert (event_count(), messages()) == (0, [])


def test_a_tempo_is_a_number_where_one_was_named(site: Site) -> None:
    assert site.post(PATHS[0], a_user(), {"query": "at 128 bpm"}).json()["tempo"] == 128


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_asked_to_log_in(site: Site, path: str) -> None:
    assert site.post(path, None, {"query": "easy"}).status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"query": ""}, {"query": "  "}, {"query": 5}, {"query": None}, {"query": "a\x00"},
     {"query": "\ud800"}, {"query": "x" * 501}, {"query": "easy", "more": 1}, [], "easy"],
    ids=repr,
)  # fmt: skip
def test_what_is_not_exactly_a_wish_is_refused(site: Site, body: Any) -> None:
    answer = site.post(PATHS[0], a_user(), body)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["\\'; DROP TABLE songs; --", "<script>", "%s %(x)s {0}", "🕺💃"])
def test_words_are_only_words(site: Site, query: str) -> None:
    assert site.post(PATHS[0], a_user(), {"query": query}).json()["confidence"] == 0


def test_whoever_reads_the_wish_is_asked(tmp_path: Path, settings: Any) -> None:
    asked: list[str] = []

    def read(query: str) -> ParsedQuery:
        asked.append(query)
        return parse_query("easy")

    site = Site(tmp_path, parse=read)
    settings.ROOT_URLCONF = site.urls
    answer = site.post(PATHS[0], a_user(), {"query": "  anything\nat all "})
    assert asked == ["anything\nat all"]
    UnderstoodWish.model_validate(answer.json())
