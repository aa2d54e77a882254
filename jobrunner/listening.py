"""Hear a song once: its analysis and its AAC track, made side by side and kept for later jobs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jobrunner.contract import SongAnalysis
    from jobrunner.ports import SongFile, Songs

# Names of what is kept beside a song; the number grows when its maker changes.
ANALYSIS_NAME = "analysis-2.json"
TRACK_NAME = "track-1.m4a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the pipeline needs of a song, and whether an earlier job had made it."""

    analysis: SongAnalysis
    track: Path
    was_known: bool


def listen(song: SongFile, songs: Songs, folder: Path) -> Heard:
    """Analyse the song and encode its track, or take both from an earlier job.

    Raises
    ------
    UnusableAudio
        If it is no song to dance to; nothing is kept then.
    """
    known = songs.find_derived(song, ANALYSIS_NAME, folder)
    track = songs.find_derived(song, TRACK_NAME, folder)
    if known is None or track is None:
        return _hear(song, songs, folder)

    from jobrunner.song_json import analysis_from_json

    return Heard(analysis=analysis_from_json(known.read_text()), track=track, was_known=True)


def _hear(song: SongFile, songs: Songs, folder: Path) -> Heard:
    # libav and librosa cost a second to load: only a new song pays for them.
    from jobrunner.analysis import analyse
    from jobrunner.audio import ANALYSIS_RATE_HZ, decode_mono, encode_aac
    from jobrunner.song_json import analysis_to_json

    signal = decode_mono(song.path)  # refuses what is no song before anything is encoded
    track = folder / TRACK_NAME
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="aac") as pool:
        encoding = pool.submit(encode_aac, song.path, track)
        analysis = analyse(signal, sample_rate_hz=ANALYSIS_RATE_HZ)
        encoding.result()
    note = folder / ANALYSIS_NAME
    note.write_text(analysis_to_json(analysis))
    songs.keep_derived(song, TRACK_NAME, track)
    songs.keep_derived(song, ANALYSIS_NAME, note)
    return Heard(analysis=analysis, track=track, was_known=False)
