"""The HTTP API; routes come from the modules, errors leave in one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import NinjaAPI, Schema

if TYPE_CHECKING:
    from django.http import HttpRequest

api = NinjaAPI(title="Bachata Buddy", version="0.1.0", docs_url="/docs")


class Health(Schema):
    """The process lives."""

    status: str


@api.get("/health", response=Health, operation_id="getHealth", summary="Is the process alive?")
@api.get("/health/", response=Health, include_in_schema=False)
def get_health(request: HttpRequest) -> Health:
    """Answer as long as the process lives; asks neither database nor storage."""
    return Health(status="ok")
