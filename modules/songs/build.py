"""Put the songs module together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.songs.application import SongLibrary
from modules.songs.contract import ANALYSE, analyse_message
from modules.songs.handlers import AnalyseHandler

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from ninja import Router

    from modules.eventstore.contract import EventStore, MessageHandler
    from modules.media.contract import MediaStorage, SignedLinks
    from modules.songs.ports import AnalysisJobs
    from modules.web.contract import Authenticators


@dataclass(frozen=True, slots=True, kw_only=True)
class SongsModule:
    """What others may use of the songs module; its reads are functions of ``queries``.

    Attributes
    ----------
    library : SongLibrary
        The commands, and what jobs read.
    handlers : mapping
        Who delivers which kind of outbox message.
    router : callable
        Makes the routes; what they need is loaded by processes that serve them only.
    """

    library: SongLibrary
    handlers: Mapping[str, MessageHandler]
    router: Callable[[Authenticators], Router]


def build(
    *, storage: MediaStorage, links: SignedLinks, store: EventStore, jobs: AnalysisJobs
) -> SongsModule:
    """Return the module, its files in the media storage, its orders in the outbox."""

    def order_analysis(song_id: UUID) -> None:
        store.save(outbox=[analyse_message(song_id)])

    library = SongLibrary(storage, order_analysis=order_analysis)
    return SongsModule(
        library=library,
        handlers={ANALYSE: AnalyseHandler(jobs)},
        router=partial(_build_router, library=library, links=links),
    )


def _build_router(auth: Authenticators, *, library: SongLibrary, links: SignedLinks) -> Router:
    from modules.songs.http import build_router

    return build_router(library=library, links=links, auth=auth)
