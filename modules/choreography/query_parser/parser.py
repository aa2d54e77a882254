"""Parse a typed query: find its phrases, what denies or softens them, and weigh them.

Purely by rules: nothing is fetched, nothing is learned, the same words give the same answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from modules.choreography.contract import ParsedQuery
from modules.choreography.query_parser.explanation import explain
from modules.choreography.query_parser.lexicon import (
    ABOVES,
    ALTERNATIVES,
    BARE_DEGREES,
    DENIALS,
    DENYING_PHRASES,
    DIMINISHERS,
    EXCESSES,
    FALSE_FORMS,
    LESSENERS,
    ORDINARY,
    SCALES,
    SOFTENERS,
    Meaning,
    Slot,
    degree_of,
    find_meanings,
    longest_phrase,
    single_words,
)
from modules.choreography.query_parser.tokens import Word, split_words, typo_distance

BPM_RANGE = (60, 220)
TYPO_CERTAINTY, INFERRED_CERTAINTY, TORN_CERTAINTY = 0.8, 0.85, 0.5
_REACH_BEFORE, _REACH_AFTER = 3, 4
"""Words before and after a noun among which its degree is looked for: ``energy must not be high``.
"""
BARE_CERTAINTY = 0.7
TURNS = DENIALS | EXCESSES | LESSENERS | DIMINISHERS | ABOVES
_WINDOW = 5
"""Words before a phrase that may deny or soften it."""

_BPM = re.compile(
    r"(?P<before>\d{2,3})(?:[.,]\d+)?\s*(?:bpm|beats|ppm|pulsaciones|golpes)"
    r"|(?:tempo|speed|ritmo|velocidad)\s*(?:of|de|a|at|:|=|is|es)?\s*(?P<after>\d{2,3})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase found: the words ``first`` … ``last`` of the query, and what they may mean."""

    first: int
    last: int
    meanings: tuple[Meaning, ...]
    mistyped: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One value found for a slot, and the words that say so."""

    slot: Slot
    value: str
    certainty: float
    written: str


def parse_query(query: str) -> ParsedQuery:
    """Return what a typed query asks for; what it does not name stays None."""
    words = split_words(query)
    cues = find_cues(words)
    language = language_of(query, words, cues)
    hits = [*_tempo_in_numbers(query), *_hits(words, cues), *_bare_degrees(words)]
    chosen = {slot: _decide(slot, [h for h in hits if h.slot is slot]) for slot in Slot}
    found = {slot: hit for slot, hit in chosen.items() if hit is not None}
    tempo = found[Slot.TEMPO].value if Slot.TEMPO in found else None
    return ParsedQuery(
        difficulty=_value(found, Slot.DIFFICULTY),
        energy_level=_value(found, Slot.ENERGY),
        style=_value(found, Slot.STYLE),
        tempo=int(tempo) if tempo and tempo.isdecimal() else tempo,
        confidence=_confidence(list(found.values()), words, cues),
        explanation=explain(
            {slot: (hit.value, hit.written) for slot, hit in found.items()},
            language=language,
        ),
    )


def find_cues(words: Sequence[Word]) -> list[Cue]:
    """Find the phrases, the longest first at each place, then slips of the finger."""
    cues: list[Cue] = []
    at = 0
    while at < len(words):
        cue = _exact_cue(words, at) or _mistyped_cue(words, at)
        if cue is not None:
            cues.append(cue)
        at = cue.last + 1 if cue else at + 1
    return cues


def language_of(query: str, words: Sequence[Word], cues: Sequence[Cue]) -> str:
    """Return ``en`` or ``es``, by ordinary words, by phrases, and by signs only Spanish has."""
    spanish = sum(sign in "ñáéíóúü¿¡" for sign in query.casefold())
    english = 0
    for word in words:
        spanish += word.folded in ORDINARY["es"]
        english += word.folded in ORDINARY["en"]
    for cue in cues:
        spanish += all(meaning.language == "es" for meaning in cue.meanings)
        english += all(meaning.language == "en" for meaning in cue.meanings)
    return "es" if spanish > english else "en"


def _exact_cue(words: Sequence[Word], at: int) -> Cue | None:
    for length in range(min(longest_phrase(), len(words) - at), 0, -1):
        run = words[at : at + length]
        if run[-1].clause != run[0].clause:
            continue
        found = find_meanings(run)
        if found:
            return Cue(at, at + length - 1, found)
    return None


def _mistyped_cue(words: Sequence[Word], at: int) -> Cue | None:
    word = words[at]
    if _is_ordinary(word) or degree_of(word) is not None:
        return None
    nearest: tuple[int, Word] | None = None
    for meant in single_words().get(word.folded[:1], ()):
        slips = typo_distance(word.folded, meant.folded)
        if slips is not None and (nearest is None or slips < nearest[0]):
            nearest = slips, meant
    return Cue(at, at, find_meanings([nearest[1]]), mistyped=True) if nearest else None


def _is_ordinary(word: Word) -> bool:
    known = (
        *ORDINARY.values(),
        DENIALS,
        SOFTENERS,
        LESSENERS,
        DIMINISHERS,
        ALTERNATIVES,
        FALSE_FORMS,
    )
    return any(word.folded in words for words in known)


def _hits(words: Sequence[Word], cues: Sequence[Cue]) -> Iterator[Hit]:
    """Return what every cue says in its place, denials and degrees considered."""
    used: set[int] = set()
    covered = _covered(cues)
    denied_before = is_compared = False
    for number, cue in enumerate(cues):
        start = _window_start(words, cues, number)
        before = [word.folded for word in words[start : cue.first]]
        denied = _is_denied(before, denied_before=denied_before)
        denied_before = denied
        if _is_reference(before, is_compared=is_compared):
            continue
        is_compared = not {"mas", "menos"}.isdisjoint(before)
        turn = next((i for i, word in enumerate(before) if word in TURNS), len(before))
        for meaning in cue.meanings:
            place, told_at = _place(words, cue, meaning, used=used, covered=covered, denied=denied)
            value = _adjusted(meaning, place, before, denied=denied)
            if value is not None:
                first, last = min(start + turn, told_at), max(cue.last, told_at)
                written = " ".join(word.written for word in words[first : last + 1])
                yield Hit(meaning.slot, value, _certainty(cue, meaning, denied=denied), written)


def _bare_degrees(words: Sequence[Word]) -> Iterator[Hit]:
    """Return what a clause of one mere degree says of the energy: ``advanced, high, modern``."""
    clauses = Counter(word.clause for word in words)
    if len(clauses) < 2:
        return
    for word in words:
        place = degree_of(word)
        if clauses[word.clause] == 1 and place is not None and word.folded in BARE_DEGREES:
            value = SCALES[Slot.ENERGY][place]
            yield Hit(Slot.ENERGY, value, BARE_CERTAINTY, word.written)


def _window_start(words: Sequence[Word], cues: Sequence[Cue], number: int) -> int:
    """Find where the words begin that may change a cue: after the last cue, in its clause."""
    cue = cues[number]
    start = cues[number - 1].last + 1 if number else 0
    start = max(start, cue.first - _WINDOW)
    clause = words[cue.first].clause
    while words[start].clause != clause:
        start += 1
    return start


def _is_denied(before: Sequence[str], *, denied_before: bool) -> bool:
    if not DENIALS.isdisjoint(before) or DENYING_PHRASES.search(" ".join(before)):
        return True
    # "not fast or hard": an alternative inherits the denial, "and" does not.
    return denied_before and bool(before) and before[0] in ALTERNATIVES


def _is_reference(before: Sequence[str], *, is_compared: bool) -> bool:
    """Whether the cue is only compared with: ``harder than basic``, ``más que lo básico``.

    ``is_compared`` says that the cue before it has a "más" or "menos": ``más dulce que sensual``.
    """
    if "than" in before:
        return DENYING_PHRASES.search(" ".join(before)) is None
    if is_compared and list(before) == ["que"]:
        return True
    return list(before[-2:]) in (["que", "lo"], ["que", "el"], ["que", "la"])


def _place(
    words: Sequence[Word],
    cue: Cue,
    meaning: Meaning,
    *,
    used: set[int],
    covered: frozenset[int],
    denied: bool,
) -> tuple[int | None, int]:
    """Return a cue's place on its slot's scale, 0 … 2, and the word that tells it.

    The place is None for a style and for a mere noun.
    """
    if meaning.value is not None:
        scale = SCALES.get(meaning.slot, ())
        return (scale.index(meaning.value) if meaning.value in scale else None), cue.first
    at = _degree_of(words, cue, used=used, covered=covered)
    if at is not None:
        place = degree_of(words[at])
        between = {word.folded for word in words[cue.last + 1 : at]}
        if place is not None and not DENIALS.isdisjoint(between):
            # "tempo not high" is a slow one, and "energy not low" a medium one.
            return (1 if place == 0 or not SOFTENERS.isdisjoint(between) else 0), at
        return place, at
    # "with energy" is much of it, and "without difficulty" denies much of it.
    return (2 if denied or meaning.slot is Slot.ENERGY else None), cue.first


def _degree_of(
    words: Sequence[Word], cue: Cue, *, used: set[int], covered: frozenset[int]
) -> int | None:
    """Find the word with a noun's degree: the nearest before it, else after it, not yet used."""
    before = range(cue.first - 1, -1, -1)[:_REACH_BEFORE]
    after = range(cue.last + 1, len(words))[:_REACH_AFTER]
    for steps in (before, after):
        for at in steps:
            # What lies behind another phrase, or in another clause, belongs to that.
            if at in covered or words[at].clause != words[cue.first].clause:
                break
            if degree_of(words[at]) is not None and at not in used:
                used.add(at)
                return at
    return None


