"""The same facts hold for every move index."""

from __future__ import annotations

import math

import pytest
from pytest_django import DjangoAssertNumQueries

from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.adapters.memory_index import MemoryMoveIndex
from modules.moves.contract import MoveQuery, Vector, VectorName
from modules.moves.ports import MoveIndex
from modules.moves.tests.makers import a_document, a_vector, all_vectors


@pytest.fixture(params=["exact", "memory"])
def index(request: pytest.FixtureRequest) -> MoveIndex:
    """Every move index there is, empty."""
    if request.param == "memory":
        return MemoryMoveIndex()
    request.getfixturevalue("db")
    return ExactMoveIndex()


def hits(index: MoveIndex, **query: object) -> list[str]:
    return [hit.clip_id for hit in index.search(MoveQuery(**query))]  # type: ignore[arg-type]


def test_a_document_is_found_as_it_was_put(index: MoveIndex) -> None:
    document = a_document(
        "basic_step_1",
        lead_follow_roles="lead_focus",
        estimated_tempo=110.0,
        video_path="a/b.mp4",
        quality_score=0.9,
        detection_rate=1.0,
        frame_count=445,
        processing_time=11.3,
        version="mmpose_v1",
        vectors=all_vectors(),
    )
    index.put(document)
    assert index.find("basic_step_1") == document


def test_a_document_put_twice_is_replaced(index: MoveIndex) -> None:
    index.put(a_document("one", difficulty="beginner", vectors=all_vectors()))
    index.put(a_document("one", difficulty="advanced"))
    assert index.list_documents() == [a_document("one", difficulty="advanced")]


def test_a_deleted_document_is_gone_and_deleting_twice_is_nothing(index: MoveIndex) -> None:
    index.put(a_document("one"))
    index.put(a_document("two"))
    index.delete("one")
    index.delete("one")
    assert index.find("one") is None
    assert hits(index) == ["two"]


def test_documents_are_listed_by_name_and_only_those_asked_for(index: MoveIndex) -> None:
    for clip_id in ("c", "a", "b"):
        index.put(a_document(clip_id))
    assert [d.clip_id for d in index.list_documents(frozenset({"c", "a", "x"}))] == ["a", "c"]
    assert index.list_documents(frozenset()) == []


@pytest.mark.parametrize(
    ("name", "weight"),
    [("text", 0.35), ("audio", 0.35), ("lead", 0.1), ("follow", 0.1), ("interaction", 0.1)],
)
def test_each_vector_has_the_old_engines_weight(
    index: MoveIndex, name: VectorName, weight: float
) -> None:
    index.put(a_document("opposite", vectors=all_vectors(**{name: math.pi})))
    (hit,) = index.search(MoveQuery(vectors=all_vectors()))
    assert hit.score == pytest.approx(1 - weight, abs=1e-6)


def test_the_score_is_the_mean_of_half_the_cosines_plus_one(index: MoveIndex) -> None:
    index.put(a_document("turned", vectors=all_vectors(text=math.pi / 3)))
    (hit,) = index.search(MoveQuery(vectors=all_vectors()))
    assert hit.score == pytest.approx(0.65 + 0.35 * (0.5 + 1) / 2, abs=1e-6)


def test_the_length_of_a_vector_does_not_matter(index: MoveIndex) -> None:
    longer = {name: tuple(7 * x for x in v) for name, v in all_vectors().items()}
    index.put(a_document("long", vectors=longer))
    (hit,) = index.search(MoveQuery(vectors=all_vectors()))
    assert hit.score == pytest.approx(1, abs=1e-6)


def test_the_nearest_comes_first_and_equals_by_name(index: MoveIndex) -> None:
    index.put(a_document("far", vectors=all_vectors(audio=2.0)))
    index.put(a_document("near_B", vectors=all_vectors(audio=0.1)))
    index.put(a_document("near_a", vectors=all_vectors(audio=0.1)))
    assert hits(index, vectors=all_vectors()) == ["near_B", "near_a", "far"]
    assert hits(index, vectors=all_vectors(), limit=1) == ["near_B"]


def test_a_document_without_vectors_is_usable_with_a_neutral_score(index: MoveIndex) -> None:
    index.put(a_document("new"))
    index.put(a_document("known", vectors=all_vectors()))
    scores = {hit.clip_id: hit.score for hit in index.search(MoveQuery(vectors=all_vectors()))}
    assert scores == pytest.approx({"known": 1.0, "new": 0.5}, abs=1e-6)


def test_a_vector_that_one_side_lacks_counts_as_neutral(index: MoveIndex) -> None:
    index.put(a_document("spoken", vectors={"text": a_vector("text")}))
    both = {"text": a_vector("text"), "audio": a_vector("audio")}
    (hit,) = index.search(MoveQuery(vectors=both))
    assert hit.score == pytest.approx(0.35 + 0.65 * 0.5, abs=1e-6)


