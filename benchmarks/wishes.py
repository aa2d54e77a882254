"""What wishes do to the dance: the share of eights of each energy, and of those that suit a style.

    uv run python benchmarks/wishes.py --song FILE... [--annotated FOLDER] [--seeds 3]

Without ``--annotated`` the clips are those of the installation's library (``LOCAL_DIR``). With it
they are made of the folder's annotations alone, each twenty beats long at its noted tempo and of
no known room: for a library whose videos are not here. A clip suits a style when it answers its
word at least half as well as the best clip of the pool does.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

from engine.contract import DIFFICULTIES, ENERGY_LEVELS, Clip, Plan, SongAnalysis, Wishes
from modules.choreography.contract import STYLES

ANNOTATED_BEATS = 20


def main() -> None:
    """Plan every song for every wish, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--song", type=Path, nargs="+", required=True)
    parser.add_argument("--annotated", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    django.setup()
    from engine.api import analyse_song

    library = Library(arguments.annotated)
    songs = [analyse_song(path) for path in arguments.song]
    seeds = range(arguments.seeds)
    print(f"{len(library.moves)} clips, {len(songs)} songs, {arguments.seeds} seeds")
    print(f"\n{'':<14}{'wish':<10}{'low':>8}{'medium':>8}{'high':>8}")
    for difficulty, energy in product(DIFFICULTIES, (None, *ENERGY_LEVELS)):
        wish = Wishes(difficulty=difficulty, energy_level=energy)
        shares = share([library.plan(s, wish, seed) for s in songs for seed in seeds])
        told = "".join(f"{shares[level]:>8.0%}" for level in ENERGY_LEVELS)
        print(f"{difficulty:<14}{energy or 'none':<10}{told}", flush=True)
    print(f"\n{'':<14}{'wish':<10}{'suits':>8}{'without':>8}")
    for difficulty, style in product(DIFFICULTIES, STYLES):
        suits = library.suiting(style, difficulty)
        plain, styled = (
            [
                library.plan(song, Wishes(difficulty=difficulty, style=wished), seed)
                for song in songs
                for seed in seeds
            ]
            for wished in (None, style)
        )
        print(
            f"{difficulty:<14}{style:<10}{share_of(suits, styled):>8.0%}"
            f"{share_of(suits, plain):>8.0%}",
            flush=True,
        )


class Library:
    """Clips to plan with: the installation's, or made of annotations."""

    def __init__(self, annotated: Path | None) -> None:
        from modules.moves.adapters.exact_index import ExactMoveIndex
        from modules.moves.adapters.memory_index import MemoryMoveIndex
        from modules.moves.queries import list_moves

        if annotated is None:
            self.moves = {move.clip_id: move for move in list_moves()}
            self.index = ExactMoveIndex()
            return
        self.index = MemoryMoveIndex()
        self.moves = made_of(annotated)
        from modules.moves.contract import MoveDocument

        for move in self.moves.values():
            self.index.put(
                MoveDocument(
                    clip_id=move.clip_id,
                    move_label=move.move_label,
                    difficulty=move.difficulty,
                    energy_level=move.energy_level,
                )
            )

    def plan(self, song: SongAnalysis, wishes: Wishes, seed: int) -> Plan:
        """Select and plan, as a job does."""
        from engine.planning.plan import plan
        from modules.moves.search import MoveWishes, select_moves

        found = select_moves(
            self.index,
            self.moves,
            MoveWishes(
                difficulty=wishes.difficulty,
                energy_level=wishes.energy_level,
                style=wishes.style,
                tempo_bpm=song.tempo_bpm,
            ),
        )
        clips = [planned(candidate) for candidate in found.candidates]
        return plan(song, clips, wishes, seed=seed)

    def suiting(self, style: str, difficulty: str) -> frozenset[str]:
        """Return the clips that answer a style, of those that may be danced."""
        from engine.planning.rules import list_allowed
        from modules.moves.words import affinities

        allowed = list_allowed(difficulty)  # type: ignore[arg-type]
        within = [move for move in self.moves.values() if move.difficulty in allowed]
        answers = affinities(within, style)
        best = max(answers.values())
        return frozenset(clip for clip, answer in answers.items() if answer >= best / 2 > 0)


def made_of(folder: Path) -> Mapping[str, object]:
    """Return the folder's annotations as moves."""
    from modules.moves.annotations import read_annotations
    from modules.moves.contract import MoveClip

    moves = {}
    for annotation in read_annotations(folder)[0]:
        tempo_bpm = annotation.tempo_bpm or 125.0
        beats_s = tuple(0.1 + 60 / tempo_bpm * i for i in range(ANNOTATED_BEATS))
        moves[annotation.clip_id] = MoveClip(
            clip_id=annotation.clip_id,
            content_hash="",
            move_label=annotation.move_label,
            name=annotation.name,
            difficulty=annotation.difficulty,
            energy_level=annotation.energy_level,
            lead_follow_roles=annotation.lead_follow_roles,
            notes=annotation.notes,
            annotated_tempo_bpm=annotation.tempo_bpm,
            tempo_bpm=tempo_bpm,
            tempo_source="annotated",
            beats_s=beats_s,
            keyframes_s=beats_s,
            duration_s=beats_s[-1] + 0.2,
            mezzanine_key="",
            thumbnail_key="",
        )
    return moves


def planned(candidate: object) -> Clip:
    """Return a candidate as the planner takes it."""
    move = candidate.clip  # type: ignore[attr-defined]
    return Clip(
        clip_id=move.clip_id,
        move_label=move.move_label,
        name=move.name,
        difficulty=move.difficulty,
        energy_level=move.energy_level,
        tempo_bpm=move.tempo_bpm,
        keyframes_s=move.keyframes_s,
        duration_s=move.duration_s,
        mezzanine=Path(f"{move.clip_id}.mp4"),
        score=candidate.score,  # type: ignore[attr-defined]
        notes=move.notes,
        one=move.one_beat,
        figure=move.figure,
        room=move.room,
    )


def share(plans: list[Plan]) -> dict[str, float]:
    """Return the share of the eights by their clips' energy."""
    eights: Counter[str] = Counter()
    for made in plans:
        for move in made.moves:
            eights[move.clip.energy_level] += move.eights
    return {level: eights[level] / max(eights.total(), 1) for level in ENERGY_LEVELS}


def share_of(clip_ids: frozenset[str], plans: list[Plan]) -> float:
    """Return the share of the eights that these clips dance."""
    moves = [move for made in plans for move in made.moves]
    total = sum(move.eights for move in moves)
    return sum(move.eights for move in moves if move.clip.clip_id in clip_ids) / max(total, 1)


if __name__ == "__main__":
    main()
