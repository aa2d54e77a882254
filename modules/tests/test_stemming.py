"""Words are made comparable without case, accents and endings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.stemming import Stems, fold_accents, stems_of, uninflected


@pytest.mark.parametrize(
    ("written", "folded"), [("Rápido", "rapido"), ("ÑANDÚ", "nandu"), ("ﬁesta", "fiesta")]
)
def test_case_accents_and_ligatures_are_folded(written: str, folded: str) -> None:
    assert fold_accents(written) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("romanticas", "romantico"),
        ("rapidas", "rapido"),
        ("rapidisimos", "rapido"),
        ("rapidamente", "rapido"),
        ("lentisimamente", "lento"),
        ("suaves", "suave"),
        ("vueltas", "vuelta"),
    ],
)
def test_forms_of_a_spanish_word_share_a_stem(one: str, other: str) -> None:
    assert stems_of(one).es == stems_of(other).es


@pytest.mark.parametrize(("one", "other"), [("turning", "turns"), ("energies", "energy")])
def test_forms_of_an_english_word_share_a_stem(one: str, other: str) -> None:
    assert stems_of(one).en == stems_of(other).en


def test_a_short_word_is_no_form_of_a_longer_one() -> None:
    assert stems_of("rap").es != stems_of("rapido").es


@pytest.mark.parametrize(("word", "bare"), [("rapidas", "rapid"), ("locos", "loco")])
def test_number_and_gender_are_taken_off_where_enough_stays(word: str, bare: str) -> None:
    assert uninflected(word) == bare


@given(st.text(min_size=1, max_size=50))
def test_any_word_keeps_something(word: str) -> None:
    stems = stems_of(word)
    assert stems.en
    assert stems.es
    assert uninflected(word)


def test_threads_do_not_mix_their_words() -> None:
    words = [
        f"{stem}{ending}" for stem in ("turn", "danc", "swing") for ending in ("ing", "ed", "s")
    ]
    expected = [stems_of.__wrapped__(word) for word in words]

    def all_stems(_: int) -> list[Stems]:
        return [stems_of.__wrapped__(word) for word in words * 20]

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert all(found == expected * 20 for found in pool.map(all_stems, range(16)))
