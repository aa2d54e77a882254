"""What bodies, queries and answers are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from ninja import Header
from pydantic import BaseModel, ConfigDict, Field

from modules.web.field_types import QueryInt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

MAX_PAGE = 10_000


class Body(BaseModel):
    """A request's body: no other fields than these, and each of its own type.

    ``"5"``, ``5.0`` and ``true`` are no whole numbers.
    """

    model_config = ConfigDict(extra="forbid", strict=True)


class Filters(BaseModel):
    """A request's query. Unknown and repeated parameters are refused before this is read."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """An answer's body: exactly these keys.

    A route that returns an instance of a subclass is a bug: its further fields would be shown
    (django-ninja 1.7), so answers cannot be subclassed once they have fields.
    """

    model_config = ConfigDict(extra="forbid")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__bases__:
            shows = base.model_fields if issubclass(base, Answer) else None
            if shows and not base.__pydantic_generic_metadata__["parameters"]:  # type: ignore[attr-defined]
                raise TypeError(f"{cls.__name__} would show more than {base.__name__} promises")


class Invalid(BaseModel):
    """What is wrong at one place of a request."""

    pointer: str = Field(description="JSON pointer into the body, or the parameter's name")
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 writes it; ``message`` is a sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    message: str
    request_id: str
    errors: list[Invalid] = []

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no such choreography.",
                    "code": "not_found",
                    "message": "There is no such choreography.",
                    "request_id": "7d9f4c1e2b3a4d5e8f90a1b2c3d4e5f6",
                    "errors": [],
                }
            ]
        }
    )


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """Give the error answers of a route for ninja's ``response``."""
    return dict.fromkeys(statuses, Problem)


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
    """Give one page of answers, with the addresses of its neighbours.

    A page behind the last is empty, not an error.
    """
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


IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=1000,
        description="ETag of what the client has; if it is still that, the answer is 304.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="ETag of what the client has read; if it was changed since, the answer is 412.",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key and body gives the first answer for 24 hours, and does nothing.",
    ),
]
