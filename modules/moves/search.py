"""Finding the clips that fit a dancer's wishes, and saying which wishes had to go.

How words reach the old text vectors without a network
------------------------------------------------------
The 384-dimensional text vectors of the legacy index came from a model that is not here, so words
cannot be turned into such a vector. But the index holds the vectors of what was *written about*
the clips, and ``words.affinities`` says which clips answer the words. The clips that answer them
best are *seeds*: the mean direction of their text vectors is the query's text vector. Clips whose
text lies near the seeds' come forward even where they share no word with the query. Where a
``TextEmbedder`` is configured, nearness to its vector of the words counts as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.contract import DIFFICULTIES, ENERGY_LEVELS, Difficulty, Energy
from engine.planning.rules import (
    ENERGY_RANK,
    can_dance_an_eight,
    has_enough_as_wished,
    list_allowed,
    tell_why_harder,
)
from modules.moves.contract import (
    MoveCandidate,
    MoveClip,
    MoveQuery,
    ScoredMove,
    Selection,
    Vector,
    VectorName,
)
from modules.moves.ports import MoveIndex, TextEmbedder
from modules.moves.vectors import checked_vectors
from modules.moves.words import affinities

ENOUGH_HITS = 5
"""With fewer hits than this, wishes are dropped, as the old engine did."""

WORDS_SHARE = 0.5
"""Share of the words' own answer in a score, where words were given; the rest is the index's."""

MODEL_GAIN = 1.15
"""Weight of a text model's say, where there is one, beside 1 for everything else.

Chosen on the judged queries of ``benchmarks/word_search.py``: nDCG@10 .834 without, .851 with it,
and more of it helps English at the cost of Spanish, which the model hardly knows."""

SEED_SHARE = 0.75
"""Clips that answer the words at least so well, against the best, are seeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWishes:
    """What the dancer wants; None does not matter. ``tempo_bpm`` is the song's.

    ``style`` is one word, ``words`` any text in English or Spanish; both are read alike.
    """

    difficulty: Difficulty
    energy_level: Energy | None = None
    style: str | None = None
    words: str | None = None
    tempo_bpm: float | None = None

    @property
    def text(self) -> str:
        """Everything that was said in words."""
        return " ".join(text for text in (self.style, self.words) if text)


