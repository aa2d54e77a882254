"""Put the collections module together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modules.collections.application import SavedChoreographies
from modules.collections.auto_save import CollectionAutoSaver

if TYPE_CHECKING:
    from collections.abc import Callable

    from ninja import Router

    from modules.collections.ports import FindUser, GetTask
    from modules.eventstore.contract import EventStore
    from modules.media.contract import SignedLinks
    from modules.web.contract import Authenticators


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionsModule:
    """What others may use of the collections module.

    Attributes
    ----------
    auto_saver : CollectionAutoSaver
        Saves finished choreographies for those who want that.
    router : callable
        Makes the routes; what they need is loaded by processes that serve them only.
    """

    commands: SavedChoreographies
    auto_saver: CollectionAutoSaver
    router: Callable[[Authenticators], Router]


def build(
    *, store: EventStore, find_user: FindUser, get_task: GetTask, links: SignedLinks
) -> CollectionsModule:
    """Return the module on an event store."""
    commands = SavedChoreographies(store=store)
    return CollectionsModule(
        commands=commands,
        auto_saver=CollectionAutoSaver(items=commands, find_user=find_user),
        router=partial(_build_router, items=commands, get_task=get_task, links=links),
    )


def _build_router(
    auth: Authenticators, *, items: SavedChoreographies, get_task: GetTask, links: SignedLinks
) -> Router:
    from modules.collections.http import build_router

    return build_router(items=items, get_task=get_task, links=links, auth=auth)
