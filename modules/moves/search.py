"""Finding the clips that fit a dancer's wishes, and saying which wishes had to go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from modules.moves.contract import (
    DIFFICULTIES,
    Difficulty,
    Energy,
    MoveCandidate,
    MoveClip,
    MoveDocument,
    MoveQuery,
    ScoredMove,
    Selection,
)
from modules.moves.ports import MoveIndex
from modules.moves.vectors import mean_vectors

ENOUGH_HITS = 5
"""With fewer hits than this, wishes are dropped, as the old engine did."""

BEATS_PER_EIGHT = 8
MIN_SPEED, MAX_SPEED = 0.80, 1.25
RATIOS = (1.0, 0.5, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWishes:
    """What the dancer wants; None does not matter. ``tempo_bpm`` is the song's."""

    difficulty: Difficulty
    energy_level: Energy | None = None
    style: str | None = None
    tempo_bpm: float | None = None


def select_moves(index: MoveIndex, clips: Mapping[str, MoveClip], wishes: MoveWishes) -> Selection:
    """Find the clips on hand that fit the wishes, best first.

    The terms filter: difficulty (beginners get beginner moves only, others moves up to their
    own) and energy. Fewer than five clips drop the energy, then the style, then raise the
    difficulty by one step; a step that finds nothing more is not taken.

    There is no model that turns words into vectors, so the query's vectors are the mean of the
    documents that answer the wishes themselves: of the wished difficulty and energy, and of
    those whose label or notes name the style, if any do. A clip's score is its nearness to
    what such moves have in common. Where no move names the style, the style is dropped.
    """
    on_hand = {
        clip_id: clip for clip_id, clip in clips.items() if _can_follow(clip, wishes.tempo_bpm)
    }
    documents = index.list_documents(frozenset(on_hand))
    best: tuple[list[ScoredMove], tuple[str, ...]] = ([], ())
    for relaxed, eased in _eased(wishes, on_hand):
        query = _query(documents, on_hand, eased, raised="difficulty" in relaxed)
        hits = index.search(query)
        if len(hits) > len(best[0]) or not best[0]:
            best = hits, relaxed
        if len(hits) >= ENOUGH_HITS:
            break
    hits, relaxed = best
    return Selection(
        candidates=tuple(MoveCandidate(clip=on_hand[h.clip_id], score=h.score) for h in hits),
        relaxed=relaxed,
    )


def matches_style(clip: MoveClip, style: str) -> bool:
    """Whether a clip's label, name or notes hold every word of the style."""
    words = f"{clip.move_label} {clip.name} {clip.notes}".lower().replace("_", " ").split()
    return all(word in words for word in style.lower().split())


def _eased(
    wishes: MoveWishes, clips: Mapping[str, MoveClip]
) -> Iterator[tuple[tuple[str, ...], MoveWishes]]:
    """Give the wishes, then with more and more of them dropped, and what was."""
    relaxed: tuple[str, ...] = ()
    if wishes.style and not any(matches_style(clip, wishes.style) for clip in clips.values()):
        wishes, relaxed = replace(wishes, style=None), ("style",)
    yield relaxed, wishes
    if wishes.energy_level:
        wishes, relaxed = replace(wishes, energy_level=None), ("energy", *relaxed)
        yield relaxed, wishes
    if wishes.style:
        wishes, relaxed = replace(wishes, style=None), (*relaxed, "style")
        yield relaxed, wishes
    if wishes.difficulty != DIFFICULTIES[-1]:
        yield (*relaxed, "difficulty"), wishes


def _query(
    documents: Sequence[MoveDocument],
    clips: Mapping[str, MoveClip],
    wishes: MoveWishes,
    *,
    raised: bool,
) -> MoveQuery:
    """Ask for the wishes' terms, and for nearness to the documents that answer them best."""
    hardest = DIFFICULTIES.index(wishes.difficulty) + int(raised)
    seeds = [
        document
        for document in documents
        if document.difficulty == wishes.difficulty
        and wishes.energy_level in {None, document.energy_level}
        and (not wishes.style or matches_style(clips[document.clip_id], wishes.style))
    ]
    return MoveQuery(
        difficulties=frozenset(DIFFICULTIES[: hardest + 1]),
        energies=frozenset({wishes.energy_level} if wishes.energy_level else ()),
        clip_ids=frozenset(clips),
        vectors=mean_vectors(seeds),
    )


def _can_follow(clip: MoveClip, tempo_bpm: float | None) -> bool:
    """Whether a clip can dance at least one eight at the song's tempo."""
    if tempo_bpm is None:
        return True
    return any(
        MIN_SPEED <= ratio * tempo_bpm / clip.tempo_bpm <= MAX_SPEED
        and len(clip.keyframes_s) >= BEATS_PER_EIGHT * ratio
        for ratio in RATIOS
    )
