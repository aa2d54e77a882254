"""How well a search by free words answers: by the table, by the text model, and by both.

    BACHATA_SHARED_DATA=… uv run --extra text python benchmarks/word_search.py

Sixty judged queries (``modules/moves/tests/judged_queries.py``) over the old application's 38
clips and its index. Printed are nDCG@10 and MRR (the first clip of grade 2), over all queries and
in each language; without the extra, the table's alone.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

from modules.moves.tests.judged_queries import JUDGED, Judged

CUT = 10
SPANISH_FROM = 36
"""The queries from here on are Spanish."""

type Ranking = Callable[[str], Sequence[str]]


def main() -> None:
    """Print the table."""
    django.setup()
    folder = Path(os.environ["BACHATA_SHARED_DATA"]) / "moves"
    library = Library(folder)
    print(f"{len(library.clips)} clips, {len(JUDGED)} queries")
    print(f"{'':<10}{'nDCG@10':>9}{'MRR':>7}{'English':>16}{'Spanish':>16}")
    for name, ranking in library.rankings().items():
        scores = [judge(ranking(each.query), each, library) for each in JUDGED]
        parts = (scores, scores[:SPANISH_FROM], scores[SPANISH_FROM:])
        told = [f"{mean(part, 0):>9.3f}{mean(part, 1):>7.3f}" for part in parts]
        print(f"{name:<10}{''.join(told)}", flush=True)


class Library:
    """The clips of a folder and its index."""

    def __init__(self, folder: Path) -> None:
        from benchmarks.wishes import made_of
        from modules.moves.adapters.memory_index import MemoryMoveIndex
        from modules.moves.legacy_index import read_legacy_index

        self.clips = made_of(folder)
        self.index = MemoryMoveIndex()
        for document in read_legacy_index(folder / "embeddings_backup.json").documents:
            self.index.put(document)

    def grade(self, clip_id: str, grades: Mapping[str, int]) -> int:
        """Return a clip's grade: the best of what it is."""
        clip = self.clips[clip_id]
        is_double = clip.name.startswith("Double")
        figure = clip.move_label if not is_double else f"double_{clip.move_label}"
        if figure == "dips":
            figure = "shadow_dip" if clip.name.startswith("Shadow") else "dip"
        known = (figure, clip.energy_level, clip.difficulty, clip.lead_follow_roles)
        said = (*known, f"{clip.difficulty} {clip.energy_level}")
        return max(grades.get(word, 0) for word in said)

    def rankings(self) -> dict[str, Ranking]:
        """Return the ways of searching."""
        from modules.moves.adapters.minilm import open_text_embedder
        from modules.moves.contract import TextEmbedderMissing
        from modules.moves.search import MoveTerms, rank_moves

        def ranked(query: str, **model: object) -> Sequence[str]:
            terms = MoveTerms(words=query)
            found = rank_moves(self.index, self.clips, terms, limit=len(self.clips), **model)
            return [candidate.clip.clip_id for candidate in found]

        ways: dict[str, Ranking] = {"table": ranked}
        try:
            embedder = open_text_embedder()
        except TextEmbedderMissing:
            return ways

        def nearest(query: str) -> Sequence[str]:
            import numpy as np

            asked = np.array(embedder.embed(query))
            cosines = {
                document.clip_id: float(
                    np.dot(asked, document.vectors["text"])
                    / np.linalg.norm(document.vectors["text"])
                )
                for document in self.index.list_documents(frozenset(self.clips))
            }
            return sorted(cosines, key=lambda clip_id: -cosines[clip_id])

        return ways | {"model": nearest, "both": lambda query: ranked(query, embedder=embedder)}


def judge(ranked: Sequence[str], judged: Judged, library: Library) -> tuple[float, float]:
    """Return a ranking's nDCG and the reciprocal rank of the first clip that was meant."""
    grades = [library.grade(clip_id, judged.grades) for clip_id in ranked]
    ideal = gain(sorted(grades, reverse=True))
    first = next((place for place, grade in enumerate(grades, start=1) if grade == 2), None)
    return gain(grades) / ideal if ideal else 0.0, 1 / first if first else 0.0


def gain(grades: Sequence[int]) -> float:
    """Return the discounted cumulative gain of the first places (Järvelin and Kekäläinen 2002)."""
    return sum((2**g - 1) / math.log2(place + 1) for place, g in enumerate(grades[:CUT], start=1))


def mean(scores: Sequence[tuple[float, float]], which: int) -> float:
    """Return the mean of one of the two measures."""
    return statistics.fmean(score[which] for score in scores)


if __name__ == "__main__":
    main()
