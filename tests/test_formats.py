"""Songs and clips of every kind, from the file to the finished film, whose every step is checked.

The song is analysed in a process of its own, as in a job; clips are prepared as by an import.
What is measured is the film: its pictures, its keyframes, its sound.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.audio.clip_beats import find_beats_by_sound
from engine.audio.tests.sounds import RATE_HZ, clicks, even_beats, piece, write_sound
from engine.contract import Clip, SongAnalysis, Wishes
from engine.isolation.song_analysis import analyse_in_subprocess, read_analysis
from engine.planning.plan import plan
from engine.video.mezzanine import prepare_clip
from engine.video.rendering import render
from engine.video.tests.pictures import turn, write_clip
from modules.moves.clip_preparation import ClipPreparation, PreparationJob, PreparationResult
from tests.video import watch

TEMPO_BPM, START_S = 125.0, 0.3
CLIP_S, CLIP_BPM, CLIP_START_S = 7.0, 118.0, 0.35
BEGINNER = Wishes(difficulty="beginner")
# Undeclared, an encoder's delay is part of the sound: LAME's 1105 samples, AAC's 1024.
DELAYS_S = {"AAC, ADTS": 1024 / 44_100, "MP3, no Xing header": 1105 / 44_100}
BIG_COVER_BYTES = 3_000_000
SEVENS = (21, 14, 7, 0)

SONGS: dict[str, dict[str, Any]] = {
    "AAC, ADTS": {"codec": "aac", "container": "adts"},
    "AAC, M4A": {"codec": "aac", "container": "ipod"},
    "AAC, M4A, 48 kHz": {"codec": "aac", "container": "ipod", "rate_hz": 48_000},
    "AAC, M4A, mono": {"codec": "aac", "container": "ipod", "layout": "mono"},
    "MP3, constant rate": {"codec": "libmp3lame", "container": "mp3"},
    "MP3, variable rate": {
        "codec": "libmp3lame",
        "container": "mp3",
        "options": {"flags": "+qscale", "global_quality": str(4 * 118)},
    },
    "MP3, no Xing header": {
        "codec": "libmp3lame",
        "container": "mp3",
        "muxer": {"write_xing": "0"},
    },
    "MP3, big cover": {"codec": "libmp3lame", "container": "mp3"},
    "MP3, mono, 8 kHz": {
        "codec": "libmp3lame",
        "container": "mp3",
        "rate_hz": 8_000,
        "layout": "mono",
    },
    "Ogg Vorbis": {"codec": "vorbis", "container": "ogg", "options": {"strict": "-2"}},
    "Ogg Opus": {"codec": "libopus", "container": "ogg", "rate_hz": 48_000},
    "FLAC": {"codec": "flac", "container": "flac"},
    "FLAC, 96 kHz": {"codec": "flac", "container": "flac", "rate_hz": 96_000},
    "FLAC, mono, 8 kHz": {
        "codec": "flac",
        "container": "flac",
        "rate_hz": 8_000,
        "layout": "mono",
    },
    "WAV, 16 bits": {"codec": "pcm_s16le", "container": "wav"},
    "WAV, 24 bits, 96 kHz": {"codec": "pcm_s24le", "container": "wav", "rate_hz": 96_000},
    "WAV, float": {"codec": "pcm_f32le", "container": "wav"},
    "WAV, mono, 8 kHz": {
        "codec": "pcm_s16le",
        "container": "wav",
        "rate_hz": 8_000,
        "layout": "mono",
    },
}


@pytest.fixture(scope="module")
def music() -> NDArray[np.float32]:
    return piece(("verse", 3), ("chorus", 3), tempo_bpm=TEMPO_BPM, start_s=START_S)


@pytest.fixture(scope="module")
def a_dance(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    """Two clips that are beyond doubt."""
    folder = tmp_path_factory.mktemp("clips")
    clips = []
    for name in ("one", "two"):
        write_clip(folder / f"{name}.mp4", times_s=times(Fraction(30)), sound=clip_sound())
        clips.append(imported(folder / f"{name}.mp4", folder))
    return clips


def times(rate: Fraction) -> list[float]:
    return [float(index / rate) for index in range(int(CLIP_S * rate))]


def clip_sound() -> NDArray[np.float32]:
    beats = even_beats(CLIP_BPM, start_s=CLIP_START_S, end_s=CLIP_S)
    return clicks(beats, length_s=CLIP_S, rate_hz=48_000) * np.float32(0.8)


def imported(source: Path, folder: Path, *, tempo_bpm: float | None = None) -> Clip:
    """The clip as an import prepares it and the planner sees it."""
    preparation = ClipPreparation(prepare=prepare_clip, find_beats=find_beats_by_sound, workers=0)
    job = PreparationJob(
        clip_id=source.stem,
        source=source,
        annotated_tempo_bpm=tempo_bpm,
        directory=folder / f"{source.stem}-made",
    )
    made = preparation.prepare_one(job)
    assert isinstance(made, PreparationResult), made
    assert made.beats.source == ("sound" if tempo_bpm is None else "annotated")
    return Clip(
        clip_id=source.stem,
        move_label=source.stem,
        name=source.stem,
        difficulty="beginner",
        energy_level="medium",
        tempo_bpm=made.beats.tempo_bpm,
        keyframes_s=made.keyframes_s,
        duration_s=made.duration_s,
        mezzanine=made.mezzanine,
    )


def heard(song: Path, folder: Path) -> tuple[SongAnalysis, Path]:
    """The song's analysis and its track, as a job hears it."""
    note, track = folder / "note.json", folder / "track.m4a"
    analyse_in_subprocess(song, analysis=note, track=track)
    return read_analysis(note), track


