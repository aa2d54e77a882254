"""What bodies, queries and answers are made of."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


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
    """Return the error answers of a route for ninja's ``response``."""
    return dict.fromkeys(statuses, Problem)