def _adjusted(
    meaning: Meaning, place: int | None, before: Sequence[str], *, denied: bool
) -> str | None:
    """Turn a value the way the words before it do; None when it is only ruled out."""
    excess = not EXCESSES.isdisjoint(before)
    lessened = not LESSENERS.isdisjoint(before)
    if place is None:
        return None if denied or excess or lessened else meaning.value
    scale = SCALES[meaning.slot]
    if not ABOVES.isdisjoint(before):
        return scale[place if denied else min(place + 1, 2)]
    if denied or excess:
        return _denied(scale, place, softly=denied and not SOFTENERS.isdisjoint(before))
    if lessened or (place == 2 and not DIMINISHERS.isdisjoint(before)):
        return scale[1]
    return scale[place]


def _denied(scale: tuple[str, ...], place: int, *, softly: bool) -> str | None:
    """``not hard`` is easy, ``not very hard`` and ``not easy`` the middle; not the middle: any."""
    low, middle, _ = scale
    if place == 1:
        return None
    return middle if place == 0 or softly else low


def _certainty(cue: Cue, meaning: Meaning, *, denied: bool) -> float:
    certainty = meaning.certainty * (TYPO_CERTAINTY if cue.mistyped else 1.0)
    return certainty * (INFERRED_CERTAINTY if denied else 1.0)