def assert_danced(analysis: SongAnalysis, track: Path, clips: list[Clip], folder: Path) -> None:
    """Plan and render: each beat is a keyframe of the film, which plays to its end."""
    film = folder / "film.mp4"
    made = plan(analysis, clips, BEGINNER, seed=1)
    render(made, audio=track, target=film, poster=folder / "film.jpg")
    seen = watch(film)
    assert (seen.video_codec, seen.audio_codec, seen.warnings) == ("h264", "aac", [])
    assert abs(seen.video_s - seen.audio_s) <= 0.1
    assert abs(seen.video_s - analysis.duration_s) <= 0.1
    assert seen.longest_picture_s <= 0.3
    with av.open(str(film)) as container:
        base = container.streams.video[0].time_base
        keys = [
            p.pts * base for p in container.demux(video=0) if p.pts is not None and p.is_keyframe
        ]
    steps = np.array(keys, dtype=float)
    late = [float(np.abs(steps - beat_s).min()) for beat_s in analysis.beats_s[:-1]]
    assert max(late) <= 0.005


def song_file(path: Path, music: NDArray[np.float32], kind: str) -> Path:
    """Write the song; its rate is changed as a plain player would."""
    how = {"rate_hz": 44_100} | SONGS[kind]
    signal = at_rate(music, how["rate_hz"]) * np.float32(0.9)
    write_sound(path, signal, **how)
    if kind == "MP3, big cover":
        path.write_bytes(with_cover(path.read_bytes()))
    return path


def at_rate(signal: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    at = np.arange(int(len(signal) * rate_hz / RATE_HZ)) * (RATE_HZ / rate_hz)
    return np.interp(at, np.arange(len(signal)), signal).astype(np.float32)


def with_cover(mp3: bytes) -> bytes:
    """Put a large picture before the music (ID3v2.4, APIC)."""
    start = 0
    if mp3[:3] == b"ID3":
        start = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(mp3[6:10], SEVENS, strict=True)
        )
    image = np.random.default_rng(1).bytes(BIG_COVER_BYTES)
    body = b"\0image/png\0\3\0" + b"\x89PNG\r\n\x1a\n" + image
    frame = b"APIC" + syncsafe(len(body)) + b"\0\0" + body
    return b"ID3\4\0\0" + syncsafe(len(frame)) + frame + mp3[start:]


def syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in SEVENS)


