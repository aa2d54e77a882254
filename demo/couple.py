"""Both dancers, dressed and drawn."""

from __future__ import annotations

from collections.abc import Mapping

from demo.costumes import dress
from demo.drawing import Canvas
from demo.figures import Figure
from demo.motion import Role
from demo.stage import Camera, Mood


def draw_couple(camera: Camera, mood: Mood, figures: Mapping[Role, Figure]) -> Canvas:
    """Return a canvas with both dancers on it."""
    canvas = Canvas(camera, mood)
    for figure in figures.values():
        dress(canvas, figure)
    return canvas
