"""What is said of a clip in a sentence, for its text vector: the old application's very words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modules.moves.contract import MoveClip


def described_in_words(clip: MoveClip) -> str:
    """Return the description of which the old index's text vectors were made.

    A clip without notes is described by its name, where that says more than the label.
    """
    parts = [
        f"Dance move: {_spaced(clip.move_label)}",
        f"Difficulty: {clip.difficulty}",
        f"Energy: {clip.energy_level}",
        f"Role focus: {_spaced(clip.lead_follow_roles)}",
    ]
    if clip.annotated_tempo_bpm is not None:
        parts.append(f"Tempo: {clip.annotated_tempo_bpm:g} BPM")
    is_label = clip.name.lower() == _spaced(clip.move_label)
    told = clip.notes or ("" if is_label else clip.name)
    return ". ".join([*parts, *([f"Description: {told}"] if told else [])])


def _spaced(word: str) -> str:
    return word.replace("_", " ")
