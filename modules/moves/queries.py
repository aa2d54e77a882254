"""Reading the moves, without anything that prepares them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from modules.moves.contract import (
    MoveCandidate,
    MoveClip,
    MoveNotFound,
    Selection,
    TextModelUnusable,
)
from modules.moves.models import MoveClipRow
from modules.moves.rows import as_clip
from modules.moves.search import MoveTerms, MoveWishes, rank_moves, select_moves

if TYPE_CHECKING:
    from modules.moves.ports import MoveIndex, TextEmbedder

logger = logging.getLogger(__name__)


def list_moves() -> list[MoveClip]:
    """Return every clip, also those that are not active, by label and clip id."""
    return [as_clip(row) for row in MoveClipRow.objects.order_by("move_label", "clip_id")]


def get_move(clip_id: str) -> MoveClip:
    """Return one active clip.

    Raises
    ------
    MoveNotFound
        If there is none, or it is not active.
    """
    row = MoveClipRow.objects.filter(clip_id=clip_id, is_active=True).first()
    if row is None:
        raise MoveNotFound("There is no such move.")
    return as_clip(row)


class MoveCatalogue:
    """The active clips, found by what is wished of them.

    Parameters
    ----------
    text_embedder : TextEmbedder or None
        Turns words that are searched for into the index's text vectors; without it, and where it
        fails, the table of words alone answers. A choreography's style is one of five words that
        the table knows: it is never asked for those, so that no job loads a model.
    """

    def __init__(self, *, index: MoveIndex, text_embedder: TextEmbedder | None = None) -> None:
        self._index = index
        self._text_embedder = text_embedder

    def search(self, terms: MoveTerms, *, limit: int) -> list[MoveCandidate]:
        """Return the clips for which the terms hold, best first; see ``rank_moves``."""
        clips = _active_clips()
        try:
            return rank_moves(self._index, clips, terms, limit=limit, embedder=self._text_embedder)
        except TextModelUnusable:
            logger.exception("words are searched without the text model")
            self._text_embedder = None
            return rank_moves(self._index, clips, terms, limit=limit)

    def select(self, wishes: MoveWishes) -> Selection:
        """Return the clips that a choreography may use, best first; see ``select_moves``."""
        return select_moves(self._index, _active_clips(), wishes)


def _active_clips() -> dict[str, MoveClip]:
    rows = MoveClipRow.objects.filter(is_active=True).order_by("move_label", "clip_id")
    return {row.clip_id: as_clip(row) for row in rows}
