"""The routes of collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from modules.collections.contract import Origin, SavedItem, Statistics
from modules.collections.queries import count_items, get_item, get_statistics, list_items
from modules.collections.schemas import (
    CollectionQuery,
    FavoriteMove,
    ReviseIn,
    SavedOut,
    SaveIn,
    StatisticsOut,
)
from modules.collections.snapshot import finished
from modules.collections.video_urls import must_be_video_of, task_of_video_url
from modules.media.contract import BadMediaKey
from modules.web.contract import Authenticators
from modules.web.etags import IfMatch, IfNoneMatch, conditional, must_match
from modules.web.field_types import Id
from modules.web.idempotency import IdempotencyKey, run_idempotent
from modules.web.pagination import Page, page_of
from modules.web.request_context import caller_of
from modules.web.schemas import problems

if TYPE_CHECKING:
    from uuid import UUID

    from modules.choreography.contract import FinishedTask
    from modules.collections.application import SavedChoreographies
    from modules.collections.ports import GetTask
    from modules.media.contract import SignedLinks

PREFIX = "/collections"
"""Where the router is mounted."""
ALL, ONE = "", "/{item_id}"


def build_router(
    *,
    items: SavedChoreographies,
    get_task: GetTask,
    links: SignedLinks,
    auth: Authenticators,
) -> Router:
    """Routes of what the caller keeps; other people's things are not there."""
    router = Router(tags=["collections"])
    _add_reads(router, links=links, auth=auth)
    _add_saving(router, items=items, get_task=get_task, links=links, auth=auth)
    _add_changes(router, items=items, links=links, auth=auth)
    return router


def _add_reads(router: Router, *, links: SignedLinks, auth: Authenticators) -> None:
    @router.get(
        ALL,
        response=Page[SavedOut],
        auth=auth.user,
        operation_id="listCollection",
        summary="What I keep",
    )
    def browse(request: HttpRequest, query: Query[CollectionQuery]) -> Page[SavedOut]:
        """List the saved choreographies, those saved in the old app included."""
        chosen: dict[str, Any] = {
            "user_id": caller_of(request).user_id,
            "search": query.search,
            "difficulty": query.difficulty,
        }
        found = list_items(
            **chosen, ordering=query.ordering, limit=query.limit, offset=query.offset
        )
        shown = [_shown(item, links) for item in found]
        return page_of(request, query, count=count_items(**chosen), results=shown, of=SavedOut)

    @router.get(
        "/stats",
        response=StatisticsOut,
        auth=auth.user,
        operation_id="getCollectionStatistics",
        summary="What I keep, in numbers",
    )
    def count(request: HttpRequest) -> StatisticsOut:
        """Count what is kept now; durations are in seconds."""
        return _numbers(get_statistics(user_id=caller_of(request).user_id))

    @router.get(
        ONE,
        response={200: SavedOut, **problems(404)},
        auth=auth.user,
        operation_id="getSavedChoreography",
        summary="One saved choreography",
    )
    def read(
        request: HttpRequest, response: HttpResponse, item_id: Id, tag: IfNoneMatch = None
    ) -> Any:
        """Show one; its ETag changes with it, and with its links every half an hour."""
        item = get_item(item_id, user_id=caller_of(request).user_id)
        return conditional(request, response, _etag(item, links)) or _shown(item, links)


def _add_saving(
    router: Router,
    *,
    items: SavedChoreographies,
    get_task: GetTask,
    links: SignedLinks,
    auth: Authenticators,
) -> None:
    @router.post(
        ALL,
        response={200: SavedOut, 201: SavedOut, **problems(404, 409)},
        auth=auth.user,
        operation_id="saveChoreography",
        summary="Keep a choreography",
    )
    def save(
        request: HttpRequest, response: HttpResponse, wanted: SaveIn, key: IdempotencyKey = None
    ) -> Any:
        """Keep a finished choreography of mine: 201, or 200 with what is kept of it already."""
        user_id = caller_of(request).user_id

        def command() -> tuple[int, SavedOut, dict[str, str]]:
            task = _task_of(wanted, get_task, user_id=user_id)
            saved = items.keep(
                task, title=wanted.title, difficulty=wanted.difficulty, notes=wanted.notes or ""
            )
            item = get_item(saved.id, user_id=user_id)
            headers = {"Location": f"/api{PREFIX}/{item.id}", "ETag": _etag(item, links)}
            return 201 if saved.is_new else 200, _shown(item, links), headers

        answer = run_idempotent(
            request, response, operation="saveChoreography", key=key, body=wanted, command=command
        )
        return Status(*answer)


