"""What kind of audio file some bytes begin: told by their structure, never by a name.

Nothing is decoded here and nothing a file says is followed; whether the sound behind the header
is sound is found out by the job, within its limits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from engine.audio.sniffing import BrokenOff, Container, find_container, read_head
from modules.songs.contract import NotAudio, SongIncomplete

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NO_SOUND = "This is not a sound file; MP3, M4A, AAC, Ogg, FLAC and WAV are."


class AudioKind(StrEnum):
    """The kinds of file a song may be; the value is the suffix it is stored with."""

    WAV = ".wav"
    FLAC = ".flac"
    OGG = ".ogg"
    M4A = ".m4a"
    MP3 = ".mp3"
    AAC = ".aac"


@dataclass(frozen=True, slots=True)
class _Frame:
    """An MPEG audio frame's header: what must be equal in all frames, and its length."""

    same: tuple[int, ...]
    size_bytes: int


def sniff(file: BinaryIO) -> AudioKind:
    """Return the kind of a file that was opened at its beginning; reads a few kilobytes of it.

    Raises
    ------
    NotAudio
        If it begins like nothing in the list: a playlist, a page, a picture, an archive.
    SongIncomplete
        If it is empty, or begins like audio and ends, or breaks off, within its header.
    """
    try:
        head = read_head(file)
    except BrokenOff as error:
        raise SongIncomplete(str(error)) from error
    container = find_container(head)
    if container not in _CHECKS:
        raise NotAudio(_NO_SOUND)
    return _CHECKS[container](head)


def _wav(head: bytes) -> AudioKind:
    """RIFF: the form is WAVE, and the format of at least 16 bytes is among the first chunks."""
    if head[:4] != b"RIFF":
        raise NotAudio(_NO_SOUND)
    at = 12
    while at + 24 <= len(head):
        name, size = head[at : at + 4], struct.unpack_from("<I", head, at + 4)[0]
        if name == b"fmt ":
            channels, rate_hz = struct.unpack_from("<HI", head, at + 10)
            if size >= 16 and channels and rate_hz:
                return AudioKind.WAV
            break
        at += 8 + size + size % 2
    raise SongIncomplete("The WAV file breaks off in its header.")


def _flac(head: bytes) -> AudioKind:
    """Check that the stream begins with its description of 34 bytes (RFC 9639, section 8.2)."""
    if len(head) < 46 or head[4] & 0x7F or head[5:8] != b"\0\0\x22":
        raise SongIncomplete("The FLAC file breaks off in its header.")
    return AudioKind.FLAC


def _ogg(head: bytes) -> AudioKind:
    """Check that the first page begins a stream of Vorbis, Opus or FLAC (RFC 3533, section 6)."""
    if len(head) < 27 or head[4] or not head[5] & 0x02:
        raise SongIncomplete("The Ogg file breaks off in its header.")
    packet = head[27 + head[26] :]
    if packet.startswith((b"\x01vorbis", b"OpusHead", b"\x7fFLAC")):
        second = head.find(b"OggS", 28)
        if second > 0:
            return AudioKind.OGG
        raise SongIncomplete("The Ogg file breaks off in its header.")
    if len(packet) < 8:
        raise SongIncomplete("The Ogg file breaks off in its header.")
    raise NotAudio("This Ogg file does not begin with sound.")


_BRANDS = frozenset(
    {b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6"}
    | {b"dash", b"3gp4", b"3gp5", b"3gp6"}
)
"""Brands of sound and film; pictures (heic, avif, mif1) share the container."""

_BOXES = frozenset(
    {b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"moof", b"sidx", b"styp", b"pdin"}
)


def _mp4(head: bytes) -> AudioKind:
    """Check the brand, and that another box follows (ISO/IEC 14496-12, section 4.3)."""
    if head[4:8] != b"ftyp":
        raise NotAudio(_NO_SOUND)
    if head[8:12] not in _BRANDS and len(head) >= 12:
        raise NotAudio("This MP4 file is of a kind that holds no sound.")
    size = int.from_bytes(head[:4])
    if not 16 <= size <= 1024 or head[size + 4 : size + 8] not in _BOXES:
        raise SongIncomplete("The MP4 file breaks off in its header.")
    return AudioKind.M4A


_RATES_HZ = (44_100, 48_000, 32_000)
_KBITS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_KBITS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_RATE_DIVISORS = {0b11: 1, 0b10: 2, 0b00: 4}
_ADTS_RATES = 13


def _mpeg(head: bytes, *, kind: AudioKind, read: Callable[[bytes], _Frame | None]) -> AudioKind:
    """Check that two whole frames' headers stand in a row and agree.

    One header of eleven set bits may stand in any file by chance, or at the front of a text.
    """
    first = read(head)
    if first is None:
        raise NotAudio(_NO_SOUND)
    second = read(head[first.size_bytes :])
    if second is not None and second.same == first.same:
        return kind
    if len(head) < first.size_bytes + 8:
        raise SongIncomplete("The file ends within its first sounds.")
    raise NotAudio(_NO_SOUND)


def _mp3_frame(head: bytes) -> _Frame | None:
    """Read the header of an MPEG audio layer III frame (ISO/IEC 11172-3, section 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, rate = head[1] >> 3 & 0b11, head[2] >> 2 & 0b11
    kbits = (_KBITS_V1 if version == 0b11 else _KBITS_V2)[head[2] >> 4]
    if version not in _RATE_DIVISORS or rate == 0b11 or not kbits:
        return None
    rate_hz = _RATES_HZ[rate] // _RATE_DIVISORS[version]
    samples_per_byte = 144 if version == 0b11 else 72  # [samples / frame] / [bits / byte]
    padding = head[2] >> 1 & 1
    return _Frame((version, rate), samples_per_byte * kbits * 1000 // rate_hz + padding)


def _adts_frame(head: bytes) -> _Frame | None:
    """Read the header of an ADTS frame (ISO/IEC 13818-7, section 6.2)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate = head[2] >> 2 & 0b1111
    size_bytes = (head[3] & 0b11) << 11 | head[4] << 3 | head[5] >> 5
    if rate >= _ADTS_RATES or size_bytes <= 7:
        return None
    return _Frame((head[1] & 0b1000, head[2] & 0b1111_1101), size_bytes)


_CHECKS: Mapping[Container | None, Callable[[bytes], AudioKind]] = {
    Container.WAV: _wav,
    Container.FLAC: _flac,
    Container.OGG: _ogg,
    Container.MP4: _mp4,
    Container.MP3: partial(_mpeg, kind=AudioKind.MP3, read=_mp3_frame),
    Container.AAC: partial(_mpeg, kind=AudioKind.AAC, read=_adts_frame),
}
"""What is asked of each kind before a song is accepted; other kinds are none a song may be."""
