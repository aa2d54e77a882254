"""Routes of the choreography module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from modules.choreography.contract import LegacyTask, TaskNotFound, TaskView
from modules.choreography.ports import QueryParser
from modules.choreography.presenters import TaskPresenter
from modules.choreography.queries import find_legacy_task, find_task, list_all_tasks
from modules.choreography.schemas import (
    Accepted,
    GenerationWishes,
    RetryOf,
    Task,
    TaskFilters,
    Timeline,
    TypedWish,
    UnderstoodWish,
)
from modules.choreography.task_commands import NOT_FOUND, TaskCommands
from modules.choreography.timelines import Timelines
from modules.web.contract import Authenticators, CommandResponse
from modules.web.etags import IfNoneMatch, conditional
from modules.web.field_types import Id
from modules.web.idempotency import IdempotencyKey, run_idempotent
from modules.web.pagination import Page, page_of
from modules.web.request_context import caller_of
from modules.web.schemas import problems

TAG = "choreography"
TASK_PATH = "/api/choreography/tasks/{}"
STARTED = "Starting choreography generation..."
POLL_AFTER_S = 2
STATUS_OF_FILTER = {"pending": "started", "processing": "running"}
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoreographyRoutes:
    """What the routes are built with."""

    commands: TaskCommands
    presenter: TaskPresenter
    timelines: Timelines
    parse_query: QueryParser


def build_router(*, routes: ChoreographyRoutes, auth: Authenticators) -> Router:
    """Routes of the choreography module, each with its whole path."""
    router = Router(tags=[TAG])
    _add_commands(router, routes, auth)
    _add_retry(router, routes, auth)
    _add_reads(router, routes, auth)
    _add_polling(router, routes, auth)
    _add_parsing(router, routes, auth)
    return router


def _add_commands(router: Router, routes: ChoreographyRoutes, auth: Authenticators) -> None:
    @router.post(
        "/choreography/generate",
        response={202: Accepted, **problems(409)},
        auth=auth.user,
        operation_id="generateChoreography",
        summary="Make a choreography",
    )
    def generate(
        request: HttpRequest,
        response: HttpResponse,
        wishes: GenerationWishes,
        key: IdempotencyKey = None,
    ) -> Any:
        """Take the wishes and give the task; the video is made meanwhile.

        Poll the address in `Location`. With an `Idempotency-Key` a repeated request begins no
        second task.
        """
        user_id = caller_of(request).user_id

        def command() -> CommandResponse[Accepted]:
            parameters = wishes.to_domain()
            return _accepted(routes.commands.request(user_id=user_id, parameters=parameters))

        return Status(
            *run_idempotent(
                request, response, operation="generate", key=key, body=wishes, command=command
            )
        )

    @router.delete(
        "/choreography/tasks/{task_id}",
        response={200: Task, **problems(404, 409)},
        auth=auth.user,
        operation_id="cancelChoreographyTask",
        summary="Cancel a choreography",
    )
    def cancel(request: HttpRequest, task_id: Id) -> Task:
        """End a task that nobody wants any more, and stop its job; cancelling twice is once.

        The task stays readable: `failed`, with the phase `cancelled`. 409 if it has ended
        otherwise, or belongs to the old application.
        """
        user_id = caller_of(request).user_id
        return routes.presenter.present(routes.commands.cancel(task_id=task_id, user_id=user_id))


def _add_retry(router: Router, routes: ChoreographyRoutes, auth: Authenticators) -> None:
    @router.post(
        "/choreography/tasks/{task_id}/retry",
        response={202: Accepted, **problems(404, 409)},
        auth=auth.user,
        operation_id="retryChoreographyTask",
        summary="Make a choreography once more",
    )
    def retry(
        request: HttpRequest, response: HttpResponse, task_id: Id, key: IdempotencyKey = None
    ) -> Any:
        """Begin a new task with the wishes of one that has ended, however it ended.

        Without a seed a completed choreography is danced differently the next time. 409 while
        the task is live, and for tasks of the old application, whose wishes nobody knows.
        """
        user_id = caller_of(request).user_id

        def command() -> CommandResponse[Accepted]:
            return _accepted(routes.commands.retry(task_id=task_id, user_id=user_id))

        body = RetryOf(task_id=str(task_id))
        return Status(
            *run_idempotent(
                request, response, operation="retry", key=key, body=body, command=command
            )
        )


def _add_reads(router: Router, routes: ChoreographyRoutes, auth: Authenticators) -> None:
    @router.get(
        "/choreography/tasks",
        response=Page[Task],
        auth=auth.user,
        operation_id="listChoreographyTasks",
        summary="Your choreographies, newest first",
    )
    def list_tasks(request: HttpRequest, filters: Query[TaskFilters]) -> Page[Task]:
        """List the caller's tasks, those of the old application included."""
        status = filters.status and STATUS_OF_FILTER.get(filters.status, filters.status)
        found = list_all_tasks(
            user_id=caller_of(request).user_id,
            status=status,
            limit=filters.limit,
            offset=filters.offset,
        )
        results = [routes.presenter.present(task) for task in found.tasks]
        return page_of(request, filters, count=found.count, results=results, of=Task)

    @router.get(
        "/choreography/tasks/{task_id}/timeline",
        response={200: Timeline, 304: None, **problems(404, 409)},
        auth=auth.user,
        operation_id="getChoreographyTimeline",
        summary="What happens when in a video",
    )
    def timeline(
        request: HttpRequest, response: HttpResponse, task_id: Id, tag: IfNoneMatch = None
    ) -> Any:
        """Give beats, sections and moves of a finished choreography, for a player.

        409 while it is being made; 404 if it ended without a video.
        """
        key = routes.timelines.key_of(_seen(request, task_id))
        # A finished timeline never changes.
        unchanged = conditional(request, response, f'"{task_id}"')
        return unchanged or _json(response, routes.timelines.read(key))


