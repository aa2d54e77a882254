"""The move library as the planner and the renderer see it: clips, with their videos at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.contract import Clip, ClipGone
from modules.media.contract import MediaNotFound
from modules.moves.contract import SelectedClips
from modules.moves.search import MoveWishes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.contract import Wishes
    from modules.media.contract import MediaStorage
    from modules.moves.contract import MoveCandidate
    from modules.moves.queries import MoveCatalogue


class ClipSource:
    """Clips of the move library, read in place where the storage is a folder."""

    def __init__(self, catalogue: MoveCatalogue, storage: MediaStorage) -> None:
        self._catalogue = catalogue
        self._storage = storage
        self._keys: dict[str, str] = {}

    def select(self, wishes: Wishes, *, tempo_bpm: float, folder: Path) -> SelectedClips:
        """Return the clips that fit the wishes and can follow the song's tempo, best first.

        Mezzanines that must be fetched will be put into ``folder``.
        """
        found = self._catalogue.select(
            MoveWishes(
                difficulty=wishes.difficulty,
                energy_level=wishes.energy_level,
                style=wishes.style,
                tempo_bpm=tempo_bpm,
            )
        )
        clips = tuple(self._clip(candidate, folder) for candidate in found.candidates)
        return SelectedClips(clips=clips, relaxed=found.relaxed, reasons=found.reasons)

    def provide(self, clips: Iterable[Clip]) -> None:
        """Fetch the mezzanines that are not on this machine.

        Raises
        ------
        ClipGone
            If a clip has lost its video.
        StorageFull, StorageUnavailable
            As ``MediaStorage.fetch``.
        """
        for clip in clips:
            if clip.mezzanine.is_file():
                continue
            try:
                self._storage.fetch(self._keys[clip.clip_id], clip.mezzanine)
            except MediaNotFound as error:
                raise ClipGone(f"The clip {clip.clip_id} has lost its video.") from error

    def _clip(self, candidate: MoveCandidate, folder: Path) -> Clip:
        move = candidate.clip
        self._keys[move.clip_id] = move.mezzanine_key
        in_place = self._storage.local_path(move.mezzanine_key)
        return Clip(
            clip_id=move.clip_id,
            move_label=move.move_label,
            name=move.name,
            difficulty=move.difficulty,
            energy_level=move.energy_level,
            tempo_bpm=move.tempo_bpm,
            keyframes_s=move.keyframes_s,
            duration_s=move.duration_s,
            mezzanine=in_place or folder / f"{move.clip_id}.mp4",
            score=candidate.score,
            notes=move.notes,
            one=move.one_beat,
            figure=move.figure,
            room=move.room,
            scene=move.scene,
        )
