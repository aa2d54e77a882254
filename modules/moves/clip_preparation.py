"""Preparing clips, several at a time, each in a process with bounds that may die without harm."""

from __future__ import annotations

import hashlib
import multiprocessing
import resource
import shutil
import signal
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from engine.contract import ClipBeats, ClipOne, UnusableClip
from engine.isolation.parent_watchdog import exit_at_once, watch_parent
from modules.moves.contract import ClipPoses, ClipRefused
from modules.moves.ports import ClipBeatFinder, ClipPreparer, PoseReader

# Two minutes of 60 big pictures a second take one minute, but more on a loaded machine.
MOST_SECONDS = 600
# Seventeen pictures of 4096 x 4096, which a decoder may have to remember, take 0.4 GiB.
MOST_BYTES = 1536 << 20
DIGEST_LENGTH = 32
MOST_REMOVALS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationJob:
    """A clip to be prepared, and the directory to write to, in one that exists."""

    clip_id: str
    source: Path
    annotated_tempo_bpm: float | None
    directory: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationResult:
    """What a clip's sound and pictures tell, and its files in the job's directory.

    ``digest`` names the content of the files.
    """

    beats: ClipBeats
    one: ClipOne
    motion_by_beat: tuple[float, ...]
    background: bytes
    keyframes_s: tuple[float, ...]
    duration_s: float
    mezzanine: Path
    thumbnail: Path
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseJob:
    """A mezzanine whose poses are to be read, its beats, and a directory for the work."""

    clip_id: str
    video: Path
    beats_s: tuple[float, ...]
    directory: Path


@dataclass(frozen=True, kw_only=True)
class ClipPreparation:
    """How clips are prepared, and in how many processes; 0 works in this one, without bounds.

    Parameters
    ----------
    most_s : int
        Seconds by the clock that one clip may take.
    """

    prepare: ClipPreparer
    find_beats: ClipBeatFinder
    workers: int = 2
    most_s: int = MOST_SECONDS

    def prepare_all(
        self, jobs: Sequence[PreparationJob]
    ) -> Iterator[tuple[PreparationJob, PreparationResult | ClipRefused]]:
        """Prepare clips and yield each as soon as it is done, in no particular order.

        A clip on which the decoder dies, or does not come back, is refused; the others go on.

        Raises
        ------
        OSError
            If the disk refuses, for instance because it is full.
        """
        if not self.workers:
            yield from ((job, self.prepare_one(job)) for job in jobs)
            return
        crashed = yield from _in_pools(self._prepare_bounded, jobs, workers=self.workers)
        for job in crashed:
            yield job, _crashed("crashed the decoder, or kept it busy for too long")

    def read_poses(
        self, reader: PoseReader, jobs: Sequence[PoseJob]
    ) -> Iterator[tuple[PoseJob, ClipPoses | None]]:
        """Read the poses of clips and yield each as soon as it is done, in no particular order.

        None stands for a clip on which the reader died; the others go on.

        Raises
        ------
        PoseModelUnusable
            If the model fails.
        """
        read = partial(_read, reader)
        if not self.workers:
            yield from ((job, read(job)) for job in jobs)
            return
        crashed = yield from _in_pools(read, jobs, workers=self.workers)
        yield from ((job, None) for job in crashed)

    def prepare_one(self, job: PreparationJob) -> PreparationResult | ClipRefused:
        """Prepare one clip here."""
        # numpy takes a tenth of a second to load: only who prepares clips pays for it.
        from engine.video.clip_count import find_one
        from engine.video.motion import body_by_beat

        job.directory.mkdir(exist_ok=True)
        mezzanine, thumbnail = job.directory / "clip.mp4", job.directory / "clip.jpg"
        try:
            beats = self.find_beats(job.source, annotated_tempo_bpm=job.annotated_tempo_bpm)
            made = self.prepare(job.source, mezzanine, thumbnail, beats_s=beats.beats_s)
        except UnusableClip as error:
            return ClipRefused(error.code, error.message)
        inside = tuple(beat for beat in beats.beats_s if beat < made.duration_s)
        beats = replace(beats, beats_s=inside)
        return PreparationResult(
            beats=beats,
            one=find_one(beats, made.motion),
            motion_by_beat=body_by_beat(made.motion, inside),
            background=made.background,
            keyframes_s=tuple(made.keyframes_s),
            duration_s=made.duration_s,
            mezzanine=mezzanine,
            thumbnail=thumbnail,
            digest=_digest(mezzanine),
        )

    def _prepare_bounded(self, job: PreparationJob) -> PreparationResult | ClipRefused:
        """Prepare one clip in a worker; what takes too long ends it, in C code as well."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
        signal.alarm(self.most_s)
        try:
            return self.prepare_one(job)
        except MemoryError:
            return _crashed("needs more memory than a clip may")
        finally:
            signal.alarm(0)


def _crashed(how: str) -> ClipRefused:
    return ClipRefused("clip_crashed_decoder", f"The video {how}.")


def _read(reader: PoseReader, job: PoseJob) -> ClipPoses:
    return reader(job.video, beats_s=job.beats_s)


def _in_pools[Job: (PreparationJob, PoseJob), Result](
    work: Callable[[Job], Result], jobs: Sequence[Job], *, workers: int
) -> Generator[tuple[Job, Result], None, list[Job]]:
    """Yield what could be done; return the jobs that kill their process even when alone."""
    undone = yield from _in_pool(work, jobs, workers=workers)
    crashed: list[Job] = []
    # A dead process takes all its pool's clips with it: alone, each answers for itself.
    for job in undone:
        crashed += yield from _in_pool(work, [job], workers=1)
    return crashed


def _in_pool[Job: (PreparationJob, PoseJob), Result](
    work: Callable[[Job], Result], jobs: Sequence[Job], *, workers: int
) -> Generator[tuple[Job, Result], None, list[Job]]:
    """Yield what could be done; return the jobs lost with a dead process."""
    pool = ProcessPoolExecutor(
        max_workers=min(workers, max(len(jobs), 1)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_watch_importer,
        initargs=({job.directory.parent for job in jobs},),
    )
    undone: list[Job] = []
    try:
        waiting: dict[Future[Result], Job] = {pool.submit(work, job): job for job in jobs}
        for future in as_completed(waiting):
            try:
                yield waiting[future], future.result()
            except BrokenProcessPool:
                undone.append(waiting[future])
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return undone


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGEST_LENGTH]


def _watch_importer(directories: Collection[Path]) -> None:
    """Make this worker end, and its files with it, when the importing process is killed.

    A pool's worker holds both ends of its queue, so it would wait for jobs for ever.
    """
    watch_parent(partial(_remove_and_exit, directories))


def _remove_and_exit(directories: Collection[Path]) -> None:
    for directory in directories:
        # Again, because the other workers may be writing; once it is gone nobody makes it anew.
        for _ in range(MOST_REMOVALS):
            shutil.rmtree(directory, ignore_errors=True)
            if not directory.exists():
                break
    exit_at_once()
