"""Lists, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from pydantic import Field

from modules.web.field_types import QueryInt
from modules.web.request_context import context_of
from modules.web.schemas import Answer, Filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

MAX_PAGE = 10_000


class Page[T](Answer):
    """One page of a list."""

    count: int = Field(description="How many there are on all pages")
    page: int
    page_size: int
    next: str | None
    previous: str | None
    results: list[T]


class Paging(Filters):
    """Which page of a list; subclass it for the list's own filters."""

    page: Annotated[QueryInt, Field(ge=1, le=MAX_PAGE)] = 1
    page_size: Annotated[QueryInt, Field(ge=1, le=100)] = 20

    @property
    def limit(self) -> int:
        """Rows to read."""
        return self.page_size

    @property
    def offset(self) -> int:
        """Rows to pass over."""
        return (self.page - 1) * self.page_size


def page_of[T](
    request: HttpRequest, paging: Paging, *, count: int, results: Sequence[T], of: type[T]
) -> Page[T]:
    """Return one page of answers, with the addresses of its neighbours; its ETag is added later.

    A page behind the last is empty, not an error.
    """
    context_of(request).is_list = True
    pages = -(-count // paging.page_size)
    page: type[Page[T]] = Page[of]  # type: ignore[valid-type]
    return page(
        count=count,
        page=paging.page,
        page_size=paging.page_size,
        next=_address(request, paging.page + 1) if paging.page < min(pages, MAX_PAGE) else None,
        previous=_address(request, paging.page - 1) if 1 < paging.page <= pages + 1 else None,
        results=list(results),
    )


def _address(request: HttpRequest, page: int) -> str:
    query = {**request.GET.dict(), "page": page}
    return f"{request.path_info}?{urlencode(query)}"
