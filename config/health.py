"""Routes for those who operate this: is it alive, is it ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import Router
from pydantic import ConfigDict

from modules.web.contract import Answer, Doors

if TYPE_CHECKING:
    from django.http import HttpRequest


class Health(Answer):
    """The process lives."""

    status: str

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})


def build_router(*, doors: Doors) -> Router:
    """Routes for those who operate this."""
    router = Router(tags=["operations"])

    @router.get(
        "/health",
        response=Health,
        auth=doors.open,
        operation_id="getHealth",
        summary="Is the process alive?",
    )
    def get_health(request: HttpRequest) -> Health:
        """Answer 200 as long as the process lives; asks neither database nor storage."""
        return Health(status="ok")

    return router
