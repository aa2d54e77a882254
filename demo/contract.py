"""What is true of the demo's song and clips: their known answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

type Progress = Callable[[int, int, str], None]
"""Told (clips done, clips in all, clip just done)."""

BEATS_PER_EIGHT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSection:
    """A stretch of the demo song whose borders, label and energy are known."""

    start_s: float
    end_s: float
    label: str
    energy: Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSong:
    """The demo song with its answers.

    Attributes
    ----------
    beats_s : tuple of float
        Every beat, in seconds, to the sample.
    first_one : int
        Index into ``beats_s`` of the first beat that starts an eight.
    """

    path: Path
    title: str
    artist: str
    tempo_bpm: float
    duration_s: float
    beats_s: tuple[float, ...]
    first_one: int
    sections: tuple[DemoSection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClip:
    """One drawn clip with its answers; its first beat is a one."""

    clip_id: str
    path: Path
    move_label: str
    difficulty: Literal["beginner", "intermediate", "advanced"]
    energy_level: Literal["low", "medium", "high"]
    tempo_bpm: float
    beats_s: tuple[float, ...]
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMoves:
    """The folder of drawn clips, in the form ``manage.py moves import`` reads."""

    folder: Path
    annotations: Path
    clips: tuple[DemoClip, ...]
