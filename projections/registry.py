"""The list of projections; their order is the order in which a transaction writes the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.conf import settings

from modules.choreography import domain as _choreography_events  # noqa: F401 known by topic
from modules.choreography.projection import TaskViews
from modules.collections import domain as _collections_events  # noqa: F401 known by topic
from modules.collections.projection import SavedViews
from modules.eventstore.contract import StoredEvent
from projections.choreography_tasks import ChoreographyTaskRows
from projections.saved_choreographies import SavedChoreographyRows


class RebuildableProjection(Protocol):
    """A projection whose table can be made again from the events.

    ``all_rows_are_ours`` is false for a table in which others keep rows too: those without
    events of ours are none of our business.
    """

    table: str
    key: str
    all_rows_are_ours: bool
    topics: frozenset[str]

    def apply(self, events: Sequence[StoredEvent], *, into: str) -> None:
        """Write what the events mean."""

    def allowed_missing(self, shadow: str) -> str:
        """Return the SQL condition under which the row ``shadow`` is allowed to be missing."""


def projections() -> tuple[RebuildableProjection, ...]:
    """Return every projection, set up as the settings say."""
    return (
        TaskViews(),
        ChoreographyTaskRows(running_status=settings.LEGACY_RUNNING_STATUS),
        SavedChoreographyRows(),
        SavedViews(),
    )


def find_projection(table: str) -> RebuildableProjection | None:
    """Return the projection of a table, named with or without its schema."""
    named = (p for p in projections() if table in (p.table, p.table.rpartition(".")[2]))
    return next(named, None)
