"""Every event ever stored stays readable: one golden file per event and version, for ever.

A file here is never changed or removed. A changed event gets a new version, an upcast and a new
file beside the old one.
"""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent as LibraryEvent

from modules.choreography.contract import Topic
from modules.choreography.domain import ChoreographyTask
from modules.eventstore.mapper import JsonMapper

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


def current_version(topic: str) -> int:
    """Return the version in which events of a topic are written today."""
    classes = [c for c in vars(ChoreographyTask).values() if getattr(c, "TOPIC", None) == topic]
    return max(int(getattr(cls, "class_version", 1)) for cls in classes)


def test_every_version_of_every_event_has_its_file() -> None:
    wanted = {
        f"{topic.removeprefix('choreography.')}.v{version}"
        for topic in Topic
        for version in range(1, current_version(topic) + 1)
    }
    assert {path.stem for path in GOLDEN} == wanted


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_stored_event_is_read_and_written_back_as_it_was(path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    stored = LibraryEvent(
        originator_id=uuid4(),
        originator_version=3,
        topic=golden["topic"],
        state=json.dumps(golden["state"]).encode(),
    )
    mapper = JsonMapper()
    event = mapper.to_domain_event(stored)
    assert golden["topic"] == type(event).TOPIC
    written = mapper.to_stored_event(event)
    if path.stem.endswith(f".v{current_version(golden['topic'])}"):
        assert json.loads(written.state) == golden["state"]
    assert (written.topic, written.originator_version) == (golden["topic"], 3)


def test_a_request_from_before_there_was_a_camera_stays_in_one_room() -> None:
    path = Path(__file__).parent / "golden" / "GenerationRequested.v1.json"
    golden = json.loads(path.read_text(encoding="utf-8"))
    stored = LibraryEvent(
        originator_id=uuid4(),
        originator_version=1,
        topic=golden["topic"],
        state=json.dumps(golden["state"]).encode(),
    )
    task = JsonMapper().to_domain_event(stored).mutate(None)
    assert isinstance(task, ChoreographyTask)
    assert task.parameters.camera == "stay"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_no_event_has_a_field_for_personal_data(path: Path) -> None:
    state = json.loads(path.read_text(encoding="utf-8"))["state"]
    assert not {"name", "username", "email", "display_name"} & state.keys()
