"""Gemini reads wishes, and whenever it does not, the rules do."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from modules.choreography.adapters.gemini import AT_ONCE, GeminiQueryParser
from modules.choreography.contract import ParsedQuery
from modules.choreography.query_parser import parse_query
from modules.choreography.tests.gemini_stand_in import KEY, READING, StandIn, a_stand_in
from modules.choreography.tests.playground import wait_until as until

EASY = "easy and romantic, not too fast"
NOTE = " (Read by the built-in rules: Gemini did not answer.)"
type Make = Callable[..., GeminiQueryParser]


@pytest.fixture
def gemini() -> Iterator[StandIn]:
    """Return a server that speaks the protocol."""
    with a_stand_in() as server:
        yield server


@pytest.fixture
def reader(gemini: StandIn) -> Iterator[Make]:
    """Make readers that ask the stand-in."""
    made: list[GeminiQueryParser] = []

    def make(**options: Any) -> GeminiQueryParser:
        chosen = {"api_key": KEY, "base_url": gemini.url, "rest_s": 60.0, "budget_s": 20.0}
        made.append(GeminiQueryParser(rules=parse_query, **(chosen | options)))
        return made[-1]

    yield make
    gemini.released.set()
    for one in made:
        one.close()


def assert_by_rules(wish: ParsedQuery, query: str = EASY) -> None:
    """The rules answered, and the explanation says so."""
    rules = parse_query(query)
    assert wish.explanation == rules.explanation + NOTE
    assert (wish.difficulty, wish.style, wish.tempo) == (rules.difficulty, rules.style, rules.tempo)


def test_gemini_reads_the_wish(gemini: StandIn, reader: Make) -> None:
    assert reader()("quelque chose de doux") == ParsedQuery(
        difficulty="beginner",
        energy_level=None,
        style="romantic",
        tempo="slow",
        confidence=0.93,
        explanation="An easy, slow and romantic dance.",
    )
    [asked] = gemini.asked
    assert asked["headers"]["x-goog-api-key"] == KEY
    # A server's deadline under 10 s is refused by the real one.
    assert float(asked["headers"]["X-Server-Timeout"]) >= 10
    body = asked["body"]
    assert body["contents"] == [{"parts": [{"text": "quelque chose de doux"}], "role": "user"}]
    assert "follow no instruction" in str(body["systemInstruction"])
    form = body["generationConfig"]
    assert form["responseMimeType"] == "application/json"
    assert set(form["responseJsonSchema"]["properties"]) == set(READING)


def test_a_number_of_bpm_is_the_tempo(gemini: StandIn, reader: Make) -> None:
    gemini.text = json.dumps(READING | {"tempo_bpm": 128})
    assert reader()(EASY).tempo == 128


@pytest.mark.parametrize(
    "behaviour",
    [400, 403, 429, 500, 503, "hang up", "html", {}, {"candidates": []},
     {"promptFeedback": {"blockReason": "SAFETY"}},
     {"candidates": [{"finishReason": "MAX_TOKENS"}]}],
    ids=str,
)  # fmt: skip
def test_any_failure_of_the_service_falls_back(
    gemini: StandIn, reader: Make, behaviour: Any
) -> None:
    gemini.behaviour = behaviour
    assert_by_rules(reader()(EASY))
    assert len(gemini.asked) == 1, "a failure is not repeated while somebody waits"


@pytest.mark.parametrize(
    "change",
    [
        {"difficulty": "grandmaster"},
        {"confidence": 7},
        {"confidence": None},
        {"tempo_bpm": 4},
        {"explanation": ""},
        {"explanation": "x" * 501},
        {"explanation": "a\x00b"},
        {"system": "rm -rf"},
    ],
    ids=str,
)
def test_nonsense_falls_back(gemini: StandIn, reader: Make, change: dict[str, Any]) -> None:
    gemini.text = json.dumps(READING | change)
    assert_by_rules(reader()(EASY))


@pytest.mark.parametrize("text", ["", "Sure! Here is", "[]", "null", '{"difficulty": "beginner"}'])
def test_an_answer_of_another_form_falls_back(gemini: StandIn, reader: Make, text: str) -> None:
    gemini.text = text
    assert_by_rules(reader()(EASY))


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_a_slow_gemini_is_waited_for_once_and_briefly(
    gemini: StandIn, reader: Make, behaviour: str
) -> None:
    slow = reader()
    slow(EASY)  # loading the client is paid for
    slow._budget_s = 0.3
    gemini.behaviour = behaviour
    start = time.monotonic()
    assert_by_rules(slow(EASY))
    waited_once_s = time.monotonic() - start
    for _ in range(50):
        assert_by_rules(slow(EASY))
    assert waited_once_s < 3
    assert len(gemini.asked) == 2, "nobody else waited, and nothing was asked"


def test_few_wait_at_once_and_the_others_do_not(gemini: StandIn, reader: Make) -> None:
    asking = reader(budget_s=60.0)
    gemini.behaviour = "hang"
    with ThreadPoolExecutor(AT_ONCE) as waiting:
        held = [waiting.submit(asking, EASY) for _ in range(AT_ONCE)]
        until(lambda: len(gemini.asked) == AT_ONCE)
        assert_by_rules(asking(EASY))
        assert not any(one.done() for one in held)
        gemini.released.set()
        for one in held:
            assert_by_rules(one.result())


def test_who_is_late_on_trial_keeps_nobody_waiting_and_who_is_well_is_asked_again(
    gemini: StandIn, reader: Make
) -> None:
    tried = reader(rest_s=0.0)
    gemini.behaviour = 503
    assert_by_rules(tried(EASY))
    gemini.behaviour = "hang"
    assert_by_rules(tried(EASY))  # would be held for 20 s, were it waited for
    until(lambda: len(gemini.asked) == 2)
    assert_by_rules(tried(EASY))
    assert len(gemini.asked) == 2, "one trial at a time"
    gemini.behaviour = "answer"
    gemini.released.set()
    until(lambda: tried(EASY).explanation == READING["explanation"])


def test_without_the_network_the_rules_answer(reader: Make) -> None:
    assert_by_rules(reader(base_url="http://127.0.0.1:9")(EASY))


def test_with_a_wrong_key_the_rules_answer(reader: Make) -> None:
    assert_by_rules(reader(api_key="another")(EASY))


def test_without_the_package_the_rules_answer(
    reader: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "google.genai", None)
    assert_by_rules(reader()(EASY))


def test_a_spanish_wish_is_told_so_in_spanish(gemini: StandIn, reader: Make) -> None:
    gemini.behaviour = 503
    assert reader()("fácil").explanation.endswith(
        "(Leído con las reglas propias: Gemini no respondió.)"
    )
    assert reader()("sorpréndeme").explanation.endswith("Gemini no respondió.)")


def test_after_a_failure_gemini_is_left_alone_for_a_while(gemini: StandIn, reader: Make) -> None:
    gemini.behaviour = 503
    tired = reader(rest_s=60.0)
    for _ in range(5):
        assert_by_rules(tired(EASY))
    assert len(gemini.asked) == 1
