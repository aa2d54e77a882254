"""The pipeline's ports, served by our song library, move library and media storage."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from datetime import UTC
from typing import TYPE_CHECKING, Any

from jobrunner.analysis_cache import ANALYSIS_NAME
from jobrunner.contract import JobFailure, TryAgain
from jobrunner.pipeline import NO_ROOM, NoRoom
from jobrunner.ports import SongFile
from jobrunner.reporting import retry_while_database_down
from modules.errors import DomainError
from modules.media.contract import MediaNotFound, StorageFull, StorageUnavailable
from modules.songs.application import content_hash_of, media_key_of_content
from modules.songs.contract import ADDRESS_SCHEME, DownloadFailed, DownloadInterrupted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from engine.contract import Clip, Wishes
    from modules.choreography.contract import Fence
    from modules.media.contract import MediaStorage
    from modules.media.legacy_output import LegacyOutput
    from modules.moves.clip_source import ClipSource
    from modules.moves.contract import SelectedClips
    from modules.songs.application import SongLibrary
    from modules.songs.ports import SongDownloader

log = logging.getLogger(__name__)


class LibrarySongs:
    """Songs of the song library, and of elsewhere where there is a downloader."""

    def __init__(self, library: SongLibrary, *, downloader: SongDownloader | None = None) -> None:
        self._library = library
        self._downloader = downloader

    def fetch(self, audio_input: str, folder: Path) -> SongFile:
        """Bring the song to this machine."""
        if audio_input.startswith("https://") and self._downloader is not None:
            return _downloaded(self._downloader, audio_input, folder)
        if not audio_input.startswith(ADDRESS_SCHEME):
            raise JobFailure(
                "Only songs of the library can be danced to here; upload the song first.",
                code="audio_source_unavailable",
            )
        with _storage_errors():
            song = retry_while_database_down(lambda: self._library.get_song(audio_input))
            path = self._library.fetch(song, folder)
        return SongFile(path=path, media_key=song.media_key, title=song.title)

    def find_cached(self, song: SongFile, name: str, folder: Path) -> Path | None:
        """Give what an earlier job kept."""
        with _storage_errors():
            found = self._library.find_cached(song.media_key, name, folder)
        if found is not None and name == ANALYSIS_NAME:
            # The analysis may be older than a song's row, or than the columns that show it.
            with suppress(ValueError):  # one that cannot be read is made anew
                self._record(song, found)
        return found

    def keep_cached(self, song: SongFile, name: str, source: Path) -> None:
        """Keep it for later jobs."""
        with _storage_errors():
            self._library.keep_cached(song.media_key, name, source)
        if name == ANALYSIS_NAME:
            self._record(song, source)

    def _record(self, song: SongFile, path: Path) -> None:
        """Let the catalogue show what was found, where it does not yet."""
        if retry_while_database_down(lambda: self._library.is_analysed(song.media_key)):
            return
        from engine.audio.analysis_json import (
            analysis_from_json,  # loads numpy: only who analyses pays
        )

        analysis = analysis_from_json(path.read_text())
        retry_while_database_down(
            lambda: self._library.record_analysis(
                song.media_key, tempo_bpm=analysis.tempo_bpm, duration_s=analysis.duration_s
            )
        )


def _downloaded(downloader: SongDownloader, address: str, folder: Path) -> SongFile:
    """Fetch a song; what is made of it is cached by its content, as of any other."""
    try:
        song = downloader.download(address, folder)
    except DownloadInterrupted as error:
        raise TryAgain(str(error)) from error
    except DownloadFailed as error:
        raise JobFailure(str(error), code=error.code) from error
    key = media_key_of_content(content_hash_of(song.path))
    return SongFile(path=song.path, media_key=key, title=song.title)


class LibraryMoves:
    """Clips of the move library."""

    def __init__(self, source: ClipSource) -> None:
        self._source = source

    def select(self, wishes: Wishes, *, tempo_bpm: float, folder: Path) -> SelectedClips:
        """Find the clips that fit."""
        return retry_while_database_down(
            lambda: self._source.select(wishes, tempo_bpm=tempo_bpm, folder=folder)
        )

    def provide(self, clips: Iterable[Clip]) -> None:
        """Fetch the mezzanines that are not on this machine."""
        with _storage_errors():
            self._source.provide(clips)


class MediaResults:
    """Finished files in the media storage, and where the old application finds the video.

    The first claim of a task writes ``choreographies/<year>/<month>/<task>.mp4``. Every later
    claim has a name of its own, with the claim's number: a job that lost its task and wakes up
    late can replace nothing that counts. Year and month are those of the request: claims of
    different months find each other's files.
    """

    def __init__(
        self,
        storage: MediaStorage,
        *,
        user_id: int,
        fence: Fence,
        requested_at: datetime,
        legacy_output: LegacyOutput | None = None,
    ) -> None:
        self._storage = storage
        self._user_id = user_id
        self._fence = fence
        self._legacy_output = legacy_output
        self._folder = requested_at.astimezone(UTC).strftime("choreographies/%Y/%m")

    def store(self, *, video: Path, poster: Path, timeline: Path) -> Mapping[str, Any]:
        """Keep the files, the video last: where there is a video, all of it is there."""
        files = {".jpg": poster, ".json": timeline, ".mp4": video}
        with _storage_errors():
            for suffix, path in files.items():
                self._storage.put(self._key(self._fence.number, suffix), path)
        name = self._name(self._fence.number)
        return {
            "video_path": self._legacy_path(video, f"{name}.mp4"),
            "video_filename": f"{name}.mp4",
            "metadata_path": self._key(self._fence.number, ".json"),
            "video_key": self._key(self._fence.number, ".mp4"),
            "thumbnail_key": self._key(self._fence.number, ".jpg"),
            "timeline_key": self._key(self._fence.number, ".json"),
        }

    def forget_earlier_claims(self) -> None:
        """Remove what earlier claims of this task stored before they died."""
        self._remove(range(1, self._fence.number))

    def forget(self) -> None:
        """Remove what this claim stored: the task went to someone else."""
        self._remove([self._fence.number])

    def _remove(self, numbers: Iterable[int]) -> None:
        with _storage_errors():
            for number in numbers:
                for suffix in (".mp4", ".json", ".jpg"):
                    self._storage.delete(self._key(number, suffix))
                if self._legacy_output is not None:
                    self._legacy_output.unlink(
                        user_id=self._user_id, name=f"{self._name(number)}.mp4"
                    )

    def _legacy_path(self, video: Path, name: str) -> str:
        if self._legacy_output is None:
            return self._key(self._fence.number, ".mp4")
        stored = self._storage.local_path(self._key(self._fence.number, ".mp4")) or video
        return str(self._legacy_output.link(stored, user_id=self._user_id, name=name))

    def _name(self, number: int) -> str:
        task_id = str(self._fence.task_id)
        return task_id if number == 1 else f"{task_id}-{number}"

    def _key(self, number: int, suffix: str) -> str:
        return f"{self._folder}/{self._name(number)}{suffix}"


@contextmanager
def _storage_errors() -> Iterator[None]:
    """Turn our modules' errors into the job's: for good, or worth another try."""
    try:
        yield
    except StorageFull as error:
        log.error("%s", error)
        raise NoRoom(NO_ROOM) from error
    except StorageUnavailable as error:
        raise TryAgain(str(error)) from error
    except MediaNotFound as error:
        raise JobFailure("A file of the library is gone.", code=error.code) from error
    except DomainError as error:
        raise JobFailure(str(error), code=error.code) from error
