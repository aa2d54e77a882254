"""Each song is analysed once: its analysis and AAC track are kept for later jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.contract import AnalysisInterrupted
from engine.isolation.song_analysis import analyse_in_subprocess, read_analysis
from jobrunner.contract import TryAgain

if TYPE_CHECKING:
    from pathlib import Path

    from engine.contract import SongAnalysis
    from jobrunner.ports import SongFile, Songs

# Names of what is kept beside a song; the number grows when its maker changes.
ANALYSIS_NAME = "analysis-3.json"
TRACK_NAME = "track-1.m4a"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedSong:
    """What the pipeline needs of a song, and whether an earlier job had made it."""

    analysis: SongAnalysis
    track: Path
    was_cached: bool


def analyse_song(song: SongFile, songs: Songs, folder: Path) -> AnalysedSong:
    """Analyse the song and encode its track, or take both from an earlier job.

    Raises
    ------
    UnusableAudio
        If it is no song to dance to; nothing is kept then.
    TryAgain
        If the process that analysed it was killed.
    """
    analysis = songs.find_cached(song, ANALYSIS_NAME, folder)
    track = songs.find_cached(song, TRACK_NAME, folder)
    was_cached = analysis is not None and track is not None
    if analysis is None or track is None:
        analysis, track = folder / ANALYSIS_NAME, folder / TRACK_NAME
        _analyse(song.path, analysis, track)
        songs.keep_cached(song, TRACK_NAME, track)
        songs.keep_cached(song, ANALYSIS_NAME, analysis)
    return AnalysedSong(analysis=read_analysis(analysis), track=track, was_cached=was_cached)


def _analyse(song: Path, analysis: Path, track: Path) -> None:
    try:
        analyse_in_subprocess(song, analysis=analysis, track=track)
    except AnalysisInterrupted as error:
        raise TryAgain(str(error)) from error
