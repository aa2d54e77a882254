"""Put the media module together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.media.adapters.folder import FolderStorage
from modules.media.legacy_output import LegacyOutput
from modules.media.links import HmacLinks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ninja import Router

    from modules.media.contract import MediaStorage
    from modules.web.contract import Authenticators


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaModule:
    """What others may use of the media module.

    Attributes
    ----------
    links : HmacLinks
        Makes signed links, and checks them.
    legacy_output : LegacyOutput or None
        The old application's output folder, where this machine shares it.
    router : callable
        Makes the routes; what they need is loaded by processes that serve them only.
    """

    storage: MediaStorage
    links: HmacLinks
    legacy_output: LegacyOutput | None
    router: Callable[[Authenticators], Router]


def build(*, root: Path, legacy_root: Path | None) -> MediaModule:
    """Return the module on a folder of this machine.

    Parameters
    ----------
    root : Path
        Holds every media object.
    legacy_root : Path or None
        The old application's ``MEDIA_ROOT``.
    """
    storage, links = FolderStorage(root), HmacLinks()
    return MediaModule(
        storage=storage,
        links=links,
        legacy_output=LegacyOutput(legacy_root) if legacy_root else None,
        router=partial(_build_router, storage=storage, links=links),
    )


def _build_router(auth: Authenticators, *, storage: MediaStorage, links: HmacLinks) -> Router:
    from modules.media.http import build_router

    return build_router(storage=storage, links=links, auth=auth)
