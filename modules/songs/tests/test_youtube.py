"""A song is fetched by its address within bounds, from listed hosts at public addresses only.

YouTube itself is played by a server of this machine, which yt-dlp reads by its generic extractor.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.audio.tests.sounds import clicks, even_beats, write_wav
from engine.isolation.limited_process import ResourceLimits
from modules.songs.adapters.youtube import YoutubeDownloader
from modules.songs.adapters.youtube_process import NetworkGuard
from modules.songs.contract import DownloadFailed

REPOSITORY = Path(__file__).parents[3]
LONG_PAGE = """<html><head><title>A long song</title><script type="application/ld+json">
{"@context": "https://schema.org", "@type": "VideoObject", "name": "A long song",
 "duration": "PT20M", "contentUrl": "http://127.0.0.1:%d/song.wav"}
</script></head></html>"""
LIST = """<?xml version="1.0"?><rss version="2.0"><channel><title>Songs</title>
<item><title>One</title><link>http://127.0.0.1:%d/song.wav</link></item>
<item><title>Two</title><link>http://127.0.0.1:%d/song.wav</link></item></channel></rss>"""


class Pretender(ThreadingHTTPServer):
    """Answers as a host of songs, at its best and at its worst, and notes what it was asked."""

    daemon_threads = True

    def __init__(self, host: str, song: bytes) -> None:
        super().__init__((host, 0), Answers)
        self.song, self.asked = song, list[str]()
        self.ended = threading.Event()
        self.elsewhere = ""

    def address(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the address of a path here."""
        return f"http://{host}:{self.server_port}/{path}"


class Answers(BaseHTTPRequestHandler):
    """One answer for each path."""

    server: Pretender

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._head("audio/x-wav", len(self.server.song))

    def do_GET(self) -> None:
        """Answer by the path's name."""
        self.server.asked.append(self.path)
        getattr(self, f"_{self.path.strip('/').partition('.')[0]}")()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _head(self, kind: str, length: int | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _text(self, kind: str, text: str) -> None:
        self._head(kind, len(text))
        self.wfile.write(text.encode())

    def _song(self) -> None:
        self._head("audio/x-wav", len(self.server.song))
        self.wfile.write(self.server.song)

    def _long(self) -> None:
        self._text("text/html", LONG_PAGE % self.server.server_port)

    def _list(self) -> None:
        port = self.server.server_port
        self._text("application/rss+xml", LIST % (port, port))

    def _nothing(self) -> None:
        self._text("text/html", "<html><body>There is no song here.</body></html>")

    def _big(self) -> None:
        self._head("audio/x-wav", 50 << 20)
        self._pour()

    def _endless(self) -> None:
        self._head("audio/x-wav", None)
        self._pour()

    def _pour(self) -> None:
        piece = self.server.song
        try:
            while not self.server.ended.is_set():
                self.wfile.write(piece)
        except OSError:
            return

    def _drip(self) -> None:
        self._head("audio/x-wav", len(self.server.song))
        try:
            for at in range(len(self.server.song)):
                self.wfile.write(self.server.song[at : at + 1])
                if self.server.ended.wait(1):
                    return
        except OSError:
            return

    def _away(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.server.elsewhere)
        self.end_headers()


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A song of some seconds."""
    path = tmp_path_factory.mktemp("song") / "song.wav"
    write_wav(path, clicks(even_beats(120, end_s=4.0), length_s=4.0))
    return path.read_bytes()


def serving(host: str, song: bytes) -> Iterator[Pretender]:
    with Pretender(host, song) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.ended.set()
        server.shutdown()


@pytest.fixture
def pretender(song: bytes) -> Iterator[Pretender]:
    """A host of songs."""
    yield from serving("127.0.0.1", song)


@pytest.fixture
def canary(song: bytes) -> Iterator[Pretender]:
    """A host that nobody may speak to."""
    yield from serving("127.0.0.2", song)


def a_downloader(**values: Any) -> YoutubeDownloader:
    known: dict[str, Any] = {"hosts": ("127.0.0.1",), "extractors": ("generic",)}
    return YoutubeDownloader(**(known | values))


def refusal(downloader: YoutubeDownloader, address: str, folder: Path) -> str:
    with pytest.raises(DownloadFailed) as refused:
        downloader.download(address, folder)
    assert refused.value.code == "download_failed"
    return str(refused.value)


def test_a_song_is_fetched_with_its_title(
    pretender: Pretender, song: bytes, tmp_path: Path
) -> None:
    fetched = a_downloader().download(pretender.address("song.wav"), tmp_path)
    assert (fetched.path.parent, fetched.title) == (tmp_path, "song")
    assert fetched.path.read_bytes() == song


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("long", "This video lasts 20 minutes; a song may last 10."),
        ("list", "This address names several videos; give that of one song."),
        ("nothing", "This video cannot be fetched from YouTube."),
        ("big.wav", "larger than 1 MB"),
        ("endless.wav", "larger than 1 MB"),
    ],
)
def test_what_is_no_song_of_bearable_size_is_refused(
    path: str, sentence: str, pretender: Pretender, tmp_path: Path
) -> None:
    downloader = a_downloader(max_bytes=1 << 20)
    assert sentence in refusal(downloader, pretender.address(path), tmp_path)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 << 20


def test_a_redirection_to_another_address_is_not_followed(
    pretender: Pretender, canary: Pretender, tmp_path: Path
) -> None:
    pretender.elsewhere = canary.address("song.wav", "127.0.0.2")
    assert "cannot be fetched" in refusal(a_downloader(), pretender.address("away"), tmp_path)
    assert pretender.asked
    assert canary.asked == []


def test_a_listed_name_at_a_private_address_is_not_spoken_to(
    pretender: Pretender, tmp_path: Path
) -> None:
    address = pretender.address("song.wav", "localhost")
    refusal(a_downloader(hosts=("localhost",)), address, tmp_path)
    assert pretender.asked == []


def test_another_site_is_not_read(pretender: Pretender, tmp_path: Path) -> None:
    refusal(YoutubeDownloader(hosts=("127.0.0.1",)), pretender.address("song.wav"), tmp_path)
    assert pretender.asked == []


def test_a_server_that_drips_is_left_at_the_bound(pretender: Pretender, tmp_path: Path) -> None:
    limits = ResourceLimits(wall_s=12, cpu_s=60, data_bytes=768 << 20)
    downloader = a_downloader(limits=limits)
    assert "too long" in refusal(downloader, pretender.address("drip.wav"), tmp_path)


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("youtube.com", True),
        ("WWW.YouTube.com.", True),
        ("rr3---sn-4g5e.googlevideo.com", True),
        (b"youtu.be", True),
        ("notyoutube.com", False),
        ("youtube.com.evil.example", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("2130706433", False),
        ("[::1]", False),
    ],
)
def test_only_listed_hosts_are_looked_up(host: str | bytes, may: bool) -> None:
    guard = NetworkGuard(["youtube.com", "youtu.be", "googlevideo.com"])
    assert guard._may_look_up(host) is may


@pytest.mark.parametrize(
    ("target", "may"),
    [
        (("142.250.74.78", 443), True),
        (("2a00:1450:4001:829::200e", 443, 0, 0), True),
        (("10.0.0.1", 443), False),
        (("169.254.169.254", 80), False),
        (("::ffff:127.0.0.1", 80, 0, 0), False),
        (("fe80::1%eth0", 80, 0, 2), False),
        ("/run/postgresql/.s.PGSQL.5432", False),
    ],
)
def test_only_public_addresses_are_connected_to(target: object, may: bool) -> None:
    assert NetworkGuard(["youtube.com"])._may_connect(target) is may


def test_no_other_program_is_started() -> None:
    code = (
        "import subprocess; from modules.songs.adapters.youtube_process import NetworkGuard;"
        "NetworkGuard(['youtube.com']).install(); subprocess.run(['true'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "PermissionError: subprocess.Popen is not allowed here" in done.stderr
