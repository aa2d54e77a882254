"""Put the songs module together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.songs.application import SongLibrary

if TYPE_CHECKING:
    from ninja import Router

    from modules.media.contract import MediaStorage, SignedLinks
    from modules.web.contract import Authenticators


@dataclass(frozen=True, slots=True, kw_only=True)
class SongsModule:
    """What others may use of the songs module; its reads are functions of ``queries``.

    Attributes
    ----------
    library : SongLibrary
        The commands, and what jobs read.
    router : callable
        Makes the routes; what they need is loaded by processes that serve them only.
    """

    library: SongLibrary
    router: Callable[[Authenticators], Router]


def build(*, storage: MediaStorage, links: SignedLinks) -> SongsModule:
    """Return the module, its files in the media storage."""
    library = SongLibrary(storage)
    return SongsModule(library=library, router=partial(_build_router, library=library, links=links))


def _build_router(auth: Authenticators, *, library: SongLibrary, links: SignedLinks) -> Router:
    from modules.songs.http import build_router

    return build_router(library=library, links=links, auth=auth)
