"""Words of a typed sentence: folded, stemmed, told apart, with small typing errors forgiven."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from modules.stemming import Stems, fold_accents, stems_of, uninflected

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CLAUSE_END = re.compile(r"[,.;!?¿¡()/|\n]")
_DRAWN_OUT = re.compile(r"([^\W\d])\1\1+")
SHORTEST_TYPO = 5
"""Letters from which on a word may be mistyped; shorter ones are too alike."""
TWO_ERRORS_FROM = 8
"""Letters from which on two errors are forgiven."""

CONTRASTS = frozenset(
    {
        "but",
        "pero",
        "sino",
        "although",
        "aunque",
        "yet",
        "mejor",
        "rather",
        "instead",
        "however",
        "though",
    }
)
"""Words that begin a clause of their own, and with it a denial's end."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the query; ``clause`` counts the clauses from 0."""

    written: str
    folded: str
    stems: Stems
    clause: int = 0


def split_words(text: str) -> list[Word]:
    """Return the words of a text in order, each with the clause it stands in."""
    words: list[Word] = []
    clause = end = 0
    for match in _WORD.finditer(text):
        folded = fold(match.group())
        begins = _CLAUSE_END.search(text, end, match.start()) or folded in CONTRASTS
        clause += bool(begins and words)
        end = match.end()
        words.append(Word(match.group(), folded, stems_of(folded), clause))
    return words


def fold(word: str) -> str:
    """Return letters and digits, without case, accents and drawn-out sounds.

    ``Rápido`` becomes ``rapido``, ``slooow`` becomes ``slow``.
    """
    bare = "".join(sign for sign in fold_accents(word) if sign.isalnum())
    return _DRAWN_OUT.sub(r"\1", bare)


def typo_distance(typed: str, meant: str) -> int | None:
    """Count insertions, deletions, substitutions and swaps of neighbours between two folded words.

    None if there are too many for a typo: one is forgiven, two in words of 8 letters and more.
    Number and gender do not count. The first letter must be right, as it nearly always is.

    Notes
    -----
    Source: optimal string alignment, a restricted Damerau (1964) distance, as in ``rapidfuzz`` 3.
    """
    typed, meant = uninflected(typed), uninflected(meant)
    if len(meant) < SHORTEST_TYPO or len(typed) < SHORTEST_TYPO or typed[0] != meant[0]:
        return None
    allowed = 1 + (min(len(typed), len(meant)) >= TWO_ERRORS_FROM)
    distance = OSA.distance(typed, meant, score_cutoff=allowed)
    return distance if distance <= allowed else None
