"""Who caused an event: kept beside it, out of its state."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_current: ContextVar[Mapping[str, str]] = ContextVar("event_metadata", default={})  # noqa: B039


@contextmanager
def event_metadata(
    *, actor: str | None = None, request_id: str | None = None, causation: str | None = None
) -> Iterator[None]:
    """Add what is given to the metadata of every event saved inside; inner values win."""
    given = {"actor": actor, "request_id": request_id, "causation": causation}
    merged = {**_current.get(), **{name: text for name, text in given.items() if text is not None}}
    token = _current.set(merged)
    try:
        yield
    finally:
        _current.reset(token)


def current_metadata() -> Mapping[str, str]:
    """Return what `event_metadata` says here and now."""
    return _current.get()
