"""Each song is analysed once: its analysis and AAC track are kept for later jobs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.contract import ANALYSIS_VERSION, AnalysisInterrupted
from engine.isolation.song_analysis import analyse_in_subprocess, read_analysis
from jobrunner.contract import TryAgain

if TYPE_CHECKING:
    from pathlib import Path

    from engine.contract import SongAnalysis
    from jobrunner.ports import SongFile, Songs

# Names of what is kept beside a song; the number grows when its maker changes.
ANALYSIS_NAME = f"analysis-{ANALYSIS_VERSION}.json"
TRACK_NAME = "track-1.m4a"


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedSong:
    """What the pipeline needs of a song, and whether an earlier job had made it."""

    analysis: SongAnalysis
    track: Path
    was_cached: bool


def analyse_song(song: SongFile, songs: Songs, folder: Path) -> AnalysedSong:
    """Analyse the song and encode its track, or take both from an earlier job.

    What an earlier job kept and cannot be read any more is made anew.

    Raises
    ------
    UnusableAudio
        If it is no song to dance to; nothing is kept then.
    TryAgain
        If the process that analysed it was killed.
    """
    cached = _find_cached(song, songs, folder)
    if cached is not None:
        return cached
    analysis, track = folder / ANALYSIS_NAME, folder / TRACK_NAME
    _analyse(song.path, analysis, track)
    songs.keep_cached(song, TRACK_NAME, track)
    songs.keep_cached(song, ANALYSIS_NAME, analysis)
    return AnalysedSong(analysis=read_analysis(analysis), track=track, was_cached=False)


def _find_cached(song: SongFile, songs: Songs, folder: Path) -> AnalysedSong | None:
    """Return what an earlier job made, if all of it is there and whole."""
    from engine.audio.encoding import is_whole_track  # PyAV takes a tenth of a second to load

    kept = songs.find_cached(song, ANALYSIS_NAME, folder)
    track = songs.find_cached(song, TRACK_NAME, folder)
    if kept is None or track is None:
        return None
    try:
        analysis = read_analysis(kept)
    except ValueError as error:
        log.warning("The analysis of song %s is made anew: %s", song.media_key, error)
        return None
    if not is_whole_track(track, duration_s=analysis.duration_s):
        log.warning("The track of song %s is made anew: it is damaged", song.media_key)
        return None
    return AnalysedSong(analysis=analysis, track=track, was_cached=True)


def _analyse(song: Path, analysis: Path, track: Path) -> None:
    try:
        analyse_in_subprocess(song, analysis=analysis, track=track)
    except AnalysisInterrupted as error:
        raise TryAgain(str(error)) from error