@dataclass(frozen=True, slots=True)
class _Step:
    """Wishes as far as they were dropped, and the words of what was, in order."""

    wishes: MoveWishes
    energies: frozenset[Energy] = frozenset()
    relaxed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the words ask for: how well each clip answers, and the vectors of the best.

    ``nearness`` holds each clip's score by a text model, and is empty without one.
    """

    answers: Mapping[str, float] = field(default_factory=dict)
    vectors: Mapping[VectorName, Vector] = field(default_factory=dict)
    nearness: Mapping[str, float] = field(default_factory=dict)


def select_moves(
    index: MoveIndex,
    clips: Mapping[str, MoveClip],
    wishes: MoveWishes,
    *,
    embedder: TextEmbedder | None = None,
) -> Selection:
    """Return the clips on hand that fit the wishes, best first.

    The terms filter: difficulty (beginners get beginner moves only, others moves up to their
    own) and energy. Fewer than five clips let in the nearest energy, then any, and then raise
    the difficulty by one step; so do fewer than two of the wished difficulty. A step that finds
    nothing more is not taken. Style and words never filter, they order: they are dropped where
    no clip on hand answers them.

    A clip's score is its nearness to the query's vectors; with words, half of it is how well
    the clip answers them. The text vector is that of the words (see the module), the other
    vectors are the mean of the documents of the wished difficulty and energy.
    """
    on_hand = {clip_id: clip for clip_id, clip in clips.items() if _can_follow(clip, wishes)}
    # A model may understand words that no table holds: only without one are words dropped.
    wishes, unanswered = (wishes, {}) if embedder else _answerable(wishes, on_hand)
    asked = _ask(index, clips, wishes.text, embedder)
    best, hits = _widest(index, on_hand, wishes, asked)
    relaxed = tuple(sorted((*best.relaxed, *unanswered), key=_ORDER.index))
    return Selection(
        candidates=tuple(
            MoveCandidate(clip=on_hand[hit.clip_id], score=hit.score)
            for hit in _ordered(hits, asked)
        ),
        relaxed=relaxed,
        reasons={word: _reason(word, wishes, on_hand, unanswered) for word in relaxed},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTerms:
    """What must hold of a move, and words that order; None does not matter."""

    difficulty: Difficulty | None = None
    energy_level: Energy | None = None
    move_label: str | None = None
    words: str = ""


def rank_moves(
    index: MoveIndex,
    clips: Mapping[str, MoveClip],
    terms: MoveTerms,
    *,
    limit: int,
    embedder: TextEmbedder | None = None,
) -> list[MoveCandidate]:
    """Return the clips on hand for which every term holds, best first; nothing is relaxed.

    The terms filter inside the index's search. Words order, as in ``select_moves``: those that
    no clip answers change nothing. Without words, a clip's score is its nearness to what the
    clips found have in common, so the most typical come first.
    """
    labelled = {
        clip_id: clip
        for clip_id, clip in clips.items()
        if terms.move_label in (None, clip.move_label)
    }
    asked = _ask(index, clips, terms.words, embedder)
    if embedder is None and not any(asked.answers.values()):
        asked = _Asked()
    query = MoveQuery(
        difficulties=frozenset({terms.difficulty} if terms.difficulty else ()),
        energies=frozenset({terms.energy_level} if terms.energy_level else ()),
        clip_ids=frozenset(labelled),
    )
    alike = index.mean_vectors(query)
    hits = index.search(replace(query, vectors={**alike, **asked.vectors}))
    return [
        MoveCandidate(clip=labelled[hit.clip_id], score=hit.score)
        for hit in _ordered(hits, asked)[:limit]
    ]


_ORDER = ("energy", "style", "words", "difficulty")
"""In which order wishes are dropped."""


def _answerable(
    wishes: MoveWishes, clips: Mapping[str, MoveClip]
) -> tuple[MoveWishes, dict[str, str]]:
    """Drop the style, and the words, that no clip the dancer may dance answers."""
    within = list_allowed(wishes.difficulty)
    danceable = [clip for clip in clips.values() if clip.difficulty in within]
    unanswered: dict[str, str] = {}
    for word, text in (("style", wishes.style), ("words", wishes.words)):
        if text and not any(affinities(danceable, text).values()):
            unanswered[word] = text
    if "style" in unanswered:
        wishes = replace(wishes, style=None)
    if "words" in unanswered:
        wishes = replace(wishes, words=None)
    return wishes, unanswered


def _ask(
    index: MoveIndex,
    clips: Mapping[str, MoveClip],
    text: str,
    embedder: TextEmbedder | None,
) -> _Asked:
    """Read the words against the whole library, whatever the song and the difficulty."""
    if not text:
        return _Asked()
    answers = affinities(clips.values(), text)
    nearness: dict[str, float] = {}
    if embedder is not None:
        embedded = checked_vectors({"text": embedder.embed(text)})
        near = index.search(MoveQuery(clip_ids=frozenset(clips), vectors=embedded))
        nearness = {hit.clip_id: hit.score for hit in near}
    least = SEED_SHARE * max(answers.values(), default=0.0)
    seeds = frozenset(clip_id for clip_id, answer in answers.items() if answer >= least > 0)
    means = index.mean_vectors(MoveQuery(clip_ids=seeds))
    return _Asked(answers, {"text": means["text"]} if "text" in means else {}, nearness)


def _widest(
    index: MoveIndex,
    clips: Mapping[str, MoveClip],
    wishes: MoveWishes,
    asked: _Asked,
) -> tuple[_Step, list[ScoredMove]]:
    """Search with less and less wished, until enough is found; return the step and its hits."""
    best: tuple[_Step, list[ScoredMove]] | None = None
    for step in _eased(wishes):
        hits = index.search(_query(index, clips, step, asked))
        if best is None or len(hits) > len(best[1]):
            best = step, hits
        if _is_enough(hits, clips, wishes):
            break
    assert best is not None  # noqa: S101 - the first step is always taken
    return best


def _is_enough(
    hits: Sequence[ScoredMove], clips: Mapping[str, MoveClip], wishes: MoveWishes
) -> bool:
    difficulties = [clips[hit.clip_id].difficulty for hit in hits]
    return len(hits) >= ENOUGH_HITS and has_enough_as_wished(difficulties, wishes.difficulty)


def _ordered(hits: Sequence[ScoredMove], asked: _Asked) -> list[ScoredMove]:
    """Let the words have their share in the scores."""
    if not asked.answers:
        return list(hits)
    scored = [ScoredMove(clip_id=hit.clip_id, score=round(_worded(hit, asked), 9)) for hit in hits]
    return sorted(scored, key=lambda hit: (-hit.score, hit.clip_id))


def _worded(hit: ScoredMove, asked: _Asked) -> float:
    """Return a clip's score, in [0, 1], when words were given."""
    score = (1 - WORDS_SHARE) * hit.score + WORDS_SHARE * asked.answers[hit.clip_id]
    if not asked.nearness:
        return score
    return (score + MODEL_GAIN * asked.nearness[hit.clip_id]) / (1 + MODEL_GAIN)


