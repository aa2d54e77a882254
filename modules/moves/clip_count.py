"""A clip's count in the library: who says where its one is, and where its figure is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from engine.contract import BEATS_PER_BAR, Figure, OneSource
from modules.moves.contract import ClipRefused
from modules.moves.naming import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.moves.annotations import Annotation
    from modules.moves.contract import MoveClip


class One(TypedDict):
    """A clip's first beat that begins a bar, 0 … 3, and who says so."""

    one_beat: int
    one_source: OneSource


def one_at(keyframes_s: Sequence[float], at_s: float, *, source: OneSource) -> One:
    """Return the one that somebody heard at ``at_s``, on the nearest of the clip's beats.

    Raises
    ------
    ClipRefused
        If that is not within the clip.
    """
    if not keyframes_s or not 0 <= at_s <= keyframes_s[-1] + 1:
        raise ClipRefused("bad_annotation", f"The one at {at_s} s does not lie within the clip.")
    nearest = min(range(len(keyframes_s)), key=lambda beat: abs(keyframes_s[beat] - at_s))
    return One(one_beat=nearest % BEATS_PER_BAR, one_source=source)


def one_of(clip: MoveClip, annotation: Annotation) -> One:
    """Return the clip's one: as corrected, else as annotated, else as it was found."""
    if clip.one_source == "corrected":
        return One(one_beat=clip.one_beat, one_source=clip.one_source)
    if annotation.first_one_s is not None:
        return one_at(clip.keyframes_s, annotation.first_one_s, source="annotated")
    if annotation.count_in is not None:
        return One(one_beat=annotation.count_in % BEATS_PER_BAR, one_source="annotated")
    return One(one_beat=clip.one_beat, one_source=clip.one_source)


def figure_of(clip: MoveClip) -> Figure | None:
    """Return the stretch of the clip that must be shown, by its label, its notes and its motion."""
    from engine.video.figures import find_figure  # numpy: only who imports pays

    beats_s = clip.beats_s[: len(clip.motion_by_beat)]
    if len(beats_s) < BEATS_PER_BAR:
        return None
    return find_figure(
        clip.motion_by_beat,
        beats_s,
        one=clip.one_beat,
        move_label=spoken(f"{clip.move_label} {clip.name}"),
        notes=clip.notes,
        duration_s=clip.duration_s,
    )