def test_vectors_of_poor_quality_are_not_compared(index: MoveIndex) -> None:
    index.put(a_document("blurred", quality_score=0.49, vectors=all_vectors()))
    index.put(a_document("sharp", quality_score=0.5, vectors=all_vectors(audio=1.0)))
    found = index.search(MoveQuery(vectors=all_vectors()))
    assert [hit.clip_id for hit in found] == ["sharp", "blurred"]
    assert found[1].score == 0.5


def test_terms_filter(index: MoveIndex) -> None:
    index.put(a_document("a", difficulty="beginner", energy_level="low"))
    index.put(a_document("b", difficulty="beginner", energy_level="high"))
    index.put(a_document("c", difficulty="advanced", energy_level="low"))
    assert hits(index) == ["a", "b", "c"]
    assert hits(index, difficulties=frozenset({"beginner"})) == ["a", "b"]
    assert hits(index, energies=frozenset({"low"})) == ["a", "c"]
    both = {"difficulties": frozenset({"beginner", "advanced"}), "energies": frozenset({"high"})}
    assert hits(index, **both) == ["b"]
    assert hits(index, clip_ids=frozenset({"b", "c", "elsewhere"})) == ["b", "c"]
    assert hits(index, clip_ids=frozenset()) == []


@pytest.mark.parametrize(
    ("vector", "complaint"),
    [
        ((1.0,) * 127, "127 components"),
        ((0.0,) * 128, "no direction"),
        ((math.nan,) * 128, "no direction"),
        ((math.inf, *(1.0,) * 127), "no direction"),
    ],
)
def test_a_vector_that_cannot_be_compared_is_refused(
    index: MoveIndex, vector: tuple[float, ...], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        index.put(a_document("bad", vectors={"audio": vector}))
    assert index.list_documents() == []


def test_the_mean_has_the_direction_between(index: MoveIndex) -> None:
    short = {"audio": tuple(x / 9 for x in a_vector("audio", angle=math.pi / 2))}
    index.put(a_document("a", vectors=all_vectors()))
    index.put(a_document("b", vectors=short))
    mean = index.mean_vectors(MoveQuery())
    assert mean["audio"][:2] == pytest.approx((math.sqrt(0.5), math.sqrt(0.5)))
    assert mean["text"][:2] == pytest.approx((1, 0))


def test_only_documents_for_which_the_terms_hold_have_a_share_in_the_mean(
    index: MoveIndex,
) -> None:
    index.put(a_document("a", difficulty="beginner", vectors=all_vectors()))
    index.put(a_document("b", difficulty="advanced", vectors=all_vectors(text=1.0)))
    mean = index.mean_vectors(MoveQuery(difficulties=frozenset({"advanced"})))
    assert mean["text"] == pytest.approx(a_unit_vector("text", angle=1.0))
    mean = index.mean_vectors(MoveQuery(clip_ids=frozenset({"a"})))
    assert mean["text"] == pytest.approx(a_unit_vector("text", angle=0.0))
    assert index.mean_vectors(MoveQuery(energies=frozenset({"high"}))) == {}


def a_unit_vector(name: VectorName, *, angle: float) -> Vector:
    return tuple(x / 3 for x in a_vector(name, angle=angle))


def test_poor_and_opposite_vectors_have_no_mean(index: MoveIndex) -> None:
    index.put(a_document("poor", quality_score=0.1, vectors=all_vectors()))
    assert index.mean_vectors(MoveQuery()) == {}
    index.put(a_document("there", vectors={"text": (1.0, *(0.0,) * 383)}))
    index.put(a_document("back", vectors={"text": (-1.0, *(0.0,) * 383)}))
    assert index.mean_vectors(MoveQuery()) == {}


def test_every_change_is_seen_by_the_next_search_also_in_one_transaction(
    index: MoveIndex,
) -> None:
    def score() -> float:
        (hit,) = index.search(MoveQuery(vectors=all_vectors()))
        return hit.score

    for angle in (0.0, math.pi, 0.0):
        index.put(a_document("one", vectors=all_vectors(text=angle)))
        assert score() == pytest.approx(1 if angle == 0 else 0.65, abs=1e-6)
    index.delete("one")
    assert hits(index) == []


@pytest.mark.django_db
def test_an_index_sees_what_another_process_stored() -> None:
    reading, importing = ExactMoveIndex(), ExactMoveIndex()
    importing.put(a_document("one"))
    assert hits(reading) == ["one"]
    importing.put(a_document("two"))
    assert hits(reading) == ["one", "two"]


@pytest.mark.django_db
def test_vectors_are_not_read_again_while_nothing_changes(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    index = ExactMoveIndex()
    index.put(a_document("one", vectors=all_vectors()))
    assert hits(index) == ["one"]
    with django_assert_num_queries(1) as captured:
        assert hits(index) == ["one"]
    assert "audio_embedding" not in captured[0]["sql"]
