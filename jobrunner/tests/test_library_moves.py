"""What the job asks of our libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from engine.contract import Wishes
from jobrunner.adapters import LibraryMoves
from modules.moves.clip_source import ClipSource
from modules.moves.contract import Selection
from modules.moves.search import MoveWishes


def test_the_library_offers_what_the_planner_may_play(tmp_path: Path) -> None:
    asked: list[MoveWishes] = []

    class Catalogue:
        """A move catalogue that remembers what it is asked for."""

        def select(self, wishes: MoveWishes) -> Selection:
            asked.append(wishes)
            return Selection(candidates=(), relaxed=("energy",), reasons={"energy": "Too few."})

    moves = LibraryMoves(ClipSource(cast("Any", Catalogue()), cast("Any", None)))
    found = moves.select(Wishes(difficulty="beginner"), tempo_bpm=125.0, folder=tmp_path)
    assert asked == [MoveWishes(difficulty="beginner", tempo_bpm=125.0)]
    assert (found.clips, found.relaxed, found.reasons) == ((), ("energy",), {"energy": "Too few."})
