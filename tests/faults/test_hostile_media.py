"""Hostile media: a typed refusal within bounds, whatever is in the file; no address is opened."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import av
import pytest

from tests.faults import hostile_files as hostile
from tests.world import ROOT

SONG_CODES = {
    "audio_unreadable",
    "audio_truncated",
    "audio_silent",
    "audio_too_short",
    "audio_too_long",
    "audio_no_beat",
}
CLIP_CODES = {"clip_corrupt", "clip_too_short", "clip_too_long", "clip_untimed"}
MOST_MB = 600
MOST_S = 60.0
TIMEOUT_S = 400
MUTANTS = 10
CUTS = (0.0005, 0.002, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.999)


@dataclass(frozen=True)
class Tried:
    """How one file fared."""

    file: str
    code: str
    left: list[str]
    took_s: float
    peak_mb: float


def try_all(kind: str, *files: Path) -> dict[str, str]:
    """Use the files in a limited process; the code of each, after its bounds were checked."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.hostile_child", kind, *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    tried = [Tried(**json.loads(line)) for line in done.stdout.splitlines()]
    reached = f"after {tried[-1].file if tried else 'nothing'}: {done.stderr[-2000:]}"
    assert (done.returncode, len(tried)) == (0, len(files)), reached
    for each in tried:
        assert each.peak_mb <= MOST_MB, each
        assert each.took_s <= MOST_S, each
        assert not each.left, each
    return {each.file: each.code for each in tried}


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that nobody should ask, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("kind", "suffixes"), [("song", ("mp3", "ogg")), ("clip", ("mp4",))])
def test_a_playlist_under_any_name_opens_nothing(
    tmp_path: Path, canary: tuple[str, list[str]], kind: str, suffixes: tuple[str, ...]
) -> None:
    address, asked = canary
    lists = hostile.playlists(address)
    files = {f"{name}.{suffix}": text for name, text in lists.items() for suffix in suffixes}
    files |= {f"named.{name}": text for name, text in lists.items()}
    codes = try_all(kind, *written(tmp_path, files))
    assert set(codes.values()) == {"audio_unreadable" if kind == "song" else "clip_corrupt"}
    assert asked == []


def test_the_canary_hears_who_asks(canary: tuple[str, list[str]]) -> None:
    address, asked = canary
    with pytest.raises(HTTPError):
        urlopen(f"{address}/a.ts", timeout=10)  # noqa: S310  # our own server
    assert asked == ["/a.ts"]


def test_hours_of_sound_are_refused_without_being_decoded(tmp_path: Path) -> None:
    half_a_day = hostile.silence_for_hours(tmp_path / "silence.flac", hours=12)
    frames = hostile.sound(
        tmp_path / "short.mp3", codec="libmp3lame", container="mp3", rate_hz=44_100
    )
    (three_hours,) = written(tmp_path, {"three_hours.mp3": frames * 520})
    assert half_a_day.stat().st_size < 16 << 20
    codes = try_all("song", half_a_day, three_hours)
    assert set(codes.values()) == {"audio_too_long"}


def test_bombs_do_not_go_off_in_songs(tmp_path: Path) -> None:
    m4a = hostile.sound(tmp_path / "m4a", codec="aac", container="mp4", rate_hz=44_100)
    mp3 = hostile.sound(tmp_path / "mp3", codec="libmp3lame", container="mp3", rate_hz=44_100)
    files = {
        "endless_index.m4a": hostile.endless_index(m4a),
        "huge_cover.mp3": hostile.with_cover(mp3, hostile.huge_png(12_000)),
        "nested.m4a": hostile.nested_boxes(20_000),
        "nested_udta.m4a": hostile.nested_boxes(20_000, b"udta"),
    }
    codes = try_all("song", *written(tmp_path, files))
    assert codes.pop("huge_cover.mp3") == "ok", "a cover, however large, is not looked at"
    assert set(codes.values()) <= SONG_CODES


def test_bombs_do_not_go_off_in_clips(tmp_path: Path) -> None:
    files = {
        "huge.mp4": hostile.huge_film(tmp_path / "film", 8192),
        "lying.mp4": hostile.lying_film(tmp_path / "film", 8192),
        "png.mov": hostile.png_film(tmp_path / "film", 9000),
        "nested.mp4": hostile.nested_boxes(20_000),
        "endless_index.mp4": hostile.endless_index(hostile.clip(tmp_path / "clip")),
    }
    codes = try_all("clip", *written(tmp_path, files))
    assert set(codes.values()) == {"clip_corrupt"}


def test_what_is_no_sound_at_all_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "mute.mp4"), "w") as output:
        track = output.add_stream("libx264", rate=25)
        track.width, track.height, track.pix_fmt = 64, 64, "yuv420p"
        output.mux([*track.encode(av.VideoFrame(64, 64, "yuv420p")), *track.encode(None)])
    files = {f"{kind}.mp3": hostile.photograph(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP")}
    codes = try_all("song", tmp_path / "mute.mp4", *written(tmp_path, files))
    assert set(codes.values()) == {"audio_unreadable"}


RATES = [0, 1, 7, 3_999, 384_001, 768_000, 2**31 - 1, 4_000_000_000]
CHANNELS = [0, 9, 64, 65_535]


def test_absurd_rates_and_channel_counts_are_refused(tmp_path: Path) -> None:
    files = {f"{rate}.wav": hostile.wav(rate_hz=rate, channels=1) for rate in RATES}
    files |= {f"{n}_channels.wav": hostile.wav(rate_hz=44_100, channels=n) for n in CHANNELS}
    codes = try_all("song", *written(tmp_path, files))
    assert set(codes.values()) == {"audio_unreadable"}


@pytest.mark.parametrize(("suffix", "codec", "container", "rate_hz"), hostile.SOUNDS)
def test_a_song_cut_or_changed_anywhere_is_used_or_refused(
    tmp_path: Path, suffix: str, codec: str, container: str, rate_hz: int
) -> None:
    whole = hostile.sound(tmp_path / "whole", codec=codec, container=container, rate_hz=rate_hz)
    files = {f"cut_{share}.{suffix}": whole[: int(len(whole) * share)] for share in CUTS}
    changed = hostile.mutants(whole, seed=suffix, n_files=MUTANTS)
    files |= {f"changed_{index}.{suffix}": data for index, data in enumerate(changed)}
    codes = try_all("song", *written(tmp_path, {f"whole.{suffix}": whole} | files))
    assert codes[f"whole.{suffix}"] == "ok"
    assert set(codes.values()) <= SONG_CODES | {"ok"}
    assert codes[f"cut_0.2.{suffix}"] != "ok"


def test_a_clip_cut_or_changed_anywhere_is_used_or_refused(tmp_path: Path) -> None:
    whole = hostile.clip(tmp_path / "whole")
    files = {f"cut_{share}.mp4": whole[: int(len(whole) * share)] for share in CUTS}
    changed = hostile.mutants(whole, seed="clip", n_files=2 * MUTANTS)
    files |= {f"changed_{index}.mp4": data for index, data in enumerate(changed)}
    codes = try_all("clip", *written(tmp_path, {"whole.mp4": whole} | files))
    assert codes["whole.mp4"] == "ok"
    assert set(codes.values()) <= CLIP_CODES | {"ok"}
    assert codes["cut_0.2.mp4"] != "ok"
