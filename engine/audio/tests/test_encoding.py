"""The AAC track of the video: copied or encoded, whole or not at all."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from engine.audio.encoding import encode_aac
from engine.audio.tests.sounds import clicks, even_beats, write_sound, write_wav

CLICKS_S = even_beats(120, start_s=0.5, end_s=20.8)


@pytest.fixture(scope="module")
def click_track() -> np.ndarray:
    return clicks(CLICKS_S, length_s=21, rate_hz=48_000) * np.float32(0.8)


def test_aac_is_copied_packet_by_packet(tmp_path: Path, click_track: np.ndarray) -> None:
    source = write_sound(
        tmp_path / "song.m4a", click_track, codec="aac", container="mp4", rate_hz=48_000
    )
    encode_aac(source, tmp_path / "copy.m4a")

    def packets(path: Path) -> list[tuple[int | None, bytes]]:
        with av.open(str(path)) as container:
            return [(p.pts, bytes(p)) for p in container.demux(audio=0) if p.pts is not None]

    assert packets(tmp_path / "copy.m4a") == packets(source)


def test_a_track_is_stereo_at_44_or_48_khz(tmp_path: Path, click_track: np.ndarray) -> None:
    source = write_wav(tmp_path / "song.wav", click_track, rate_hz=48_000)
    encode_aac(source, tmp_path / "song.m4a")
    with av.open(str(tmp_path / "song.m4a")) as container:
        codec = container.streams.audio[0].codec_context
        assert (codec.name, codec.profile) == ("aac", "LC")
        assert (codec.sample_rate, codec.channels) == (48_000, 2)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, click_track: np.ndarray) -> None:
    source = write_wav(tmp_path / "song.wav", click_track, rate_hz=48_000)
    program = (
        "import sys; from pathlib import Path; from engine.audio.encoding import encode_aac\n"
        "try: encode_aac(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except OSError as error: print('refused', error.errno)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(source), str(tmp_path / "song.m4a")],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert done.stdout.startswith("refused"), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]
