"""English and Spanish words, made comparable: without case and accents, and by their stems."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import snowballstemmer

if TYPE_CHECKING:
    from collections.abc import Mapping

# Snowball leaves both endings on: rapidísimo, rapidísimamente.
_MANNER = re.compile(r"(?<=\w{3}[aelrsz])mente$")
_SUPERLATIVE = re.compile(r"(?<=\w{3})isim[oa]s?$")
_NUMBER_AND_GENDER = re.compile(r"(?<=\w{4})(?:[aeo]s?|s)$")
_SHORTEST_SPANISH_STEM = 4


class Stems(NamedTuple):
    """A word's stem as if it were English, and as if it were Spanish; a stem need be no word."""

    en: str
    es: str


def fold_accents(text: str) -> str:
    """Return a text without case and accents: ``Rápido`` becomes ``rapido``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@lru_cache(maxsize=8192)
def stems_of(folded: str) -> Stems:
    """Return the stems of a word without case and accents.

    Notes
    -----
    Source: Snowball's English and Spanish algorithms (Porter 2001), as in ``snowballstemmer`` 3.
    """
    return Stems(en=_snowball("english", folded), es=_spanish(folded))


def uninflected(folded: str) -> str:
    """Return a word without the endings of number and gender, if four letters stay."""
    return _NUMBER_AND_GENDER.sub("", folded)


def _spanish(folded: str) -> str:
    word = _SUPERLATIVE.sub("o", _MANNER.sub("", folded))
    stem = _snowball("spanish", word)
    # It takes rápido for a participle, and would leave rap.
    return stem if len(stem) >= _SHORTEST_SPANISH_STEM else uninflected(word)


class _Stemmers(threading.local):
    """Every thread's own: a stemmer holds the word it is busy with."""

    def __init__(self) -> None:
        self.by_language: Mapping[str, Any] = {
            language: snowballstemmer.stemmer(language) for language in ("english", "spanish")
        }


_stemmers = _Stemmers()


def _snowball(language: str, word: str) -> str:
    stem: str = _stemmers.by_language[language].stemWord(word)
    return stem
