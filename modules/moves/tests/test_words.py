"""Words in two languages find moves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.moves.contract import MoveClip
from modules.moves.words import affinities, asked_for, fold


def a_move(label: str, **values: Any) -> MoveClip:
    """A clip of which only what is written matters."""
    known: dict[str, Any] = {
        "clip_id": f"{label}_1",
        "name": label.replace("_", " ").capitalize(),
        "difficulty": "beginner",
        "energy_level": "medium",
        "notes": "",
    }
    return MoveClip(
        move_label=label,
        content_hash="",
        lead_follow_roles="both",
        annotated_tempo_bpm=None,
        tempo_bpm=125.0,
        tempo_source="sound",
        beats_s=(),
        keyframes_s=(),
        duration_s=10.0,
        mezzanine_key="",
        thumbnail_key="",
        **(known | values),
    )


LABELS = (
    "basic_step",
    "cross_body_lead",
    "lady_left_turn",
    "lady_right_turn",
    "dips",
    "body_roll",
    "hammerlock",
    "shadow_position",
    "arm_styling",
    "combination",
    "forward_backward",
    "intro",
    "outro",
)
MOVES = [a_move(label) for label in LABELS]


def best(words: str) -> set[str]:
    """Labels of the moves that answer best."""
    answers = affinities(MOVES, words)
    most = max(answers.values())
    return {move.move_label for move in MOVES if answers[move.clip_id] == most > 0}


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("giro", {"lady_left_turn", "lady_right_turn"}),
        ("Vueltas", {"lady_left_turn", "lady_right_turn"}),
        ("vuelta a la izquierda", {"lady_left_turn"}),
        ("turning right, please", {"lady_right_turn"}),
        ("Paso BÁSICO", {"basic_step"}),
        ("basic steps", {"basic_step"}),
        ("caídas", {"dips"}),
        ("dipping", {"dips"}),
        ("sensual", {"body_roll"}),
        ("sensuales ondas", {"body_roll"}),
        ("sombra", {"shadow_position"}),
        ("brazos", {"arm_styling"}),
        ("cruzado", {"cross_body_lead"}),
        ("combinación", {"combination"}),
        ("moderna", {"combination"}),
        ("adelante y atrás", {"forward_backward"}),
        ("martillo", {"hammerlock"}),
        ("despedida", {"outro"}),
        ("xyzzy", set()),
        ("quiero bailar bachata", set()),
        ("", set()),
    ],
)
def test_words_of_both_languages_name_figures(words: str, labels: set[str]) -> None:
    assert best(words) == labels


@pytest.mark.parametrize(
    ("words", "energy"),
    [("energético", "high"), ("energetic", "high"), ("lento y suave", "low"), ("calm", "low")],
)
def test_words_name_energies(words: str, energy: str) -> None:
    moves = [a_move("step", clip_id=e, energy_level=e) for e in ("low", "medium", "high")]
    answers = affinities(moves, words)
    assert max(answers, key=lambda clip_id: answers[clip_id]) == energy


def test_what_the_notes_say_counts_less_than_the_label() -> None:
    moves = [a_move("spiral", clip_id="label"), a_move("walk", clip_id="notes", notes="A spiral.")]
    assert affinities(moves, "spirals") == {"label": 1.0, "notes": 0.8}


def test_a_word_that_no_clip_answers_does_not_count() -> None:
    assert affinities(MOVES, "dip xyzzy") == affinities(MOVES, "dip")


def test_every_word_that_counts_weighs_the_same() -> None:
    answers = affinities(MOVES, "left turn")
    assert (answers["lady_left_turn_1"], answers["lady_right_turn_1"]) == (1.0, 0.5)


def test_fillers_ask_for_nothing() -> None:
    assert asked_for("I want some dips, por favor: ¡más DIPS!") == ("dips", "favor")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(0 <= answer <= 1 for answer in affinities(MOVES, text).values())
