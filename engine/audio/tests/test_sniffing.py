"""Kinds of media files are told by their first bytes, for whoever opens or accepts one."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from engine.audio.sniffing import HEAD_BYTES, MAX_TAGS, BrokenOff, find_container, read_head

TAG = b"ID3\x04\0\0\0\0\0\x05hello"
BEGINNINGS = {
    "ogg": b"OggS\0\2",
    "flac": b"fLaC\0\0\0\x22",
    "wav": b"RIFF\x10\0\0\0WAVEfmt ",
    "wav of 64 bits": b"RF64\xff\xff\xff\xffWAVEds64",
    "aiff": b"FORM\0\0\0\x10AIFFCOMM",
    "aiff compressed": b"FORM\0\0\0\x10AIFCFVER",
    "mov": b"\0\0\0\x18ftypM4A ",
    "mov of old": b"\0\0\0\x08wide\0\0\0\0mdat",
    "matroska": b"\x1a\x45\xdf\xa3\x01",
    "avi": b"RIFF\x10\0\0\0AVI LIST",
    "mp3": b"\xff\xfb\x90\x64",
    "aac": b"\xff\xf1\x50\x80",
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_kind_is_told_by_its_first_bytes(name: str) -> None:
    assert find_container(read_head(io.BytesIO(BEGINNINGS[name]))) == name.split()[0]


@pytest.mark.parametrize("name", ["mp3", "aac", "flac", "wav"])
@pytest.mark.parametrize("tags", [TAG, TAG * MAX_TAGS, TAG + b"\0" * 9])
def test_a_kind_is_told_behind_its_tags(name: str, tags: bytes) -> None:
    assert find_container(read_head(io.BytesIO(tags + BEGINNINGS[name]))) == name


@pytest.mark.parametrize(
    "head",
    [b"", b"\0" * 99, b"\xff" * 99, b"RIFF\x10\0\0\0WEBP", b"\x89PNG\r\n\x1a\n", b"#EXTM3U\n"],
)
def test_what_is_in_no_row_is_no_kind(head: bytes) -> None:
    assert find_container(head) is None


@pytest.mark.parametrize("content", [b"", TAG[:7], TAG, b"ID3\x04\0\0\xff\xff\xff\xff" + b"x" * 99])
def test_a_file_without_content_is_said_to_be(content: bytes) -> None:
    with pytest.raises(BrokenOff, match=r"\.$"):
        read_head(io.BytesIO(content))


def test_a_file_of_tags_alone_is_soon_given_up() -> None:
    file = io.BytesIO(TAG * 10_000)
    assert find_container(read_head(file)) is None
    assert file.tell() <= MAX_TAGS * len(TAG) + HEAD_BYTES


def test_sniffing_loads_no_media_library() -> None:
    program = (
        "import sys; import engine.audio.sniffing\n"
        "print(sorted({'av', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
