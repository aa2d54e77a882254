"""The HTTP API; routes come from the modules, errors leave in one shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from config import wiring
from config.docs_page import LocalSwagger
from config.health import build_router as build_health_router
from config.openapi import completed
from config.problems import add_problem_handlers
from modules.web.operations import Api

if TYPE_CHECKING:
    from ninja import Router

VERSION = "1.0.0"
DESCRIPTION = """\
A song and a few wishes in, a choreography video out whose moves are cut exactly to the music.

Every path answers with and without a trailing slash, and to HEAD wherever to GET. Errors are
`application/problem+json` (RFC 9457); `message` is a sentence for people and `code` is stable.
`X-Request-ID` names a request in logs and events; send one of your own or take the one you get."""

TAGS = {
    "auth": "Who somebody is: registering, logging in, profile",
    "choreography": "Having choreographies made, and watching it",
    "collections": "What a dancer keeps",
    "media": "Videos, pictures and sound, by links of limited life",
    "moves": "The move library",
    "operations": "For those who run this",
    "songs": "The song library",
}


class BachataApi(Api):
    """The API and its complete description."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._documents: dict[str, Any] = {}

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the OpenAPI 3.1 document, made once: it takes a tenth of a second."""
        asked = repr(sorted(options.items()))
        if asked not in self._documents:
            # Plain containers, so that what is added is added once.
            made = json.loads(json.dumps(super().get_openapi_schema(**options)))
            self._documents = {asked: completed(made)}
        return self._documents[asked]


def build_api() -> BachataApi:
    """Put the modules' routes together."""
    api = BachataApi(
        title="Bachata Buddy",
        version=VERSION,
        description=DESCRIPTION,
        docs_url="/docs",
        docs=LocalSwagger(settings={"persistAuthorization": True}),
        servers=[{"url": "/", "description": "Where this document is served"}],
        openapi_extra={
            "info": {
                "license": {"name": "MIT", "identifier": "MIT"},
                "contact": {"name": "The makers of Bachata Buddy"},
            },
            "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        },
    )
    add_problem_handlers(api)
    for prefix, router in routers().items():
        api.add_router(prefix, router)
    return api


def routers() -> dict[str, Router]:
    """Return each router with its prefix."""
    auth = wiring.web().authenticators
    return {
        "": build_health_router(
            auth=auth,
            probe=wiring.readiness_probe(),
            metrics_token=wiring.metrics_token,
        ),
        # Before the moves: `/moves/parse-query` is no clip's id.
        "/": wiring.choreography().router(auth),
        "/songs": wiring.songs().router(auth),
        "/media": wiring.media().router(auth),
        "/collections": wiring.collections().router(auth),
        "/auth": wiring.identity().router(auth),
        # Last: its /moves/{clip_id} would answer for whatever else is below /moves.
        "/moves": wiring.moves().router(auth),
    }


api = build_api()
