"""Authenticators for tests of routes: everybody is who their token says."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import path

from config.problems import add_problem_handlers
from modules.web.build import RequestsPerMinute, build
from modules.web.contract import Authenticators, Caller
from modules.web.operations import Api

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ninja import Router


def token_of(user_id: int, *, is_instructor: bool = False) -> str:
    """Return the test token of a user."""
    return f"{user_id}:{'instructor' if is_instructor else 'dancer'}"


def as_user(user_id: int, *, is_instructor: bool = False) -> dict[str, str]:
    """Return the headers of a request by this user, for Django's test client."""
    return {"Authorization": f"Bearer {token_of(user_id, is_instructor=is_instructor)}"}


def read_test_token(token: str) -> Caller | None:
    """Read what ``token_of`` made; anything else is nobody."""
    number, _, role = token.partition(":")
    if not number.isascii() or not number.isdigit():
        return None
    return Caller(
        user_id=int(number),
        username=f"user{number}",
        is_instructor=role == "instructor",
        session_id=UUID(int=int(number)),
    )


def authenticators_for_tests(
    *, quota: int = 10_000, polling: int = 10_000, public: int = 10_000
) -> Authenticators:
    """Return authenticators that open to test tokens, with buckets of these sizes."""
    per_minute = RequestsPerMinute(user=quota, polling=polling, address=public)
    return build(read_token=read_test_token, per_minute=per_minute).authenticators


def site_of(routers: Mapping[str, Router]) -> ModuleType:
    """Return a URLconf serving these routers under ``/api``; for pytest-django's ``settings``."""
    api: Any = Api(title="Under test", urls_namespace=f"test-{id(routers)}")
    add_problem_handlers(api)  # the whole application's, so that tests see what clients see
    for prefix, router in routers.items():
        api.add_router(prefix, router)
    site: Any = ModuleType("site_under_test")
    site.urlpatterns = [path("api/", api.urls)]
    found: ModuleType = site
    return found
