"""Wishes find clips, and what had to be dropped is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modules.moves.adapters.memory_index import MemoryMoveIndex
from modules.moves.contract import MoveClip, Selection, Vector
from modules.moves.legacy_index import read_legacy_index
from modules.moves.search import MoveWishes, select_moves
from modules.moves.tests.makers import a_document, a_vector, all_vectors


class Library:
    """An index, and the clips on hand."""

    def __init__(self) -> None:
        self.index = MemoryMoveIndex()
        self.clips: dict[str, MoveClip] = {}

    def add(self, clip_id: str, *, angle: float | None = None, **values: Any) -> None:
        """Add a clip and its document, with vectors where an angle is given."""
        known: dict[str, Any] = {
            "move_label": "basic_step",
            "difficulty": "beginner",
            "energy_level": "medium",
            "tempo_bpm": 125.0,
            "notes": "",
            "n_beats": 20,
        } | values
        n_beats = known.pop("n_beats")
        beats = tuple(0.1 + 0.48 * i for i in range(n_beats))
        self.clips[clip_id] = MoveClip(
            clip_id=clip_id,
            content_hash="",
            name=clip_id,
            lead_follow_roles="both",
            annotated_tempo_bpm=None,
            tempo_source="sound",
            beats_s=beats,
            keyframes_s=beats,
            duration_s=12.0,
            mezzanine_key="",
            thumbnail_key="",
            **known,
        )
        vectors = {} if angle is None else all_vectors(audio=angle, text=angle)
        terms = {key: known[key] for key in ("move_label", "difficulty", "energy_level")}
        self.index.put(a_document(clip_id, vectors=vectors, **terms))

    def find(self, **wishes: Any) -> Selection:
        """Select moves."""
        return select_moves(self.index, self.clips, MoveWishes(**wishes))


@pytest.fixture
def library() -> Library:
    """An empty library."""
    return Library()


def ids(selection: Selection) -> set[str]:
    return {candidate.clip.clip_id for candidate in selection.candidates}


def fill(library: Library, prefix: str, n: int, **values: Any) -> set[str]:
    names = {f"{prefix}{i}" for i in range(n)}
    for name in names:
        library.add(name, **values)
    return names


@pytest.mark.parametrize(
    ("wish", "offered"),
    [("beginner", "b"), ("intermediate", "bi"), ("advanced", "bia")],
)
def test_dancers_get_moves_up_to_their_difficulty(
    library: Library, wish: str, offered: str
) -> None:
    for difficulty in ("beginner", "intermediate", "advanced"):
        fill(library, difficulty[0], 5, difficulty=difficulty)
    found = library.find(difficulty=wish)
    assert {name[0] for name in ids(found)} == set(offered)
    assert found.relaxed == ()


def test_five_hits_are_enough(library: Library) -> None:
    high = fill(library, "high", 5, energy_level="high")
    fill(library, "low", 5, energy_level="low")
    found = library.find(difficulty="beginner", energy_level="high")
    assert (ids(found), found.relaxed) == (high, ())


def test_fewer_than_five_hits_let_in_the_nearest_energy_only(library: Library) -> None:
    names = fill(library, "high", 4, energy_level="high") | fill(library, "medium", 4)
    fill(library, "low", 9, energy_level="low")
    found = library.find(difficulty="beginner", energy_level="high")
    assert (ids(found), found.relaxed) == (names, ("energy",))


def test_beginners_who_wish_it_calm_get_the_calmest_there_is(library: Library) -> None:
    calmest = fill(library, "medium", 5)
    fill(library, "high", 28, energy_level="high")
    found = library.find(difficulty="beginner", energy_level="low")
    assert (ids(found), found.relaxed) == (calmest, ("energy",))


def test_any_energy_is_better_than_too_few_moves(library: Library) -> None:
    names = fill(library, "medium", 2) | fill(library, "high", 3, energy_level="high")
    found = library.find(difficulty="beginner", energy_level="low")
    assert (ids(found), found.relaxed) == (names, ("energy",))


def test_then_the_style_and_then_the_difficulty_by_one_step(library: Library) -> None:
    names = fill(library, "easy", 3, energy_level="high")
    names |= fill(library, "harder", 3, difficulty="intermediate")
    fill(library, "hardest", 3, difficulty="advanced")
    found = library.find(difficulty="beginner", energy_level="high", style="sensual")
    assert (ids(found), found.relaxed) == (names, ("energy", "style", "difficulty"))


def test_every_dropped_wish_has_its_reason(library: Library) -> None:
    fill(library, "easy", 3, energy_level="high")
    fill(library, "harder", 3, difficulty="intermediate")
    found = library.find(
        difficulty="beginner", energy_level="low", style="sensual", words="xyzzy", tempo_bpm=125
    )
    assert found.reasons == {
        "energy": "Too few of the moves that can follow 125 BPM have low energy: "
        "the nearest came in.",
        "style": "No beginner or easier move answers “sensual”.",
        "words": "No beginner or easier move answers “xyzzy”.",
        "difficulty": "Only 3 of the moves that can follow 125 BPM are beginner: "
        "moves one step harder were let in.",
    }


def test_a_style_that_is_answered_is_kept_when_harder_moves_are_let_in(library: Library) -> None:
    fill(library, "easy", 3, notes="a sensual step")
    fill(library, "harder", 3, difficulty="intermediate")
    found = library.find(difficulty="beginner", style="sensual")
    assert found.relaxed == ("difficulty",)
    assert [c.clip.clip_id[:4] for c in found.candidates] == ["easy"] * 3 + ["hard"] * 3


def test_fewer_than_two_moves_of_the_wished_difficulty_let_harder_ones_in(
    library: Library,
) -> None:
    fill(library, "easy", 6)
    fill(library, "wished", 1, difficulty="intermediate")
    hard = fill(library, "hard", 2, difficulty="advanced")
    found = library.find(difficulty="intermediate")
    assert found.relaxed == ("difficulty",)
    assert hard < ids(found)
    library.add("another", difficulty="intermediate")
    assert library.find(difficulty="intermediate").relaxed == ()


def test_a_wish_is_not_dropped_where_that_finds_nothing_more(library: Library) -> None:
    names = fill(library, "high", 3, energy_level="high")
    found = library.find(difficulty="advanced", energy_level="high")
    assert (ids(found), found.relaxed) == (names, ())


def test_an_empty_library_selects_nothing(library: Library) -> None:
    assert library.find(difficulty="beginner").candidates == ()


def test_a_document_without_its_clip_is_never_selected(library: Library) -> None:
    names = fill(library, "here", 5)
    library.index.put(a_document("gone", vectors=all_vectors()))
    assert ids(library.find(difficulty="beginner")) == names


def test_clips_near_to_what_such_moves_have_in_common_come_first(library: Library) -> None:
    for name, angle in [("odd", 2.5), ("usual_a", 0.0), ("usual_b", 0.1), ("usual_c", -0.1)]:
        library.add(name, angle=angle)
    library.add("unknown")
    found = library.find(difficulty="beginner")
    order = [candidate.clip.clip_id for candidate in found.candidates]
    assert set(order[:3]) == {"usual_a", "usual_b", "usual_c"}
    scores = {candidate.clip.clip_id: candidate.score for candidate in found.candidates}
    assert scores["unknown"] == 0.5


def test_moves_of_the_wished_difficulty_are_the_measure(library: Library) -> None:
    fill(library, "easy", 4, angle=2.0)
    fill(library, "wished", 2, difficulty="intermediate", angle=0.0)
    found = library.find(difficulty="intermediate")
    assert {c.clip.clip_id[:6] for c in found.candidates[:2]} == {"wished"}


def test_a_style_that_moves_name_brings_their_like_to_the_front(library: Library) -> None:
    library.add("roll", move_label="body_roll", angle=1.0)
    library.add("near_roll", angle=1.1)
    fill(library, "other", 6, angle=-1.0)
    found = library.find(difficulty="beginner", style="Body Roll")
    assert [c.clip.clip_id for c in found.candidates[:2]] == ["roll", "near_roll"]
    assert found.relaxed == ()


def test_a_style_that_no_move_names_is_dropped_and_said(library: Library) -> None:
    fill(library, "a", 6)
    assert library.find(difficulty="beginner", style="sensual").relaxed == ("style",)


def test_words_find_what_is_written_like_the_clips_that_answer_them(library: Library) -> None:
    library.add("roll", move_label="body_roll", difficulty="advanced", angle=1.0)
    library.add("written_alike", angle=1.0)
    fill(library, "other", 6, angle=-1.0)
    found = library.find(difficulty="beginner", words="ondas")
    assert found.relaxed == ("words",)
    library.add("easy_roll", move_label="body_roll", angle=1.2)
    found = library.find(difficulty="beginner", words="ondas")
    assert [c.clip.clip_id for c in found.candidates[:2]] == ["easy_roll", "written_alike"]


def test_a_configured_model_gives_the_text_vector(library: Library) -> None:
    class Embedder:
        asked: tuple[str, ...] = ()

        def embed(self, text: str) -> Vector:
            self.asked += (text,)
            return a_vector("text", angle=2.0)

    library.add("near", notes="smooth", angle=2.0)
    fill(library, "far", 6, angle=-1.0, notes="smooth")
    embedder = Embedder()
    wishes = MoveWishes(difficulty="beginner", style="sensual", words="smooth")
    found = select_moves(library.index, library.clips, wishes, embedder=embedder)
    assert found.candidates[0].clip.clip_id == "near"
    assert embedder.asked == ("sensual smooth",)
    assert found.relaxed == ()


def test_a_model_of_another_size_is_refused(library: Library) -> None:
    class Embedder:
        def embed(self, text: str) -> Vector:
            return (1.0, 2.0)

    fill(library, "smooth", 6, notes="smooth")
    wishes = MoveWishes(difficulty="beginner", words="smooth")
    with pytest.raises(ValueError, match="2 components"):
        select_moves(library.index, library.clips, wishes, embedder=Embedder())


def test_every_style_orders_the_real_moves_otherwise(shared_data: Path) -> None:
    library = Library()
    backup = shared_data / "moves" / "embeddings_backup.json"
    for document in read_legacy_index(backup).documents:
        library.add(
            document.clip_id,
            move_label=document.move_label,
            difficulty=document.difficulty,
            energy_level=document.energy_level,
        )
        library.index.put(document)
    firsts = {
        style: [
            c.clip.move_label for c in library.find(difficulty="advanced", style=style).candidates
        ][:8]
        for style in ("romantic", "energetic", "sensual", "playful", "modern")
    }
    assert len({tuple(sorted(labels)) for labels in firsts.values()}) == 5
    assert {"body_roll", "shadow_position", "dips"} >= set(firsts["sensual"])
    assert firsts["modern"][:4] == ["combination"] * 4


def test_clips_that_cannot_follow_the_songs_tempo_do_not_count(library: Library) -> None:
    names = fill(library, "right", 4, tempo_bpm=125.0)
    names |= fill(library, "half", 1, tempo_bpm=62.5)
    fill(library, "slow", 5, tempo_bpm=90.0)
    fill(library, "short", 5, tempo_bpm=125.0, n_beats=7)
    found = library.find(difficulty="beginner", tempo_bpm=125.0)
    assert (ids(found), found.relaxed) == (names, ())
    slower = library.find(difficulty="beginner", tempo_bpm=112.0)
    assert {name[:4] for name in ids(slower)} == {"righ", "half", "slow"}
