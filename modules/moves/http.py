"""Routes of the move library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from modules.moves.queries import get_move
from modules.moves.schemas import MoveFound, MoveOut, MoveQuery, MovesFound
from modules.web.contract import Authenticators
from modules.web.schemas import problems

if TYPE_CHECKING:
    from modules.media.contract import SignedLinks
    from modules.moves.queries import MoveCatalogue

ClipId = Annotated[str, Path(max_length=100, description="As a search gave it")]


def build_router(*, catalogue: MoveCatalogue, links: SignedLinks, auth: Authenticators) -> Router:
    """Return the routes of the moves module."""
    router = Router(tags=["moves"])

    @router.get(
        "/search",
        response=MovesFound,
        auth=auth.user,
        operation_id="searchMoves",
        summary="Search moves",
    )
    def search(request: HttpRequest, query: Query[MoveQuery]) -> MovesFound:
        """Search the moves that choreographies are made of, with pictures and previews.

        Terms filter. Words order: moves that answer them, by name, notes or meaning, come first,
        and words nobody knows change nothing. Without words the most typical come first.
        """
        found = catalogue.search(query.to_terms(), limit=query.limit)
        results = [MoveFound.of(candidate, links) for candidate in found]
        return MovesFound(count=len(results), results=results)

    @router.get(
        "/{clip_id}",
        response={200: MoveOut, **problems(404)},
        auth=auth.user,
        operation_id="getMove",
        summary="Show a move",
    )
    def read(request: HttpRequest, clip_id: ClipId) -> MoveOut:
        """Show one move; one that is not offered any more is not found."""
        return MoveOut.of(get_move(clip_id), links)

    return router
