"""``manage.py songs analyse`` says and draws what was found."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django import Settings

from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono
from engine.audio.tests.sounds import clicks, even_beats, write_wav
from engine.contract import Section, SongAnalysis
from modules.songs.adapters.librosa_analysis import analyse_file_with_librosa
from modules.songs.contract import SongRefused
from modules.songs.plot import HEAD_PX, LABELS, NAMES_PX, ONE, WAVE_PX, clock, draw_analysis
from modules.songs.ports import SongAnalyser

PARTS = [(0.0, 22.0, "A", "low"), (22.0, 42.0, "B", "high"), (42.0, 60.0, "A", "medium")]
ANALYSIS = SongAnalysis(
    duration_s=60.0,
    tempo_bpm=120.0,
    beats_s=np.arange(1.0, 59.0, 0.5),
    first_one=2,
    sections=tuple(
        Section(start_s=start_s, end_s=end_s, label=label, energy=energy)
        for start_s, end_s, label, energy in PARTS
    ),
    peaks=np.full(800, 0.5, np.float32),
)


def an_analyser(engine: str) -> SongAnalyser:
    """Analyse one song only, as the wiring's analyser would; librosa hears two beats late."""

    def analyse(path: Path) -> SongAnalysis:
        if path.suffix != ".ogg":
            raise SongRefused(f"{path.name}: The file could not be read as audio.")
        return ANALYSIS if engine == "ours" else replace(ANALYSIS, beats_s=ANALYSIS.beats_s + 1)

    return analyse


@pytest.fixture(autouse=True)
def wired(settings: Settings) -> None:
    """Let the command find the analyser of these tests."""
    settings.SONG_ANALYSER_FACTORY = f"{__name__}.an_analyser"


def songs(*arguments: object) -> str:
    out = StringIO()
    call_command("songs", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_song_is_told_with_its_beats_its_one_and_its_parts(tmp_path: Path) -> None:
    told = songs("analyse", tmp_path / "my_song.ogg")
    assert told.startswith("my_song: 1:00.0, 120.00 BPM\n116 beats from 1.000 s to 58.500 s\n")
    assert "the one is beat 3, at 2.000 s; 14 whole eights" in told
    assert [line.split() for line in told.splitlines()[5:]] == [
        ["A", "low", "0:00.0", "0:22.0", "5"],
        ["B", "high", "0:22.0", "0:42.0", "5"],
        ["A", "medium", "0:42.0", "1:00.0", "5"],
    ]


def test_librosas_opinion_is_heard_by_its_name(tmp_path: Path) -> None:
    told = songs("analyse", tmp_path / "my_song.ogg", "--engine", "librosa")
    assert "116 beats from 2.000 s to 59.500 s" in told


def test_librosas_opinion_is_librosas(tmp_path: Path) -> None:
    librosa = pytest.importorskip("librosa")
    beats_s = even_beats(120, start_s=0.5, end_s=24)
    song = write_wav(tmp_path / "song.wav", clicks(beats_s, length_s=24.5))
    found = analyse_file_with_librosa(song)
    signal = decode_mono(song)
    theirs = librosa.beat.beat_track(y=signal, sr=ANALYSIS_RATE_HZ, units="time")[1]
    assert found.beats_s.tolist() == theirs.tolist()
    assert found.sections[-1].end_s == found.duration_s


@pytest.mark.parametrize("name", ["missing.ogg", "broken.ogg"])
def test_what_librosa_cannot_hear_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.ogg").write_bytes(b"no song")
    with pytest.raises(SongRefused, match=name):
        analyse_file_with_librosa(tmp_path / name)


def test_a_picture_is_drawn_whole(tmp_path: Path) -> None:
    told = songs("analyse", tmp_path / "song.ogg", "--plot", tmp_path / "song.png")
    assert told.endswith(f"Drawn in {tmp_path / 'song.png'}\n")
    with Image.open(tmp_path / "song.png") as image:
        image.load()
        assert image.format == "PNG"
    assert [path.name for path in tmp_path.iterdir()] == ["song.png"]


def test_parts_that_are_alike_share_a_colour_and_energy_is_brightness() -> None:
    picture = draw_analysis(ANALYSIS, title="Song")
    middle = HEAD_PX + NAMES_PX + WAVE_PX // 2
    row = [picture.getpixel((x, middle)) for x in range(picture.width)]
    first, second, third = (row[len(row) * share // 6] for share in (1, 3, 5))
    ink = [max(row[len(row) * a // 6 : len(row) * b // 6], key=sum) for a, b in PARTS_BY_SIXTHS]
    assert first != second
    assert third != second
    assert ink[1] == LABELS[1], "full colour where the energy is high"
    assert sum(ink[0]) < sum(ink[2]), "the same part, louder"
    assert np.argsort(ink[0]).tolist() == np.argsort(ink[2]).tolist() == [0, 1, 2]


PARTS_BY_SIXTHS = [(1, 2), (3, 4), (5, 6)]


def test_every_one_is_a_golden_tick() -> None:
    picture = draw_analysis(ANALYSIS, title="Song")
    below = HEAD_PX + NAMES_PX + WAVE_PX + 20
    is_gold = np.array([picture.getpixel((x, below)) == ONE for x in range(picture.width)])
    ticks = np.flatnonzero(np.diff(is_gold.astype(int)) == 1)
    assert len(ticks) == 15
    assert np.diff(ticks) == pytest.approx(4 / 60 * 1600, abs=1.5)


def test_a_song_of_ten_minutes_can_be_drawn() -> None:
    long = SongAnalysis(
        duration_s=600.0,
        tempo_bpm=170.0,
        beats_s=np.arange(0.0, 599.0, 60 / 170),
        first_one=0,
        sections=(),
        peaks=np.zeros(0, np.float32),
    )
    assert draw_analysis(long, title="x" * 500).width == 1760


def test_what_is_no_song_is_a_sentence_and_no_picture(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^song\.mp3: The file could not be read as audio\.$"):
        songs("analyse", tmp_path / "song.mp3", "--plot", tmp_path / "song.png")
    assert not list(tmp_path.iterdir())


def test_a_picture_in_no_folder_is_refused_before_analysing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="name a file in a folder that exists"):
        songs("analyse", tmp_path / "song.mp3", "--plot", tmp_path / "none" / "song.png")


def test_times_are_minutes_and_seconds() -> None:
    assert [clock(at_s) for at_s in (0, 59.9, 60, 605)] == ["0:00", "0:59", "1:00", "10:05"]
