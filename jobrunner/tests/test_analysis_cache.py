"""Hearing a song in a process apart: whatever libav does there, the job gets a typed error."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.audio.analysis import analyse
from engine.audio.analysis_json import analysis_to_json
from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono
from engine.audio.tests.sounds import noise, piece, write_wav
from engine.contract import UnusableAudio
from engine.isolation import song_analysis
from engine.isolation.song_analysis import analyse_in_subprocess, read_analysis
from jobrunner.analysis_cache import (
    ANALYSIS_NAME,
    TRACK_NAME,
    AnalysedSong,
    analyse_song,
)
from jobrunner.contract import TryAgain
from jobrunner.ports import SongFile


class SongsInMemory:
    """Songs that are files here, and artefacts cached beside them."""

    def __init__(self, path: Path) -> None:
        self.song = SongFile(path=path, media_key="songs/1/song.wav", title="Song")
        self.kept: dict[str, bytes] = {}

    def fetch(self, audio_input: str, folder: Path) -> SongFile:
        """Give the one song."""
        return self.song

    def find_cached(self, song: SongFile, name: str, folder: Path) -> Path | None:
        """Give what was kept."""
        if name not in self.kept:
            return None
        (folder / name).write_bytes(self.kept[name])
        return folder / name

    def keep_cached(self, song: SongFile, name: str, source: Path) -> None:
        """Keep it."""
        self.kept[name] = source.read_bytes()


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("song") / "song.wav"
    return write_wav(path, piece(("verse", 4), ("chorus", 4)))


def analysed(songs: SongsInMemory, folder: Path) -> AnalysedSong:
    folder.mkdir()
    return analyse_song(songs.song, songs, folder)


def test_it_hears_apart_what_it_would_hear_here(song: Path, tmp_path: Path) -> None:
    analyse_in_subprocess(song, analysis=tmp_path / "analysis.json", track=tmp_path / "track.m4a")
    here = analyse(decode_mono(song), sample_rate_hz=ANALYSIS_RATE_HZ)
    apart = read_analysis(tmp_path / "analysis.json")
    assert apart.first_one == here.first_one
    np.testing.assert_allclose(apart.beats_s, here.beats_s, atol=1e-6)
    assert apart.sections == here.sections
    assert len(decode_mono(tmp_path / "track.m4a")) == pytest.approx(
        here.duration_s * ANALYSIS_RATE_HZ, abs=ANALYSIS_RATE_HZ / 100
    )


def test_a_second_job_reads_what_the_first_heard(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = SongsInMemory(song)
    first = analysed(songs, tmp_path / "1")
    monkeypatch.setattr(song_analysis, "run_limited", None)
    second = analysed(songs, tmp_path / "2")
    assert (first.was_cached, second.was_cached) == (False, True)
    assert analysis_to_json(first.analysis) == analysis_to_json(second.analysis)


@pytest.mark.parametrize("name", [TRACK_NAME, ANALYSIS_NAME])
def test_half_of_what_was_kept_is_analysed_anew(song: Path, tmp_path: Path, name: str) -> None:
    songs = SongsInMemory(song)
    analysed(songs, tmp_path / "1")
    del songs.kept[name]
    assert not analysed(songs, tmp_path / "2").was_cached
    assert songs.kept.keys() == {TRACK_NAME, ANALYSIS_NAME}


@pytest.mark.parametrize("name", [TRACK_NAME, ANALYSIS_NAME])
@pytest.mark.parametrize("left", [0.0, 0.1, 0.6], ids=["empty", "a tenth", "over half"])
def test_what_was_kept_and_is_damaged_is_made_anew(
    song: Path, tmp_path: Path, name: str, left: float
) -> None:
    songs = SongsInMemory(song)
    whole = analysed(songs, tmp_path / "1")
    kept = songs.kept[name]
    songs.kept[name] = kept[: int(len(kept) * left)]
    again = analysed(songs, tmp_path / "2")
    assert not again.was_cached
    assert analysis_to_json(again.analysis) == analysis_to_json(whole.analysis)
    assert len(songs.kept[name]) > 0.9 * len(kept)
    assert analysed(songs, tmp_path / "3").was_cached


def refusal(songs: SongsInMemory, folder: Path) -> UnusableAudio:
    with pytest.raises(UnusableAudio) as caught:
        analysed(songs, folder)
    assert songs.kept == {}
    assert caught.value.message.endswith(".")
    return caught.value


def test_a_refusal_there_is_the_refusal_here(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "noise.wav", noise(5))
    assert refusal(SongsInMemory(path), tmp_path / "1").code == "audio_too_short"


# A program in place of the one that analyses; it finds itself before libav, with the same limits.
STAND_INS = {
    "hangs": "ctypes.PyDLL(None).sleep(3600)",
    "loops": "b = bytearray(1 << 27)\nwhile True: b.count(1)",
    "crashes": "ctypes.PyDLL(None).strlen(1)",
    "swells": "bytearray(4 << 30)",
}


@pytest.mark.parametrize("deed", STAND_INS)
def test_a_libav_that_hangs_loops_crashes_or_swells_is_a_refusal(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    stand_in(monkeypatch, tmp_path, STAND_INS[deed])
    assert refusal(SongsInMemory(song), tmp_path / "1").code == "audio_unreadable"
    assert list((tmp_path / "1").iterdir()) == []


def test_a_hearing_that_was_killed_is_tried_again(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, "os.kill(os.getpid(), 9)")
    songs = SongsInMemory(song)
    with pytest.raises(TryAgain):
        analysed(songs, tmp_path / "1")
    assert songs.kept == {}


def test_a_full_disk_is_said_by_the_system(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, "raise OSError(errno.ENOSPC, 'No space left on device')")
    with pytest.raises(OSError, match="No space left") as caught:
        analysed(SongsInMemory(song), tmp_path / "1")
    assert caught.value.errno == 28


def stand_in(monkeypatch: pytest.MonkeyPatch, folder: Path, deed: str) -> None:
    """Let the process that analyses do the deed where it would open the file."""
    body = "\n".join(f"    {line}" for line in deed.splitlines())
    (folder / "stand_in.py").write_text(
        "import ctypes, errno, os, sys\n"
        "from engine.audio import decoding\n"
        "from engine.isolation import limited_process, song_analysis_process as hearing\n"
        f"def deed(*_, **__):\n{body}\n"
        "decoding.decode_mono = deed\n"
        "hearing.LIMITS = limited_process.ResourceLimits(wall_s=2, cpu_s=1, data_bytes=512 << 20)\n"
        "hearing.main(sys.argv[1:])\n"
    )
    path = os.pathsep.join([str(folder), str(Path.cwd())])
    monkeypatch.setattr("engine.isolation.limited_process.ENVIRONMENT", {"PYTHONPATH": path})
    original = song_analysis.run_limited
    monkeypatch.setattr(
        song_analysis,
        "run_limited",
        lambda _, arguments, *, limits: original("stand_in", arguments, limits=limits),
    )
