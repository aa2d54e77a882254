"""Put the moves module together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.moves.adapters.exact_index import ExactMoveIndex
from modules.moves.clip_source import ClipSource
from modules.moves.queries import MoveCatalogue

if TYPE_CHECKING:
    from ninja import Router

    from modules.media.contract import MediaStorage, SignedLinks
    from modules.moves.application import MoveLibrary
    from modules.moves.clip_preparation import ClipPreparation
    from modules.moves.ports import TextEmbedder
    from modules.web.contract import Authenticators


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesModule:
    """What others may use of the moves module.

    Attributes
    ----------
    catalogue : MoveCatalogue
        The reads.
    open_clips : callable
        Makes what planner and renderer take their clips from; it remembers what it selected,
        so every job has its own.
    open_library : callable
        Makes the commands; what prepares clips is loaded by importers only.
    router : callable
        Makes the routes; what they need is loaded by processes that serve them only.
    """

    catalogue: MoveCatalogue
    open_clips: Callable[[], ClipSource]
    open_library: Callable[[ClipPreparation], MoveLibrary]
    router: Callable[[Authenticators], Router]


def build(
    *, storage: MediaStorage, links: SignedLinks, text_embedder: TextEmbedder | None = None
) -> MovesModule:
    """Return the module, its index in the database and compared in this process."""
    index = ExactMoveIndex()
    catalogue = MoveCatalogue(index=index, text_embedder=text_embedder)
    return MovesModule(
        catalogue=catalogue,
        open_clips=partial(ClipSource, catalogue, storage),
        open_library=partial(
            _open_library, index=index, storage=storage, text_embedder=text_embedder
        ),
        router=partial(_build_router, catalogue=catalogue, links=links),
    )


def _open_library(
    clip_preparation: ClipPreparation,
    *,
    index: ExactMoveIndex,
    storage: MediaStorage,
    text_embedder: TextEmbedder | None,
) -> MoveLibrary:
    from modules.moves.application import MoveLibrary

    return MoveLibrary(
        index=index,
        storage=storage,
        clip_preparation=clip_preparation,
        text_embedder=text_embedder,
    )


def _build_router(auth: Authenticators, *, catalogue: MoveCatalogue, links: SignedLinks) -> Router:
    from modules.moves.http import build_router

    return build_router(catalogue=catalogue, links=links, auth=auth)
