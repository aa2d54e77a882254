"""The kinds of media files, told by their first bytes and never by a name.

The one table for whoever opens or accepts a file. It loads no media library, so the API can
use it as well.
"""

from __future__ import annotations

from enum import StrEnum
from typing import BinaryIO

HEAD_BYTES = 8192
"""Bytes read from where a file's content begins; two MPEG audio frames fit in."""

MAX_TAGS = 3
"""ID3v2 tags passed over at most, so that a file of nothing but tags costs little."""

ID3_HEADER_BYTES = 10


class Container(StrEnum):
    """The kinds of file that are opened; the value is the name of libav's demuxer."""

    OGG = "ogg"
    FLAC = "flac"
    WAV = "wav"
    AIFF = "aiff"
    MP4 = "mov"
    MATROSKA = "matroska"
    AVI = "avi"
    MP3 = "mp3"
    AAC = "aac"


class BrokenOff(Exception):
    """The file is empty, or ends within or right behind a tag; the text says which."""


SIGNATURES: tuple[tuple[bytes, int, Container], ...] = (
    (b"OggS", 0, Container.OGG),  # RFC 3533, section 6
    (b"fLaC", 0, Container.FLAC),  # RFC 9639, section 8.1
    (b"WAVE", 8, Container.WAV),  # RIFF 1.0: behind the name and length of the outer chunk
    (b"AIFF", 8, Container.AIFF),
    (b"AIFC", 8, Container.AIFF),
    (b"ftyp", 4, Container.MP4),  # ISO/IEC 14496-12, section 4.3; the rest is older QuickTime
    (b"moov", 4, Container.MP4),
    (b"mdat", 4, Container.MP4),
    (b"wide", 4, Container.MP4),
    (b"\x1a\x45\xdf\xa3", 0, Container.MATROSKA),  # RFC 8794, section 11.2.1: EBML
    (b"AVI ", 8, Container.AVI),
)
"""Magic bytes, their offset, and the kind they tell."""


def read_head(file: BinaryIO) -> bytes:
    """Return the first bytes of a file's content: behind ID3v2 tags and their padding.

    MP3, AAC, FLAC and WAV files may all carry tags. At most ``MAX_TAGS`` are passed over.

    Parameters
    ----------
    file : BinaryIO
        Opened at its beginning, and seekable.

    Returns
    -------
    bytes
        At most ``HEAD_BYTES``.

    Raises
    ------
    BrokenOff
        If there is no content to read.

    Notes
    -----
    Source: id3.org, ID3v2.4, section 3.1.
    """
    head, start = file.read(HEAD_BYTES), 0
    if not head:
        raise BrokenOff("The file is empty.")
    for _ in range(MAX_TAGS):
        if head[:3] != b"ID3":
            break
        if len(head) < ID3_HEADER_BYTES or any(byte & 0x80 for byte in head[6:10]):
            raise BrokenOff("The file breaks off in its tag.")
        footer_bytes = 10 if head[5] & 0x10 else 0
        start += ID3_HEADER_BYTES + _syncsafe(head[6:10]) + footer_bytes
        file.seek(start)
        head = file.read(HEAD_BYTES)
    if start and not head:
        raise BrokenOff("The file ends behind its tag.")
    return head.lstrip(b"\0") if start else head


def find_container(head: bytes) -> Container | None:
    """Return the kind of file that begins with these bytes, or None if it is not in the table."""
    for magic, offset, container in SIGNATURES:
        if head[offset : offset + len(magic)] == magic:
            return container
    return _find_mpeg_audio(head)


def _syncsafe(raw: bytes) -> int:
    """Return the size in four bytes of seven bits (id3.org, ID3v2.4, section 6.2)."""
    return sum(byte << shift for byte, shift in zip(raw, (21, 14, 7, 0), strict=True))


def _find_mpeg_audio(head: bytes) -> Container | None:
    """MP3 or ADTS by the frame header's sync word and layer bits (ISO 11172-3, 13818-7)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 0b11
    if head[1] & 0xF0 == 0xF0 and layer == 0:
        return Container.AAC
    rate_is_valid, bitrate_is_valid = head[2] & 0x0C != 0x0C, head[2] & 0xF0 != 0xF0
    return Container.MP3 if layer and rate_is_valid and bitrate_is_valid else None
