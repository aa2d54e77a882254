"""What the pipeline needs from outside; served by ``adapters.py`` and ``reporting.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from engine.contract import Clip, Wishes
    from modules.moves.contract import SelectedClips


@dataclass(frozen=True, slots=True, kw_only=True)
class SongFile:
    """The song on this machine; by its ``media_key`` its cached artefacts are found."""

    path: Path
    media_key: str
    title: str


class Progress(Protocol):
    """Who is told how far the job is."""

    def report(self, stage: str, percent: int) -> None:
        """Record the stage (the old application's word) and the progress, 0 … 100.

        Raises an error of the reporter when this job no longer holds the task.
        """


class Songs(Protocol):
    """Where songs come from, and where artefacts made from them are cached."""

    def fetch(self, audio_input: str, folder: Path) -> SongFile:
        """Bring the song to this machine; raises ``JobFailure`` when it cannot be had."""

    def find_cached(self, song: SongFile, name: str, folder: Path) -> Path | None:
        """Return what an earlier job made from the same song, or None."""

    def keep_cached(self, song: SongFile, name: str, source: Path) -> None:
        """Cache an artefact for later jobs."""


class Moves(Protocol):
    """Where clips come from."""

    def select(self, wishes: Wishes, *, tempo_bpm: float, folder: Path) -> SelectedClips:
        """Find the clips that fit the wishes and can follow the song's tempo, best first.

        Mezzanines that must be fetched will be put into ``folder``.
        """

    def provide(self, clips: Iterable[Clip]) -> None:
        """Make sure that the clips' mezzanines are on this machine."""


class Results(Protocol):
    """Where the finished files go."""

    def store(self, *, video: Path, poster: Path, timeline: Path) -> Mapping[str, Any]:
        """Keep the three files; safe twice. Return where they are, as result fields."""
