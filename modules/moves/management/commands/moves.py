"""``manage.py moves import FOLDER``, ``moves list`` and ``moves correct CLIP --one SECONDS``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from modules.errors import BachataError
from modules.moves.contract import (
    ImportProgress,
    ImportReport,
    MoveClip,
    PoseReaderMissing,
    UnknownValue,
)
from modules.moves.queries import list_moves

if TYPE_CHECKING:
    from modules.moves.application import MoveLibrary
    from modules.moves.ports import PoseReader


class Command(BaseCommand):
    """Import recorded moves into the library, or list what it holds."""

    help = "Import recorded moves into the library, or list what it holds."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the two things that can be done."""
        actions = parser.add_subparsers(dest="action", required=True)
        importing = actions.add_parser("import", help="prepare the clips of a folder")
        importing.add_argument("folder", type=Path)
        importing.add_argument(
            "--embeddings", type=Path, help="backup of the legacy index, taken over as it is"
        )
        importing.add_argument(
            "--only", action="store_true", help="offer no other clips than the folder's"
        )
        importing.add_argument(
            "--pose-model", type=Path, help="YOLOv8-pose model that reads the couple's vectors"
        )
        actions.add_parser("list", help="show the moves of the library")
        correcting = actions.add_parser("correct", help="say where a clip's one is")
        correcting.add_argument("clip_id")
        correcting.add_argument("--one", type=float, required=True, help="seconds into the clip")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; exit code 1 when the folder is unusable or any clip was refused."""
        if options["action"] == "list":
            self._list(list_moves())
            return
        library = cast("MoveLibrary", import_string(settings.MOVE_LIBRARY_FACTORY)())
        if options["action"] == "correct":
            self._correct(library, options["clip_id"], options["one"])
            return
        try:
            poses = self._pose_reader(options["pose_model"])
            report = library.import_folder(
                options["folder"],
                embeddings=options["embeddings"],
                only=options["only"],
                poses=poses,
                on_progress=self._progress,
            )
        except BachataError as error:
            raise CommandError(str(error)) from error
        self._summary(report)
        self._texts(report)
        if poses is not None or (report.without_poses and options["pose_model"] is None):
            self._poses(report, was_read=poses is not None)
        if report.refused:
            raise CommandError(f"{_clips(len(report.refused), 'was', 'were')} not imported.")

    def _pose_reader(self, model: Path | None) -> PoseReader | None:
        """Open the model; where that cannot be done here at all, say so and go on without."""
        if model is None:
            return None
        try:
            return cast("PoseReader", import_string(settings.POSE_READER_FACTORY)(model))
        except PoseReaderMissing as error:
            self.stderr.write(str(error), self.style.WARNING)
            return None

    def _poses(self, report: ImportReport, *, was_read: bool) -> None:
        lacking = _clips(len(report.without_poses), "has", "have")
        if was_read:
            self.stdout.write(
                f"Pose vectors were read from {_clips(len(report.posed))}; {lacking} none."
            )
            return
        self.stdout.write(
            f"{lacking} no pose vectors: --pose-model FILE reads them with a YOLOv8-pose model."
        )

    def _texts(self, report: ImportReport) -> None:
        if report.worded:
            self.stdout.write(f"Text vectors were made for {_clips(len(report.worded))}.")
        if report.without_texts:
            lacking = _clips(len(report.without_texts), "has", "have")
            self.stdout.write(f"{lacking} no text vector: the extra `text` makes them.")

    def _progress(self, progress: ImportProgress) -> None:
        if progress.outcome != "unchanged":
            self.stderr.write(
                f"{progress.done}/{progress.total} {progress.clip_id}: {progress.outcome}",
                self.style.NOTICE,
            )

    def _summary(self, report: ImportReport) -> None:
        self.stdout.write(
            f"{_clips(len(report.imported))} imported ({report.prepared_s:.0f} s of video in "
            f"{report.took_s:.1f} s), {len(report.updated)} updated, {len(report.unchanged)} "
            f"unchanged, {len(report.refused)} refused; {report.documents} index documents reused."
        )
        for name, count in report.left_out.items():
            self.stdout.write(f"left out {count} of {name}: it cannot be compared with other clips")
        for unknown in report.unknown:
            self.stdout.write(_told(unknown))
        for clip in report.refused:
            self.stdout.write(f"refused {clip.clip_id}: {clip.message} ({clip.code})")

    def _correct(self, library: MoveLibrary, clip_id: str, one_s: float) -> None:
        try:
            clip = library.correct_one(clip_id, one_s=one_s)
        except BachataError as error:
            raise CommandError(str(error)) from error
        at_s = clip.keyframes_s[clip.one_beat]
        self.stdout.write(f"{clip_id} begins its bars at {at_s:.2f} s.")

    def _list(self, moves: list[MoveClip]) -> None:
        for move in moves:
            self.stdout.write(
                f"{move.clip_id:<28} {move.name:<32} {move.difficulty:<13} {move.energy_level:<7}"
                f"{move.tempo_bpm:6.1f} BPM ({move.tempo_source})  {move.duration_s:5.1f} s  "
                f"{len(move.keyframes_s):>3} beats  {_one(move)}  {_figure(move)}  "
                f"{_place(move)}"
            )
        self.stdout.write(f"{len(moves)} moves")


def _told(unknown: UnknownValue) -> str:
    in_rows = _clips(unknown.rows)
    if not unknown.taken_as:
        return f"unknown field {unknown.field} in {in_rows}: passed over"
    what = f"{unknown.field} {unknown.value}"
    return f"unknown {what} in {in_rows}: taken as {unknown.taken_as}"


def _one(move: MoveClip) -> str:
    beats = move.keyframes_s
    at = f"{beats[move.one_beat]:5.2f} s" if move.one_beat < len(beats) else "     –"
    return f"one at {at} ({move.one_source})"


def _figure(move: MoveClip) -> str:
    if move.figure is None:
        return "danced throughout"
    return f"figure {move.figure.start_s:.1f}–{move.figure.end_s:.1f} s"


def _clips(n: int, one: str = "", many: str = "") -> str:
    return f"1 clip {one}".strip() if n == 1 else f"{n} clips {many}".strip()


def _place(move: MoveClip) -> str:
    """Where it was filmed: its room, and its scene where the room has several."""
    return move.room if move.scene in ("", move.room) else f"{move.room}, scene {move.scene}"