def _add_polling(router: Router, routes: ChoreographyRoutes, auth: Authenticators) -> None:
    for path, operation_id in (
        ("/choreography/tasks/{task_id}", "getChoreographyTask"),
        ("/tasks/{task_id}", "getTask"),
    ):

        @router.get(
            path,
            response={200: Task, 304: None, **problems(404)},
            auth=auth.polling,
            operation_id=operation_id,
            summary="How far is a choreography?",
        )
        def get_task(
            request: HttpRequest, response: HttpResponse, task_id: Id, tag: IfNoneMatch = None
        ) -> Any:
            """Give one task; poll it with `If-None-Match`, which costs next to nothing."""
            task = _seen(request, task_id)
            unchanged = conditional(request, response, routes.presenter.etag(task))
            # Written here: django-ninja would check and take apart every answer once more.
            return unchanged or _json(
                response, routes.presenter.present(task).model_dump_json().encode()
            )


def _add_parsing(router: Router, routes: ChoreographyRoutes, auth: Authenticators) -> None:
    for path, operation_id in (
        ("/choreography/parse-query", "parseQuery"),
        ("/moves/parse-query", "parseMoveQuery"),
    ):

        @router.post(
            path,
            response=UnderstoodWish,
            auth=auth.user,
            operation_id=operation_id,
            summary="Understand a typed wish",
        )
        def parse_query(request: HttpRequest, wish: TypedWish) -> UnderstoodWish:
            """Tell what a sentence asks for, in English or Spanish; records nothing.

            By built-in rules, or by Gemini where a key is configured.
            """
            read = routes.parse_query(wish.query)
            return UnderstoodWish.model_validate(read, from_attributes=True)


def _accepted(task_id: UUID) -> CommandResponse[Accepted]:
    path = TASK_PATH.format(task_id)
    answer = Accepted(task_id=str(task_id), message=STARTED, poll_url=path)
    return 202, answer, {"Location": path, "Retry-After": str(POLL_AFTER_S)}


def _seen(request: HttpRequest, task_id: UUID) -> TaskView | LegacyTask:
    """Return the caller's task, ours or the old application's, or raise ``TaskNotFound``."""
    user_id = caller_of(request).user_id
    task = find_task(task_id, user_id=user_id) or find_legacy_task(task_id, user_id=user_id)
    if task is None:
        raise TaskNotFound(NOT_FOUND)
    return task


def _json(response: HttpResponse, body: bytes) -> HttpResponse:
    """Return a written answer, with the headers that were set for it."""
    written = HttpResponse(body, content_type=JSON)
    for name in ("ETag", "Cache-Control"):
        written[name] = response[name]
    return written