def _decide(slot: Slot, hits: Sequence[Hit]) -> Hit | None:
    """Choose a slot's value: the best supported, the first of equals; torn, the middle."""
    if not hits:
        return None
    support: dict[str, float] = {}
    for hit in hits:
        support[hit.value] = support.get(hit.value, 0.0) + hit.certainty
    scale = SCALES.get(slot)
    if scale and scale[0] in support and scale[2] in support:
        torn = [hit.written for hit in hits if hit.value in (scale[0], scale[2])]
        return Hit(slot, scale[1], TORN_CERTAINTY, " … ".join(dict.fromkeys(torn)))
    best = max(support, key=lambda value: support[value])
    first = next(hit for hit in hits if hit.value == best)
    certainty = max(hit.certainty for hit in hits if hit.value == best)
    return replace(first, certainty=certainty * (TORN_CERTAINTY if len(support) > 1 else 1.0))


def _tempo_in_numbers(query: str) -> Iterator[Hit]:
    folded = " ".join(query.casefold().split())
    for match in _BPM.finditer(folded):
        bpm = int(match["before"] or match["after"])
        if BPM_RANGE[0] <= bpm <= BPM_RANGE[1]:
            # A number outweighs every word.
            yield Hit(Slot.TEMPO, str(bpm), 10.0, match.group())


def _value(found: dict[Slot, Hit], slot: Slot) -> str | None:
    return found[slot].value if slot in found else None


def _confidence(hits: Sequence[Hit], words: Sequence[Word], cues: Sequence[Cue]) -> float:
    """Weigh how surely the phrases speak, and how much of the query they are: 0 … 1."""
    if not hits:
        return 0.0
    certainty = sum(min(1.0, hit.certainty) for hit in hits) / len(hits)
    foreign = sum(map(_is_foreign, _uncovered(words, cues)))
    understood = max(1, len(cues))
    return round(certainty * (0.5 + 0.5 * understood / (understood + foreign)), 2)


def _uncovered(words: Sequence[Word], cues: Sequence[Cue]) -> Iterator[Word]:
    inside = _covered(cues)
    return (word for at, word in enumerate(words) if at not in inside)


def _covered(cues: Sequence[Cue]) -> frozenset[int]:
    return frozenset(at for cue in cues for at in range(cue.first, cue.last + 1))


def _is_foreign(word: Word) -> bool:
    """Whether a word carries something that was not understood."""
    known = _is_ordinary(word) or degree_of(word) is not None
    return not known and word.folded != "bpm" and not word.folded.isdecimal()
