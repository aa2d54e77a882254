"""Kinds of files are told by their structure."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audio.sniffing import HEAD_BYTES
from modules.songs.contract import NotAudio, SongIncomplete
from modules.songs.sniffing import AudioKind, sniff
from modules.songs.tests.recordings import AUDIO, BROKEN_OFF, NOT_AUDIO, playlists


@pytest.mark.parametrize("name", AUDIO)
def test_audio_is_known_by_its_first_bytes(name: str) -> None:
    assert sniff(io.BytesIO(AUDIO[name])) == name.split()[0]


@pytest.mark.parametrize("content", NOT_AUDIO.values(), ids=NOT_AUDIO)
def test_what_is_no_audio_is_refused(content: bytes) -> None:
    with pytest.raises(NotAudio):
        sniff(io.BytesIO(content))


@pytest.mark.parametrize("name", playlists(""))
def test_a_playlist_is_no_audio_tagged_or_not(name: str) -> None:
    with pytest.raises(NotAudio):
        sniff(io.BytesIO(playlists("http://127.0.0.1:9")[name]))


@pytest.mark.parametrize("content", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_a_header_that_breaks_off_is_said_to(content: bytes) -> None:
    with pytest.raises(SongIncomplete):
        sniff(io.BytesIO(content))


@pytest.mark.parametrize("name", AUDIO)
def test_no_cut_of_a_file_crashes(name: str) -> None:
    for length in range(min(200, len(AUDIO[name]))):
        try:
            sniff(io.BytesIO(AUDIO[name][:length]))
        except (NotAudio, SongIncomplete):
            continue


@given(
    start=st.sampled_from([b"", b"RIFF", b"fLaC", b"OggS", b"\0\0\0\x18ftyp", b"ID3", b"\xff\xfb"]),
    rest=st.binary(max_size=300),
)
def test_no_bytes_crash(start: bytes, rest: bytes) -> None:
    try:
        assert sniff(io.BytesIO(start + rest)) in AudioKind
    except (NotAudio, SongIncomplete):
        return


def test_little_is_read_of_a_large_file() -> None:
    class Counted(io.BytesIO):
        """Counts what is read."""

        n_read = 0

        def read(self, size: int | None = -1, /) -> bytes:
            """Read, and count."""
            part = super().read(size)
            self.n_read += len(part)
            return part

    file = Counted(AUDIO[".mp3 tagged"] + b"\0" * 5_000_000)
    assert sniff(file) == AudioKind.MP3
    assert file.n_read <= 2 * HEAD_BYTES


@pytest.mark.parametrize("name", ["vibe_ace.ogg", "lets_go_fishin.ogg"])
def test_real_songs_are_known(shared_data: Path, name: str) -> None:
    with (shared_data / "songs" / name).open("rb") as file:
        assert sniff(file) == AudioKind.OGG
