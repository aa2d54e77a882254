"""Routes for those who operate this: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from ninja import Router
from ninja.security.http import HttpAuthBase
from pydantic import ConfigDict
from pydantic.config import JsonDict

from config.observing import metrics
from modules.web.contract import Authenticators
from modules.web.errors import NotAuthenticated
from modules.web.problems import problem_response
from modules.web.schemas import Answer, Invalid, problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from config.observing.readiness import Part, ReadinessProbe

READY: JsonDict = {
    "status": "ready",
    "parts": [
        {"name": "database", "state": "ok", "detail": "every migration is applied"},
        {"name": "storage", "state": "ok", "detail": "written and read"},
        {"name": "dispatcher", "state": "ok", "detail": "1 listening"},
        {"name": "outbox", "state": "ok", "detail": "0 waiting, the oldest for 0 s; 0 dead"},
    ],
}
METRICS_EXAMPLE = 'bachata_tasks{state="running"} 3.0\n'


class Health(Answer):
    """The process lives."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: str


class PartState(Answer):
    """How one part is: ``ok``, ``degraded`` (requests are served), ``down`` (they are not)."""

    name: str
    state: str
    detail: str


class Readiness(Answer):
    """Whether requests can be served, and how each part is; a second old at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [READY]})

    status: str
    parts: list[PartState]


class OperatorToken(HttpAuthBase):
    """The token of the settings; without one there are no metrics to be had."""

    openapi_scheme = "bearer"

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token
        super().__init__()

    def __call__(self, request: HttpRequest) -> str:
        """Let the operator pass.

        Raises
        ------
        Http404
            If the settings hold no token.
        NotAuthenticated
            For any other token; how much of it was right cannot be measured.
        """
        expected = self._token()
        if not expected:
            raise Http404
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), expected.encode())
        if scheme.lower() != "bearer" or not same:
            raise NotAuthenticated("This is for operators.")
        return "operator"


def build_router(
    *, auth: Authenticators, probe: ReadinessProbe, metrics_token: Callable[[], str]
) -> Router:
    """Routes for those who operate this."""
    router = Router(tags=["operations"])

    @router.get(
        "/health",
        response=Health,
        auth=auth.open,
        operation_id="getHealth",
        summary="Is the process alive?",
    )
    def get_health(request: HttpRequest) -> Health:
        """Answer 200 as long as the process lives; asks neither database nor storage."""
        return Health(status="ok")

    @router.get(
        "/health/ready",
        response=Readiness,
        auth=auth.open,
        operation_id="getReadiness",
        summary="Can requests be served?",
    )
    def get_readiness(request: HttpRequest) -> Any:
        """Answer 200, or 503 while the database, its schema or the storage is down.

        The problem of a 503 names every part in `errors`. A missing dispatcher or a late outbox
        is told as `degraded` and keeps the 200: what is accepted meanwhile is stored and will be
        done.
        """
        parts = probe.parts()
        if any(part.state == "down" for part in parts):
            return _not_ready(request, parts)
        return Readiness(status="ready", parts=[_state_of(part) for part in parts])

    _add_metrics(router, metrics_token)
    return router


def _state_of(part: Part) -> PartState:
    return PartState(name=part.name, state=part.state, detail=part.detail)


def _not_ready(request: HttpRequest, parts: list[Part]) -> HttpResponse:
    response = problem_response(
        request,
        status=503,
        code="not_ready",
        message="Requests cannot be served at the moment.",
        errors=[Invalid(pointer=p.name, message=f"{p.state}: {p.detail}") for p in parts],
    )
    response["Retry-After"] = "2"
    return response


def _add_metrics(router: Router, metrics_token: Callable[[], str]) -> None:
    text = {"text/plain": {"schema": {"type": "string"}, "example": METRICS_EXAMPLE}}

    @router.get(
        "/metrics",
        response={200: str, **problems(404)},
        auth=OperatorToken(metrics_token),
        operation_id="getMetrics",
        summary="Metrics for Prometheus",
        openapi_extra={"responses": {200: {"content": text}}},
    )
    def get_metrics(request: HttpRequest) -> HttpResponse:
        """Give durations of requests, tasks by state, the outbox, and drift of projections.

        Needs the token `METRICS_TOKEN` of the settings; 404 where there is none.
        """
        return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
