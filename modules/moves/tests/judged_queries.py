"""Sixty things a dancer may type into the search for moves, and what should come first.

Judged before anything was measured, over the old application's library: by figure, or by what an
annotation says of energy, difficulty and role; 2 is what was meant, 1 what would do.
``benchmarks/word_search.py`` prints how well each way of searching answers them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Judged(NamedTuple):
    """A query, and the grade of a clip by its figure, energy, difficulty or role; else 0."""

    query: str
    grades: Mapping[str, int]


JUDGED = (
    # figures by their names
    Judged("basic step", {"basic_step": 2, "forward_backward": 1}),
    Judged("cross body lead", {"cross_body_lead": 2, "double_cross_body_lead": 2}),
    Judged("double cross body lead", {"double_cross_body_lead": 2, "cross_body_lead": 1}),
    Judged("right turn for the lady", {"lady_right_turn": 2, "lady_left_turn": 1}),
    Judged("left turn", {"lady_left_turn": 2, "lady_right_turn": 1}),
    Judged("dip", {"dip": 2}),
    Judged("body roll", {"body_roll": 2}),
    Judged("hammerlock", {"hammerlock": 2}),
    Judged("shadow position", {"shadow_position": 2, "shadow_dip": 1}),
    Judged("arm styling", {"arm_styling": 2}),
    Judged("combination", {"combination": 2}),
    Judged("forward and backward", {"forward_backward": 2, "basic_step": 1}),
    # figures described
    Judged("the follower spins around", {"lady_right_turn": 2, "lady_left_turn": 2}),
    Judged("the man stands behind the woman", {"shadow_position": 2, "shadow_dip": 1}),
    Judged("leaning her back over my arm", {"dip": 2, "shadow_dip": 2}),
    Judged("wave through the torso", {"body_roll": 2}),
    Judged("what to do with my hands", {"arm_styling": 2}),
    Judged("wrapped arm behind the back", {"hammerlock": 2}),
    Judged("walking to the front and back", {"forward_backward": 2, "basic_step": 1}),
    Judged("changing sides with my partner", {"cross_body_lead": 2, "double_cross_body_lead": 2}),
    Judged("several figures in a row", {"combination": 2}),
    Judged("stepping side to side", {"basic_step": 2, "forward_backward": 1}),
    Judged("dramatic finish", {"dip": 2, "shadow_dip": 2}),
    Judged("pirouette", {"lady_right_turn": 2, "lady_left_turn": 2, "hammerlock": 1}),
    # how it is, in English
    Judged("sensual", {"body_roll": 2, "shadow_position": 2, "shadow_dip": 2, "dip": 1}),
    Judged("sexy hips", {"body_roll": 2, "shadow_position": 1}),
    Judged("intimate and close", {"shadow_position": 2, "body_roll": 2, "shadow_dip": 2, "dip": 1}),
    Judged("easy moves for a first lesson", {"beginner": 2}),
    Judged("something simple", {"beginner": 2}),
    Judged("advanced and energetic", {"advanced high": 2, "advanced": 1}),
    Judged("calm and slow", {"low": 2, "medium": 1}),
    Judged("high energy", {"high": 2}),
    Judged("show off moves", {"combination": 2, "dip": 2, "shadow_dip": 2, "hammerlock": 1}),
    Judged("lady styling", {"arm_styling": 2, "follow_focus": 1}),
    Judged("hard turns", {"hammerlock": 2, "lady_right_turn": 1, "lady_left_turn": 1}),
    Judged("gentle turn", {"lady_left_turn": 2, "lady_right_turn": 1}),
    # Spanish
    Judged("paso básico", {"basic_step": 2, "forward_backward": 1}),
    Judged("vuelta de la chica", {"lady_right_turn": 2, "lady_left_turn": 2}),
    Judged("giro a la derecha", {"lady_right_turn": 2, "lady_left_turn": 1}),
    Judged("vuelta a la izquierda", {"lady_left_turn": 2, "lady_right_turn": 1}),
    Judged("caída hacia atrás", {"shadow_dip": 2, "dip": 2}),
    Judged("cambré", {"dip": 2, "shadow_dip": 2}),
    Judged("ola con el cuerpo", {"body_roll": 2}),
    Judged("ondas", {"body_roll": 2}),
    Judged("sombra", {"shadow_position": 2, "shadow_dip": 1}),
    Judged("brazos", {"arm_styling": 2}),
    Judged("estilo para chicas", {"arm_styling": 2, "follow_focus": 1}),
    Judged("combinación", {"combination": 2}),
    Judged("adelante y atrás", {"forward_backward": 2, "basic_step": 1}),
    Judged("cruzado", {"cross_body_lead": 2, "double_cross_body_lead": 2}),
    Judged("cruzado doble", {"double_cross_body_lead": 2, "cross_body_lead": 1}),
    Judged("algo sensual y pegado", {"body_roll": 2, "shadow_position": 2, "shadow_dip": 2}),
    Judged("romántico", {"dip": 2, "shadow_position": 2, "shadow_dip": 2, "lady_left_turn": 1}),
    Judged("divertido", {"arm_styling": 1, "lady_right_turn": 2, "forward_backward": 1}),
    Judged("fácil", {"beginner": 2}),
    Judged("para principiantes", {"beginner": 2}),
    Judged("mucha energía", {"high": 2}),
    Judged("tranquilo", {"low": 2, "medium": 1}),
    Judged("difícil", {"advanced": 2}),
    Judged("llave con giro", {"hammerlock": 2, "lady_right_turn": 1, "lady_left_turn": 1}),
)
