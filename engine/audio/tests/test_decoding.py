"""Decoding and encoding the sound of strangers."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from engine.audio.decoding import decode_mono
from engine.audio.encoding import encode_aac
from engine.audio.tests.sounds import (
    RATE_HZ,
    click_onsets_s,
    clicks,
    even_beats,
    noise,
    write_sound,
    write_wav,
)
from engine.contract import UnusableAudio

CLICKS_S = even_beats(120, start_s=0.5, end_s=20.8)
KINDS = [
    ("wav", "pcm_s16le", "wav", 44_100),
    ("wav", "pcm_f32le", "wav", 96_000),
    ("flac", "flac", "flac", 48_000),
    ("mp3", "libmp3lame", "mp3", 44_100),
    ("ogg", "flac", "ogg", 44_100),
    ("opus", "libopus", "ogg", 48_000),
    ("m4a", "aac", "mp4", 44_100),
    ("m4a", "aac", "mp4", 48_000),
    ("aac", "aac", "adts", 44_100),
    ("webm", "libopus", "webm", 48_000),
    ("aiff", "pcm_s16be", "aiff", 44_100),
]


def code_of(path: Path, **bounds: float) -> str:
    with pytest.raises(UnusableAudio) as caught:
        decode_mono(path, **bounds)
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.fixture(scope="module")
def click_track() -> np.ndarray:
    return clicks(CLICKS_S, length_s=21, rate_hz=48_000) * np.float32(0.8)


@pytest.mark.parametrize(("suffix", "codec", "container", "rate_hz"), KINDS)
def test_every_kind_is_read_under_a_wrong_name_and_keeps_its_clicks_in_the_video(
    tmp_path: Path, suffix: str, codec: str, container: str, rate_hz: int
) -> None:
    signal = clicks(CLICKS_S, length_s=21, rate_hz=rate_hz) * np.float32(0.8)
    source = write_sound(
        tmp_path / "song.dat", signal, codec=codec, container=container, rate_hz=rate_hz
    )
    decoded = decode_mono(source)
    encode_aac(source, tmp_path / "song.m4a")
    encoded = decode_mono(tmp_path / "song.m4a", sample_rate_hz=48_000)
    # ADTS has no way to declare the encoder's delay, so it is part of the sound
    delay_s = 1024 / rate_hz if container == "adts" else 0.0
    assert decoded.dtype == np.float32
    assert click_onsets_s(decoded, rate_hz=RATE_HZ) - delay_s == pytest.approx(CLICKS_S, abs=0.003)
    assert click_onsets_s(encoded, rate_hz=48_000) - delay_s == pytest.approx(CLICKS_S, abs=0.003)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\0" * 5000, "zeros"),
        (b"<!doctype html><title>404</title>" * 50, "a web page"),
        (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/canary.ts\n", "a playlist"),
        (b"ffconcat version 1.0\nfile '/etc/hostname'\n", "a concat script"),
        (b"OggS" + bytes(range(256)) * 20, "a false Ogg"),
        (b"\xff\xfb\x90\x00" + b"\x12" * 4000, "a false MP3"),
        (b"\x00\x00\x00\x18ftypM4A " + b"\x00" * 4000, "a false MP4"),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"\0" * 100, "an endless ID3 tag"),
    ],
)
def test_what_is_no_audio_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    assert code_of(path) == "audio_unreadable", why
    with pytest.raises(UnusableAudio):
        encode_aac(path, tmp_path / "song.m4a")
    assert [p.name for p in tmp_path.iterdir()] == ["song.mp3"]


def test_a_folder_and_nothing_are_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "audio_unreadable"
    assert code_of(tmp_path / "missing.mp3") == "audio_unreadable"


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "mute.mp4"), "w") as output:
        track = output.add_stream("libx264", rate=25)
        track.width, track.height, track.pix_fmt = 64, 64, "yuv420p"
        output.mux(track.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(track.encode(None))
    assert code_of(tmp_path / "mute.mp4") == "audio_unreadable"


def test_silence_is_refused(tmp_path: Path) -> None:
    quiet = write_wav(tmp_path / "quiet.wav", noise(21) * np.float32(0.001))
    assert code_of(quiet) == "audio_silent"


def test_length_has_bounds(tmp_path: Path) -> None:
    short = write_wav(tmp_path / "short.wav", noise(5))
    assert code_of(short) == "audio_too_short"
    assert len(decode_mono(short, min_s=2, max_s=120)) == 5 * RATE_HZ
    assert code_of(short, min_s=1, max_s=4) == "audio_too_long"


@pytest.mark.parametrize(
    ("codec", "container"),
    [("pcm_s16le", "wav"), ("flac", "flac"), ("libopus", "ogg"), ("libmp3lame", "mp3")],
)
def test_a_song_cut_off_in_the_middle_is_refused(
    tmp_path: Path, click_track: np.ndarray, codec: str, container: str
) -> None:
    whole = write_sound(
        tmp_path / "whole",
        np.tile(click_track, 2),
        codec=codec,
        container=container,
        rate_hz=48_000,
    )
    cut = tmp_path / "cut"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.7)])
    assert len(decode_mono(whole)) == pytest.approx(42 * RATE_HZ, abs=RATE_HZ * 0.1)
    assert code_of(cut) == "audio_truncated"


def test_a_cut_off_mp4_is_refused(tmp_path: Path, click_track: np.ndarray) -> None:
    source = write_wav(tmp_path / "song.wav", click_track, rate_hz=48_000)
    encode_aac(source, tmp_path / "song.m4a")
    whole = (tmp_path / "song.m4a").read_bytes()
    (tmp_path / "cut.m4a").write_bytes(whole[: len(whole) // 2])
    assert code_of(tmp_path / "cut.m4a", min_s=5) in {"audio_truncated", "audio_unreadable"}


def test_a_small_file_of_an_hour_is_refused_in_little_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.flac"
    with av.open(str(bomb), "w", format="flac") as output:
        track = output.add_stream("flac", rate=8_000, layout="mono")
        silence = av.AudioFrame.from_ndarray(
            np.zeros((1, 8_000 * 60), np.int16), format="s16", layout="mono"
        )
        silence.sample_rate = 8_000
        for _ in range(60):
            silence.pts = None
            output.mux(track.encode(silence))
        output.mux(track.encode(None))
    program = (
        "import sys; from pathlib import Path; from engine.audio.decoding import decode_mono\n"
        "from engine.contract import UnusableAudio\n"
        "try: decode_mono(Path(sys.argv[1]))\n"
        "except UnusableAudio as error: print(error.code)\n"
    )
    limits = (1_200 << 20, 1_200 << 20)
    done = subprocess.run(
        [sys.executable, "-c", program, str(bomb)],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, limits),
    )
    assert bomb.stat().st_size < 1_000_000
    assert (done.stdout.strip(), done.stderr) == ("audio_too_long", "")


def test_numbers_that_are_none_do_not_pass(tmp_path: Path, click_track: np.ndarray) -> None:
    signal = click_track * np.float32(3)
    signal[1000:1100] = np.nan
    source = write_sound(
        tmp_path / "song", signal, codec="pcm_f32le", container="wav", rate_hz=48_000
    )
    decoded = decode_mono(source)
    assert np.isfinite(decoded).all()
    assert np.abs(decoded).max() == pytest.approx(1, abs=1e-3)


def test_real_songs_are_decoded_whole(shared_data: Path) -> None:
    for name, length_s in (("vibe_ace", 61.459), ("lets_go_fishin", 132.989)):
        signal = decode_mono(shared_data / "songs" / f"{name}.ogg")
        assert len(signal) / RATE_HZ == pytest.approx(length_s, abs=0.01)
