"""Words of a typed sentence: folded, stemmed, told apart, with small typing errors forgiven."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CLAUSE_END = re.compile(r"[,.;:!?¿¡()\n]")
_DRAWN_OUT = re.compile(r"([^\W\d])\1\1+")
_ENDINGS = ("isimamente", "isimo", "isima", "isimos", "isimas", "amente", "mente", "idad", "ismo")
_SHORTEST_STEM = 4
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
    """One word of the wish; ``clause`` counts the clauses from 0."""

    written: str
    folded: str
    stem: str
    clause: int


def split_words(text: str) -> list[Word]:
    """Give the words of a text in order, each with the clause it stands in."""
    words: list[Word] = []
    clause = end = 0
    for match in _WORD.finditer(text):
        folded = fold(match.group())
        begins = _CLAUSE_END.search(text, end, match.start()) or folded in CONTRASTS
        clause += bool(begins and words)
        end = match.end()
        words.append(Word(match.group(), folded, stem(folded), clause))
    return words


def fold(word: str) -> str:
    """Give letters and digits, without case, accents and drawn-out sounds.

    ``Rápido`` becomes ``rapido``, ``slooow`` becomes ``slow``.
    """
    plain = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(sign for sign in plain if sign.isalnum() and not unicodedata.combining(sign))
    return _DRAWN_OUT.sub(r"\1", bare)


def stem(folded: str) -> str:
    """Give a folded word without the endings of number, gender, degree and manner.

    Both sides of a comparison are stemmed, so a stem need not be a word: ``románticas`` and
    ``romántico`` become ``romantic``, ``rapidísimo`` and ``rápido`` become ``rapid``.
    """
    word = folded
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM - 1:
            word = word.removesuffix(ending)
            break
    for ending in ("es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word.removesuffix(ending)
            break
    if len(word) > _SHORTEST_STEM and word[-1] in "aeo":
        word = word[:-1]
    return word


def is_typo_of(typed: str, meant: str) -> bool:
    """Whether two stems differ by a slip: 1 error, or 2 in words of 8 letters and more.

    The first letter must be right, as it nearly always is.
    """
    if len(meant) < SHORTEST_TYPO or len(typed) < SHORTEST_TYPO or typed[0] != meant[0]:
        return False
    allowed = 1 + (min(len(typed), len(meant)) >= TWO_ERRORS_FROM)
    return abs(len(typed) - len(meant)) <= allowed and _distance(typed, meant) <= allowed


def _distance(one: str, other: str) -> int:
    """Count the insertions, deletions, substitutions and swaps of neighbours between two words.

    Source: optimal string alignment, a restricted Damerau (1964) distance.
    """
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, above = above, row
    return above[-1]