@pytest.mark.parametrize("kind", SONGS)
def test_a_song_of_any_kind_is_danced_on_its_beats(
    tmp_path: Path, music: NDArray[np.float32], a_dance: list[Clip], kind: str
) -> None:
    song = song_file(tmp_path / "song.dat", music, kind)
    analysis, track = heard(song, tmp_path)
    known = START_S + DELAYS_S.get(kind, 0.0) + np.arange(48) * 60 / TEMPO_BPM
    late = [float(np.abs(known - beat_s).min()) for beat_s in analysis.beats_s[:48]]
    assert analysis.tempo_bpm == pytest.approx(TEMPO_BPM, abs=0.5)
    assert np.percentile(late, 95) <= 0.02
    assert_danced(analysis, track, a_dance, tmp_path)


def test_the_kinds_are_what_they_are_called(tmp_path: Path, music: NDArray[np.float32]) -> None:
    heads = {
        kind: song_file(tmp_path / f"{index}", music, kind).read_bytes()[:4096]
        for index, kind in enumerate(SONGS)
        if kind.startswith("MP3")
    }
    assert b"Xing" in heads["MP3, variable rate"]
    assert b"Info" in heads["MP3, constant rate"]
    assert not {b"Xing", b"Info"} & {heads["MP3, no Xing header"][i : i + 4] for i in range(4092)}
    assert b"APIC" in heads["MP3, big cover"][:20]


UNEVEN = np.cumsum(np.random.default_rng(3).choice([0.02, 0.033, 0.05, 0.09], 144)).tolist()
CLIPS: dict[str, dict[str, Any]] = {
    "24 fps": {"rate": Fraction(24)},
    "25 fps": {"rate": Fraction(25)},
    "29.97 fps": {"rate": Fraction(30_000, 1001)},
    "60 fps": {"rate": Fraction(60)},
    "uneven": {"times_s": [0.0, *UNEVEN]},
    "portrait": {"width": 180, "height": 320},
    "odd sides": {"width": 321, "height": 181, "pixel_format": "yuv444p"},
    "10 bits": {"pixel_format": "yuv420p10le"},
    "10 bits, 4:2:2": {"pixel_format": "yuv422p10le", "codec": "prores_ks", "container": "mov"},
    "HEVC": {"codec": "libx265"},
    "VP9, WebM": {"codec": "libvpx-vp9", "container": "matroska"},
}


@pytest.fixture(scope="module")
def song(
    tmp_path_factory: pytest.TempPathFactory, music: NDArray[np.float32]
) -> tuple[SongAnalysis, Path]:
    folder = tmp_path_factory.mktemp("song")
    return heard(song_file(folder / "song.flac", music, "FLAC"), folder)


def clip_file(path: Path, **how: Any) -> Path:
    how = {"times_s": times(how.get("rate", Fraction(30)))} | how
    return write_clip(path, **how)


@pytest.mark.parametrize("kind", CLIPS)
def test_a_clip_of_any_kind_dances_on_the_songs_beats(
    tmp_path: Path, song: tuple[SongAnalysis, Path], kind: str
) -> None:
    source = clip_file(tmp_path / "clip.dat", sound=clip_sound(), **CLIPS[kind])
    clip = imported(source, tmp_path)
    assert clip.tempo_bpm == pytest.approx(CLIP_BPM, abs=0.5)
    assert_danced(*song, [clip], tmp_path)


def test_a_clip_without_sound_dances_by_its_annotated_tempo(
    tmp_path: Path, song: tuple[SongAnalysis, Path]
) -> None:
    source = clip_file(tmp_path / "clip.mp4")
    clip = imported(source, tmp_path, tempo_bpm=CLIP_BPM)
    assert_danced(*song, [clip], tmp_path)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_clip_dances_among_others(
    tmp_path: Path, song: tuple[SongAnalysis, Path], a_dance: list[Clip], quarters: int
) -> None:
    source = clip_file(tmp_path / "turned.mp4", sound=clip_sound())
    turned = imported(turn(source, quarters=quarters), tmp_path)
    assert_danced(*song, [turned, *a_dance], tmp_path)
