"""One choreography from song to stored video: fetch, analyse, select, plan, render, upload.

Pure of our modules: everything outside is reached through ``ports``. The stage words given to
``Progress`` are the old application's, which shows them.
"""

from __future__ import annotations

import errno
import json
import logging
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from engine.contract import ClipGone, NoMatchingMoves
from jobrunner.analysis_cache import analyse_song
from jobrunner.contract import JobFailure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.contract import Plan, RenderedVideo, SongAnalysis
    from jobrunner.analysis_cache import AnalysedSong
    from jobrunner.contract import JobSpec
    from jobrunner.ports import Moves, Progress, Results, SongFile, Songs
    from modules.moves.contract import SelectedClips


SELECTIONS = 3
"""Times that clips are selected while somebody imports the library anew."""

log = logging.getLogger(__name__)


NO_ROOM = "There is no room left on our side to make this choreography; please try again later."
"""What the dancer reads; which disk it is stands in the log."""


class NoRoom(JobFailure):
    """The disk is full."""

    code = "storage_full"


def no_room(error: OSError) -> bool:
    """Tell whether the system refused to write because the disk or the quota is full."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The stages of one job, in order.

    Parameters
    ----------
    folder : Path
        The attempt's own directory; whatever is temporary is inside, the caller removes it.

    Attributes
    ----------
    stages_s : dict
        Seconds spent in each stage, by name, as far as the job has come.
    """

    spec: JobSpec
    progress: Progress
    songs: Songs
    moves: Moves
    results: Results
    folder: Path
    stages_s: dict[str, float] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        """Make the choreography and return the task's result.

        Raises
        ------
        JobFailure
            If it cannot be made: unusable song, no fitting moves, unusable clips, a full disk.
        TryAgain
            If something outside failed that may work later.
        """
        start = time.perf_counter()
        with self._stage("fetch", "downloading", 10):
            song = self.songs.fetch(self.spec.audio_input, self.folder)
        with self._stage("analyse", "analyzing", 25):
            analysed = analyse_song(song, self.songs, self.folder)
        plan, video = self._dance(analysed)
        with self._stage("upload", "finalizing", 90):
            stored = self._upload(video, plan, analysed.analysis, song)
        elapsed_s = round(time.perf_counter() - start, 3)
        return self._result(plan, analysed.analysis, video, song, elapsed_s) | dict(stored)

    def _dance(self, song: AnalysedSong) -> tuple[Plan, RenderedVideo]:
        """Select, plan and render; again where somebody replaced a clip in between."""
        for number in range(1, SELECTIONS + 1):
            folder = self.folder / f"clips-{number}"
            folder.mkdir()
            with self._stage("select", "selecting", 40):
                selection = self._select(song.analysis, folder)
            with self._stage("plan", "selecting", 55):
                plan = self._plan(song.analysis, selection)
            try:
                with self._stage("render", "generating", 70):
                    return plan, self._render(plan, song)
            except ClipGone as error:
                if number == SELECTIONS:
                    raise
                log.warning("Clips are selected anew: %s", error)
        raise AssertionError("unreachable: the last selection returns or raises")

    @contextmanager
    def _stage(self, name: str, word: str, percent: int) -> Iterator[None]:
        start = time.perf_counter()
        try:
            self.progress.report(word, percent)
            yield
        finally:
            self.stages_s[name] = round(time.perf_counter() - start, 3)

    def _select(self, analysis: SongAnalysis, folder: Path) -> SelectedClips:
        selection = self.moves.select(self.spec.wishes, tempo_bpm=analysis.tempo_bpm, folder=folder)
        if not selection.clips:
            raise NoMatchingMoves("The move library has no clip that fits your wishes.")
        return selection

    def _plan(self, analysis: SongAnalysis, selection: SelectedClips) -> Plan:
        from engine.planning.plan import plan

        return plan(
            analysis,
            selection.clips,
            self.spec.wishes,
            seed=self._seed(),
            relaxed=selection.relaxed,
            reasons=selection.reasons,
        )

    def _seed(self) -> int:
        """The dancer's seed, or one that is the same for every attempt of the task."""
        if self.spec.seed is not None:
            return self.spec.seed
        return UUID(self.spec.task_id).int & 0x7FFF_FFFF

    def _render(self, plan: Plan, song: AnalysedSong) -> RenderedVideo:
        from engine.video.rendering import render

        self.moves.provide({move.clip.clip_id: move.clip for move in plan.moves}.values())
        return render(
            plan,
            audio=song.track,
            target=self.folder / "video.mp4",
            poster=self.folder / "poster.jpg",
        )

    def _upload(
        self, video: RenderedVideo, plan: Plan, analysis: SongAnalysis, song: SongFile
    ) -> dict[str, Any]:
        from engine.planning.timeline import timeline

        note = self.folder / "timeline.json"
        note.write_text(json.dumps(timeline(plan, analysis, title=song.title)))
        return dict(self.results.store(video=video.video, poster=video.poster, timeline=note))

    def _result(
        self,
        plan: Plan,
        analysis: SongAnalysis,
        video: RenderedVideo,
        song: SongFile,
        elapsed_s: float,
    ) -> dict[str, Any]:
        """The old application's keys, and ours."""
        return {
            "processing_time": elapsed_s,
            "sequence_duration": round(video.duration_s, 3),
            "moves_analyzed": len({move.clip.clip_id for move in plan.moves}),
            "saved_choreography_id": None,
            "auto_saved": False,
            "duration": round(video.duration_s, 3),
            "moves_count": len(plan.moves),
            "move_labels": dict(Counter(move.clip.move_label for move in plan.moves)),
            "tempo_bpm": round(analysis.tempo_bpm, 2),
            "relaxed": list(plan.relaxed),
            "song": {"title": song.title, "duration_s": round(analysis.duration_s, 3)},
            "seed": plan.seed,
            "size_bytes": video.size_bytes,
            "stages_s": dict(self.stages_s),
        }
