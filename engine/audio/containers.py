"""Opening a media file that a stranger sent: by its own first bytes, from this disk only.

The file's name is never trusted: libav picks demuxers by name and content, among them playlists
that open further files and addresses. Here the format comes from a short list of magic bytes and
is given to libav outright, together with a protocol list that holds ``file`` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer

HEAD_BYTES = 4096
LOCAL_FILES_ONLY = {"protocol_whitelist": "file"}


class UnknownContainer(Exception):
    """The file is no container that we know, or is not a plain readable file."""


def find_format(path: Path) -> str:
    """Name libav's demuxer for a file by the file's own bytes.

    Raises
    ------
    UnknownContainer
        If the path is no plain file, cannot be read, or begins like nothing in the list.
    """
    try:
        if not path.is_file():
            raise UnknownContainer(f"{path.name} is not a file")
        head = _head(path)
    except OSError as exc:
        raise UnknownContainer(f"{path.name} cannot be read: {exc.strerror}") from exc
    name = _format_of(head)
    if name is None:
        raise UnknownContainer(f"{path.name} is not a known kind of audio or video file")
    return name


def open_media(path: Path) -> InputContainer:
    """Open a local audio or video file for reading.

    Raises
    ------
    UnknownContainer
        As ``find_format``.
    av.FFmpegError
        If the file begins rightly but cannot be demuxed.
    """
    # "file:" keeps a path with a colon from being read as a protocol
    return av.open(
        f"file:{path.absolute()}",
        mode="r",
        format=find_format(path),
        options=dict(LOCAL_FILES_ONLY),
        metadata_errors="ignore",
    )


def _head(path: Path) -> bytes:
    """First bytes after any ID3v2 tags: MP3, AAC, FLAC and WAV files may all carry them."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        start = 0
        while head[:3] == b"ID3" and len(head) >= 10:
            start += 10 + _syncsafe(head[6:10]) + (10 if head[5] & 0x10 else 0)
            file.seek(start)
            head = file.read(HEAD_BYTES)
    return head.lstrip(b"\0") if start else head


def _syncsafe(raw: bytes) -> int:
    """ID3v2 sizes: four bytes of seven bits (id3.org, ID3v2.4 section 6.2)."""
    return sum((byte & 0x7F) << shift for byte, shift in zip(raw, (21, 14, 7, 0), strict=True))


def _format_of(head: bytes) -> str | None:
    """Demuxer for the first bytes of a file, or None."""
    for magic, offset, name in (
        (b"OggS", 0, "ogg"),
        (b"fLaC", 0, "flac"),
        (b"WAVE", 8, "wav"),
        (b"AIFF", 8, "aiff"),
        (b"AIFC", 8, "aiff"),
        (b"ftyp", 4, "mov"),
        (b"moov", 4, "mov"),
        (b"mdat", 4, "mov"),
        (b"wide", 4, "mov"),
        (b"\x1a\x45\xdf\xa3", 0, "matroska"),
        (b"AVI ", 8, "avi"),
    ):
        if head[offset : offset + len(magic)] == magic:
            return name
    return _mpeg_audio_format(head)


def _mpeg_audio_format(head: bytes) -> str | None:
    """MP3 or ADTS by the frame header's sync word and layer bits (ISO 11172-3, 13818-7)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 0b11
    if head[1] & 0xF0 == 0xF0 and layer == 0:
        return "aac"
    rate_is_valid, bitrate_is_valid = head[2] & 0x0C != 0x0C, head[2] & 0xF0 != 0xF0
    return "mp3" if layer and rate_is_valid and bitrate_is_valid else None
