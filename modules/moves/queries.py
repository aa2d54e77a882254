"""Reading the active moves, without anything that prepares them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from modules.moves.contract import MoveCandidate, MoveClip, MoveNotFound
from modules.moves.models import MoveClipRow
from modules.moves.rows import as_clip
from modules.moves.search import MoveTerms, rank_moves

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.moves.ports import MoveIndex, TextEmbedder


class MoveCatalogue:
    """The clips that choreographies may use, for people to look at.

    Parameters
    ----------
    open_index : callable
        Gives the index; asked once, by the first search, as which index serves is seen in the
        database.
    text_embedder : TextEmbedder or None
        As in ``MoveLibrary``.
    """

    def __init__(
        self, *, open_index: Callable[[], MoveIndex], text_embedder: TextEmbedder | None = None
    ) -> None:
        self._open_index = open_index
        self._text_embedder = text_embedder

    @cached_property
    def _index(self) -> MoveIndex:
        return self._open_index()

    def search(self, terms: MoveTerms, *, limit: int) -> list[MoveCandidate]:
        """Return the active clips for which the terms hold, best first; see ``rank_moves``."""
        rows = MoveClipRow.objects.filter(is_active=True)
        clips = {row.clip_id: as_clip(row) for row in rows}
        return rank_moves(self._index, clips, terms, limit=limit, embedder=self._text_embedder)

    @staticmethod
    def get_move(clip_id: str) -> MoveClip:
        """Return one active clip; raises ``MoveNotFound``."""
        row = MoveClipRow.objects.filter(clip_id=clip_id, is_active=True).first()
        if row is None:
            raise MoveNotFound("There is no such move.")
        return as_clip(row)
