"""Orders to analyse a song: delivered until it is done, and nothing more."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from modules.eventstore.contract import DeliveryThrottled, LeasedMessage
from modules.eventstore.outbox import list_messages
from modules.media.adapters.memory import MemoryStorage
from modules.songs.build import build
from modules.songs.contract import ANALYSE, analyse_message
from modules.songs.handlers import AnalyseHandler
from modules.songs.models import SongRow
from modules.songs.tests.recordings import AUDIO
from projections.registry import projections

pytestmark = pytest.mark.django_db


class MemoryAnalysisJobs:
    """Jobs that end when the test says so."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []
        self.done = False

    def has_ended(self, song_id: UUID) -> bool:
        """Begin it, and say whether it has ended."""
        self.asked.append(song_id)
        return self.done


def a_row(**known: float) -> SongRow:
    return SongRow.objects.create(
        title="t", content_hash="h", media_key="k", size_bytes=1, owner_user_id=7, **known
    )


def leased(song_id: UUID) -> LeasedMessage:
    message = analyse_message(song_id)
    return LeasedMessage(1, message.kind, message.key, message.payload, 1, uuid4())


def test_a_song_is_being_analysed_until_its_job_has_ended() -> None:
    jobs, row = MemoryAnalysisJobs(), a_row()
    handler = AnalyseHandler(jobs)

    for _ in range(2):
        with pytest.raises(DeliveryThrottled):
            handler.deliver(leased(row.id))
    jobs.done = True
    handler.deliver(leased(row.id))

    assert jobs.asked == [row.id] * 3


def test_nothing_is_begun_for_a_song_that_is_known_or_gone() -> None:
    jobs = MemoryAnalysisJobs()
    handler = AnalyseHandler(jobs)

    handler.deliver(leased(a_row(tempo_bpm=120.0, duration_s=60.0).id))
    handler.deliver(leased(uuid4()))

    assert jobs.asked == []


@pytest.mark.django_db(transaction=True)
def test_an_upload_leaves_one_order_in_the_outbox(tmp_path: Path) -> None:
    from modules.eventstore.store import DjangoEventStore
    from modules.media.links import HmacLinks

    store = DjangoEventStore(projections=projections())
    songs = build(
        storage=MemoryStorage(), links=HmacLinks(), store=store, jobs=MemoryAnalysisJobs()
    )
    path = tmp_path / "song.mp3"
    path.write_bytes(AUDIO[".mp3"])

    song, _ = songs.library.upload(path, user_id=7, title="t", artist="")
    songs.library.upload(path, user_id=7, title="t", artist="")

    (message,) = list_messages()
    assert (message.kind, message.key) == (ANALYSE, f"analyse:{song.id}")
    assert songs.handlers.keys() == {"song.analyse"}
