"""Which adapter serves which port of the importers; the API never imports this: it loads libav."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from config.wiring import moves, songs

if TYPE_CHECKING:
    from pathlib import Path

    from modules.moves.application import MoveLibrary
    from modules.moves.ports import PoseReader
    from modules.songs.application import SongLibrary
    from modules.songs.ports import SongAnalyser


def song_analyser(engine: str) -> SongAnalyser:
    """Who analyses song files for the command line: ``ours`` or ``librosa``."""
    from modules.songs.adapters.analysis import analyse_song_file
    from modules.songs.adapters.librosa_analysis import analyse_file_with_librosa

    return {"ours": analyse_song_file, "librosa": analyse_file_with_librosa}[engine]


def song_library() -> SongLibrary:
    """The songs that everybody shares."""
    return songs().library


@cache
def move_importer() -> MoveLibrary:
    """The moves, with what prepares new clips."""
    from engine.audio.clip_beats import find_beats_by_sound
    from engine.video.mezzanine import prepare_clip
    from modules.moves.clip_preparation import ClipPreparation

    preparation = ClipPreparation(prepare=prepare_clip, find_beats=find_beats_by_sound)
    return moves().open_library(preparation)


def pose_reader(model: Path) -> PoseReader:
    """Who reads poses with this model; raise ``PoseReaderMissing`` or ``PoseModelUnusable``."""
    from modules.moves.adapters.yolo_pose import open_pose_reader

    return open_pose_reader(model, settings_directory=settings.LOCAL_DIR)