def _add_changes(
    router: Router,
    *,
    items: SavedChoreographies,
    links: SignedLinks,
    auth: Authenticators,
) -> None:
    for method, operation_id in (
        (router.put, "reviseSavedChoreography"),
        (router.patch, "patchSavedChoreography"),
    ):

        @method(
            ONE,
            response={200: SavedOut, **problems(404, 409, 412)},
            auth=auth.user,
            operation_id=operation_id,
            summary="Change title, difficulty or notes",
        )
        def revise(
            request: HttpRequest,
            response: HttpResponse,
            item_id: Id,
            wanted: ReviseIn,
            tag: IfMatch = None,
        ) -> SavedOut:
            """Change the words of one; with If-Match only what I have read last."""
            item = items.revise(
                item_id,
                user_id=caller_of(request).user_id,
                title=wanted.title,
                difficulty=wanted.difficulty,
                notes=wanted.notes,
                guard=lambda item: _must_be_read(request, item, links),
            )
            response["ETag"] = _etag(item, links)
            return _shown(item, links)

    @router.delete(
        ONE,
        response={204: None, **problems(404, 409, 412)},
        auth=auth.user,
        operation_id="removeSavedChoreography",
        summary="Keep it no longer",
    )
    def remove(request: HttpRequest, item_id: Id, tag: IfMatch = None) -> Any:
        """Take it out of the collection, and out of lessons that show it; its files stay."""
        items.remove(
            item_id,
            user_id=caller_of(request).user_id,
            guard=lambda item: _must_be_read(request, item, links),
        )
        return Status(204, None)


def _task_of(wanted: SaveIn, get_task: GetTask, *, user_id: int) -> FinishedTask:
    """Return the caller's task that is meant, and has a video."""
    url = wanted.video_url
    task_id: UUID = wanted.task_id or task_of_video_url(url or "")
    task = finished(get_task(task_id, user_id=user_id))
    if url is not None:
        must_be_video_of(task, url)
    return task


def _etag(item: SavedItem, links: SignedLinks) -> str:
    """Name what is shown: the item's state, and the links of the present period."""
    return f'"{item.seen}.{links.period()}"'


def _must_be_read(request: HttpRequest, item: SavedItem, links: SignedLinks) -> None:
    """Compare If-Match with the item's state alone: newer links are no change of it."""
    must_match(
        request,
        _etag(item, links),
        same=lambda one, other: one.rpartition(".")[0] == other.rpartition(".")[0],
    )


def _shown(item: SavedItem, links: SignedLinks) -> SavedOut:
    return SavedOut(
        id=item.id,
        title=item.title,
        difficulty=item.difficulty,
        duration=item.duration_s,
        notes=item.notes,
        created_at=item.created_at,
        updated_at=item.updated_at,
        task_id=item.task_id,
        origin=item.origin.value,
        is_auto_saved=item.origin is Origin.AUTO_SAVE,
        music_info=_object(item.music_info),
        generation_parameters=_object(item.generation_parameters),
        tempo_bpm=item.tempo_bpm,
        relaxed=list(item.relaxed),
        video_url=_link(item.video_key, links, called=f"{item.title}.mp4"),
        thumbnail_url=_link(item.thumbnail_key, links),
        timeline_url=_link(item.timeline_key, links),
    )


def _numbers(found: Statistics) -> StatisticsOut:
    return StatisticsOut(
        total_count=found.total_count,
        total_duration=found.total_duration_s,
        recent_count=found.recent_count,
        by_difficulty=dict(found.by_difficulty),
        favorite_moves=[
            FavoriteMove(move_label=move.move_label, count=move.count)
            for move in found.favorite_moves
        ],
    )


def _link(key: str | None, links: SignedLinks, *, called: str | None = None) -> str | None:
    if key is None:
        return None
    try:
        return links.link(key, filename=called)
    except BadMediaKey:
        return None  # a job once named what no storage can hold


def _object(value: Any) -> dict[str, Any] | None:
    """The old app's column may hold any JSON; only objects are promised."""
    return value if isinstance(value, dict) else None