def _eased(wishes: MoveWishes) -> Iterator[_Step]:
    """Yield the wishes, then with more and more of them dropped.

    A wished energy is never dropped for none: the nearest come first.
    """
    step = _Step(wishes, energies=frozenset())
    for distance, energies in enumerate(_widening(wishes.energy_level)):
        step = _Step(wishes, energies, ("energy",) if distance else ())
        yield step
    if wishes.difficulty != DIFFICULTIES[-1]:
        yield _Step(wishes, step.energies, (*step.relaxed, "difficulty"))


def _widening(wished: Energy | None) -> list[frozenset[Energy]]:
    """Return the energies that may be danced, the wished one first, then nearer before farther."""
    if wished is None:
        return [frozenset()]
    steps = {abs(ENERGY_RANK[level] - ENERGY_RANK[wished]) for level in ENERGY_LEVELS}
    return [
        frozenset(e for e in ENERGY_LEVELS if abs(ENERGY_RANK[e] - ENERGY_RANK[wished]) <= step)
        for step in sorted(steps)
    ]


def _query(
    index: MoveIndex,
    clips: Mapping[str, MoveClip],
    step: _Step,
    asked: _Asked,
) -> MoveQuery:
    """Return the wishes' terms, and nearness to the documents that answer them best."""
    wishes = step.wishes
    allowed = list_allowed(wishes.difficulty, is_relaxed="difficulty" in step.relaxed)
    on_hand = frozenset(clips)
    as_wished = MoveQuery(
        difficulties=frozenset({wishes.difficulty}), energies=step.energies, clip_ids=on_hand
    )
    return MoveQuery(
        difficulties=frozenset(allowed),
        energies=step.energies,
        clip_ids=on_hand,
        vectors={**index.mean_vectors(as_wished), **asked.vectors},
    )


def _reason(
    word: str,
    wishes: MoveWishes,
    clips: Mapping[str, MoveClip],
    unanswered: Mapping[str, str],
) -> str:
    """Return a sentence that says why a wish was dropped."""
    if word in unanswered:
        return f"No {wishes.difficulty} or easier move answers “{unanswered[word]}”."
    song = "" if wishes.tempo_bpm is None else f" that can follow {wishes.tempo_bpm:.0f} BPM"
    if word == "energy":
        return f"Too few of the moves{song} have {wishes.energy_level} energy: the nearest came in."
    n = sum(clip.difficulty == wishes.difficulty for clip in clips.values())
    return tell_why_harder(n, wishes.difficulty, moves=f"moves{song}")


def _can_follow(clip: MoveClip, wishes: MoveWishes) -> bool:
    """Whether a clip can dance at least one eight at the song's tempo."""
    if wishes.tempo_bpm is None:
        return True
    return can_dance_an_eight(
        song_bpm=wishes.tempo_bpm, clip_bpm=clip.tempo_bpm, n_beats=len(clip.keyframes_s)
    )
