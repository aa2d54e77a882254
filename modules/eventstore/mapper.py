"""Aggregate events to plain JSON and back; the frozen names and versions are checked here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate
from eventsourcing.persistence import JSONTranscoder, Mapper
from eventsourcing.persistence import StoredEvent as LibraryEvent
from eventsourcing.utils import TopicError, resolve_topic
from pydantic import ValidationError

from modules.eventstore.contract import UnreadableEvent, UnwritableEvent
from modules.eventstore.json_codec import IDENTITY_FIELDS, from_json, state_adapter, to_json

if TYPE_CHECKING:
    from eventsourcing.domain import DomainEventProtocol

    from modules.eventstore.contract import StoredEvent

type EventClass = type[Any]

MISFIT = (TypeError, ValueError, KeyError, ArithmeticError)
"""What reading and upcasting raise on a state that does not fit."""


class JsonMapper(Mapper[UUID]):
    """The library's mapper, with state as plain JSON and refusal of what it does not know."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> LibraryEvent:
        """Write an event down.

        Raises
        ------
        UnwritableEvent
            If its class has no ``TOPIC`` of its own, or a value has no plain JSON form.
        """
        cls = type(domain_event)
        topic = _frozen_topic(cls)
        state = {k: v for k, v in vars(domain_event).items() if k not in IDENTITY_FIELDS}
        if (version := _class_version(cls)) > 1:
            state["class_version"] = version
        try:
            text = to_json(state)
        except (TypeError, ValueError) as error:
            raise UnwritableEvent(f"{topic} cannot be written as JSON: {error}") from error
        return LibraryEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=topic,
            state=text.encode(),
        )

    def to_domain_event(self, stored_event: LibraryEvent) -> DomainEventProtocol[UUID]:
        """Read an event back as its class is today.

        Raises
        ------
        UnreadableEvent
            If the topic is unknown, the version is newer than the code or the state broken.
        """
        where = _where(stored_event.originator_id, stored_event.originator_version)
        cls = event_class(stored_event.topic, where=where)
        try:
            text = _current_text(cls, stored_event.state, where=where)
            values = from_json(state_adapter(_as_type(cls)), text)
        except ValidationError as error:
            raise UnreadableEvent(f"{stored_event.topic} {where} {_misfits(error)}") from error
        except MISFIT as error:
            raise UnreadableEvent(f"{stored_event.topic} {where} is broken: {error!r}") from error
        values["originator_id"] = stored_event.originator_id
        values["originator_version"] = stored_event.originator_version
        domain_event: DomainEventProtocol[UUID] = object.__new__(cls)
        object.__setattr__(domain_event, "__dict__", values)
        return domain_event


def as_current(event: StoredEvent) -> StoredEvent:
    """Return the event with its state brought to the version its class has today.

    Raises
    ------
    UnreadableEvent
        If the topic is unknown or the version is newer than the code.
    """
    where = _where(event.originator_id, event.originator_version)
    cls = event_class(event.topic, where=where)
    try:
        state = _current_state(cls, dict(event.state), where=where)
    except MISFIT as error:
        raise UnreadableEvent(f"{event.topic} {where} is broken: {error!r}") from error
    if (version := _class_version(cls)) > 1:
        state["class_version"] = version
    return replace(event, state=state)


def event_class(topic: str, *, where: str = "") -> EventClass:
    """Return the event class registered under a frozen topic.

    Raises
    ------
    UnreadableEvent
        If this process has imported none: an older program, or a topic never used.
    """
    try:
        cls = resolve_topic(topic)
    except (TopicError, TypeError, ValueError) as error:
        raise UnreadableEvent(f"no event class for the topic {topic!r} {where}") from error
    if not (isinstance(cls, type) and issubclass(cls, CanMutateAggregate)):
        raise UnreadableEvent(f"{topic!r} {where} does not name an event class")
    return cls


def _frozen_topic(cls: EventClass) -> str:
    topic: str | None = getattr(cls, "TOPIC", None)
    if topic is None:
        raise UnwritableEvent(f"{cls.__qualname__} has no TOPIC: its name is not frozen")
    if resolve_topic(topic) is not cls:
        raise UnwritableEvent(f"{cls.__qualname__} has the topic {topic} of another class")
    return topic


def _current_text(cls: EventClass, text: bytes, *, where: str) -> bytes | str:
    # Nearly every event is stored in the only version there is: its text is read once then.
    if _class_version(cls) == 1 and b"class_version" not in text:
        return text
    return json.dumps(_current_state(cls, json.loads(text), where=where))


def _current_state(cls: EventClass, state: Any, *, where: str) -> dict[str, Any]:
    if not isinstance(state, dict):
        raise TypeError(f"the state is no object but {state!r}")
    stored, known = state.pop("class_version", 1), _class_version(cls)
    if type(stored) is not int or not 1 <= stored <= known:
        # eventsourcing 9.5.6 reads a newer version as if it were its own
        raise UnreadableEvent(
            f"{cls.__qualname__} {where} has version {stored}, this code knows {known}"
        )
    for version in range(stored, known):
        getattr(cls, f"upcast_v{version}_v{version + 1}")(state)
    return state


def _as_type(cls: EventClass) -> type:
    # mypy takes no type[Any] for Hashable
    return cls


def _class_version(cls: EventClass) -> int:
    return int(getattr(cls, "class_version", 1))


def _misfits(error: ValidationError) -> str:
    return "has " + "; ".join(
        f"{'.'.join(map(str, misfit['loc'])) or 'a state'}: {misfit['msg']}"
        for misfit in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _where(originator_id: object, version: int) -> str:
    return f"(aggregate {originator_id}, version {version})"
