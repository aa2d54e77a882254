"""What a job finds in a song is seen in the catalogue; what encoders write, the catalogue takes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from engine.audio.analysis_json import analysis_to_json
from engine.audio.tests.sounds import clicks, even_beats, write_sound
from engine.contract import SongAnalysis
from jobrunner.adapters import LibrarySongs, MediaResults
from jobrunner.analysis_cache import ANALYSIS_NAME
from jobrunner.contract import JobFailure, TryAgain
from modules.choreography.contract import Fence
from modules.media.adapters.folder import FolderStorage
from modules.media.legacy_output import LegacyOutput
from modules.songs.application import SongLibrary
from modules.songs.contract import DownloadedSong, DownloadFailed, DownloadInterrupted
from modules.songs.sniffing import AudioKind, sniff


@pytest.fixture
def library(tmp_path: Path) -> SongLibrary:
    """A library on a folder."""
    return SongLibrary(FolderStorage(tmp_path / "media"))


def a_song(folder: Path) -> Path:
    """A file that the library takes for a song."""
    path = folder / "song.ogg"
    path.write_bytes(b"la la")
    return path


def an_analysed_song(folder: Path) -> Path:
    """An analysis as jobs keep it."""
    analysis = SongAnalysis(
        duration_s=61.5,
        tempo_bpm=124.996,
        beats_s=np.arange(1.0, 59.0, 0.5),
        first_one=2,
        sections=(),
        peaks=np.zeros(8, np.float32),
    )
    path = folder / "analysis.json"
    path.write_text(analysis_to_json(analysis))
    return path


class Downloader:
    """Fetches a song of three bytes, or fails as it is told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    def download(self, address: str, folder: Path) -> DownloadedSong:
        """Write the song."""
        if self.failure:
            raise self.failure
        path = folder / "fetched.m4a"
        path.write_bytes(b"abc")
        return DownloadedSong(path=path, title=f"From {address}")


YOUTUBE = "https://youtu.be/dQw4w9WgXcQ"


@pytest.mark.django_db
def test_a_song_of_elsewhere_is_fetched_and_what_is_made_of_it_cached_by_its_content(
    library: SongLibrary, tmp_path: Path
) -> None:
    songs = LibrarySongs(library, downloader=Downloader())
    file = songs.fetch(YOUTUBE, tmp_path)
    assert (file.title, file.path.read_bytes()) == (f"From {YOUTUBE}", b"abc")
    assert hashlib.sha256(b"abc").hexdigest() in file.media_key
    songs.keep_cached(file, ANALYSIS_NAME, an_analysed_song(tmp_path))
    assert songs.find_cached(file, ANALYSIS_NAME, tmp_path) is not None


def test_a_song_that_cannot_be_had_ends_the_job_or_is_tried_again(
    library: SongLibrary, tmp_path: Path
) -> None:
    gone = Downloader(DownloadFailed("This video cannot be fetched from YouTube."))
    with pytest.raises(JobFailure, match="cannot be fetched") as failure:
        LibrarySongs(library, downloader=gone).fetch(YOUTUBE, tmp_path)
    assert failure.value.code == "download_failed"
    stopped = Downloader(DownloadInterrupted("The song was not fetched to its end."))
    with pytest.raises(TryAgain):
        LibrarySongs(library, downloader=stopped).fetch(YOUTUBE, tmp_path)
    with pytest.raises(JobFailure) as failure:
        LibrarySongs(library).fetch(YOUTUBE, tmp_path)
    assert failure.value.code == "audio_source_unavailable"


@pytest.mark.django_db
def test_a_job_that_keeps_its_analysis_fills_the_catalogue_twice_the_same(
    library: SongLibrary, tmp_path: Path
) -> None:
    song = library.add_file(a_song(tmp_path))
    path = an_analysed_song(tmp_path)
    songs = LibrarySongs(library)
    file = songs.fetch(song.address, tmp_path)
    for _ in range(2):
        songs.keep_cached(file, ANALYSIS_NAME, path)
    found = library.get_song(song.address)
    assert (found.tempo_bpm, found.duration_s) == (125.0, 61.5)


@pytest.mark.django_db
def test_a_song_added_after_its_analysis_is_filled_when_a_job_reads_it(
    library: SongLibrary, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    song = library.add_file(a_song(tmp_path))
    path = an_analysed_song(tmp_path)
    library.keep_cached(song.media_key, ANALYSIS_NAME, path)
    songs = LibrarySongs(library)
    file = songs.fetch(song.address, tmp_path)
    assert songs.find_cached(file, "track-1.m4a", tmp_path) is None
    assert songs.find_cached(file, ANALYSIS_NAME, tmp_path) is not None
    assert library.get_song(song.address).tempo_bpm == 125.0
    with django_assert_num_queries(1):
        assert songs.find_cached(file, ANALYSIS_NAME, tmp_path) is not None


@pytest.mark.parametrize(
    ("codec", "container", "kind"),
    [
        ("libmp3lame", "mp3", AudioKind.MP3),
        ("aac", "adts", AudioKind.AAC),
        ("aac", "mp4", AudioKind.M4A),
        ("aac", "ipod", AudioKind.M4A),
        ("libopus", "ogg", AudioKind.OGG),
        ("flac", "ogg", AudioKind.OGG),
        ("flac", "flac", AudioKind.FLAC),
        ("pcm_s16le", "wav", AudioKind.WAV),
        ("pcm_f32le", "wav", AudioKind.WAV),
    ],
)
def test_what_an_encoder_writes_is_known(codec: str, container: str, kind, tmp_path: Path) -> None:
    path = tmp_path / "sound"
    signal = clicks(even_beats(120, end_s=2), length_s=2, rate_hz=48_000)
    write_sound(path, signal, codec=codec, container=container, rate_hz=48_000, layout="mono")
    with path.open("rb") as file:
        assert sniff(file) == kind


def a_claims_results(folder: Path, claim: int, legacy_output: LegacyOutput) -> MediaResults:
    """Where one claim of a task requested in November stores its files."""
    return MediaResults(
        FolderStorage(folder / "media"),
        user_id=7,
        fence=Fence(task_id=UUID(int=1), attempt=claim, number=claim),
        requested_at=datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC),
        legacy_output=legacy_output,
    )


def store(results: MediaResults, folder: Path) -> str:
    files = {name: folder / name for name in ("video.mp4", "poster.jpg", "timeline.json")}
    for path in files.values():
        path.write_bytes(b"made")
    stored = results.store(
        video=files["video.mp4"], poster=files["poster.jpg"], timeline=files["timeline.json"]
    )
    return str(stored["video_key"])


def test_claims_of_two_months_store_and_clean_in_that_of_the_request(tmp_path: Path) -> None:
    legacy = LegacyOutput(tmp_path / "old")
    first, second = (a_claims_results(tmp_path, claim, legacy) for claim in (1, 2))
    assert store(first, tmp_path) == f"choreographies/2026/11/{UUID(int=1)}.mp4"
    kept = store(second, tmp_path)
    second.forget_earlier_claims()
    left = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert {path.stem for path in left} == {Path(kept).stem}


def test_what_was_made_for_the_old_app_goes_with_its_claim(tmp_path: Path) -> None:
    legacy = LegacyOutput(tmp_path / "old")
    results = a_claims_results(tmp_path, 1, legacy)
    store(results, tmp_path)
    links = tmp_path / "old" / "output" / "user_7"
    assert [path.name for path in links.iterdir()] == [f"{UUID(int=1)}.mp4"]
    for _ in range(2):
        results.forget()
    assert list(links.iterdir()) == []
