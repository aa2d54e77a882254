"""The beginnings of audio files, put together byte by byte, and of files that are none."""

from __future__ import annotations

import io
import struct
import zipfile

MP3_FRAME = bytes.fromhex("fffb9064") + b"\0" * 413  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz
MP3_V2_FRAME = bytes.fromhex("fff36064") + b"\0" * 152  # MPEG 2, 48 kbit/s, 22.05 kHz
ADTS_FRAME = bytes.fromhex("fff15080") + bytes([100 >> 3, (100 & 7) << 5 | 0x1F, 0xFC]) + b"\0" * 93


def mp3(n_frames: int = 4) -> bytes:
    """Silence as MP3."""
    return MP3_FRAME * n_frames


def mp3_with_tag(tag_bytes: int = 20_000) -> bytes:
    """An ID3v2 tag larger than what is read at once, then silence."""
    return id3(b"\0" * tag_bytes) + mp3()


def id3(body: bytes) -> bytes:
    """A tag around anything."""
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\0\0" + size + body


def adts(n_frames: int = 4) -> bytes:
    """Silence as AAC in ADTS."""
    return ADTS_FRAME * n_frames


def wav(n_samples: int = 100) -> bytes:
    """Silence as WAV."""
    data = b"\0\0" * n_samples
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 44_100, 88_200, 2, 16)
    chunks = form + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WAVE") + chunks


def flac() -> bytes:
    """A stream's description, and what may be a frame."""
    return b"fLaC\x80\0\0\x22" + b"\x10" * 34 + b"\xff\xf8" + b"\0" * 20


def ogg(packet: bytes = b"\x01vorbis" + b"\0" * 23) -> bytes:
    """Two pages, the first with the codec's header."""
    return _page(packet, flags=2) + _page(b"\x03vorbis", flags=0)


def _page(packet: bytes, *, flags: int) -> bytes:
    header = struct.pack("<4sBBQIIIB", b"OggS", 0, flags, 0, 1, 0, 0, 1)
    return header + bytes([len(packet)]) + packet


def m4a(brand: bytes = b"M4A ") -> bytes:
    """A file type box and an empty movie."""
    kind = b"ftyp" + brand + b"\0\0\0\0" + brand + b"isom"
    return struct.pack(">I", 4 + len(kind)) + kind + struct.pack(">I4s", 16, b"moov") + b"\0" * 8


AUDIO = {
    ".mp3": mp3(),
    ".mp3 tagged": mp3_with_tag(),
    ".mp3 of MPEG 2": MP3_V2_FRAME * 3,
    ".aac": adts(),
    ".aac tagged": id3(b"x" * 50) + adts(),
    ".wav": wav(),
    ".flac": flac(),
    ".ogg": ogg(),
    ".ogg of Opus": ogg(b"OpusHead" + b"\1" * 11),
    ".m4a": m4a(),
    ".m4a as mp42": m4a(b"mp42"),
}
"""By the suffix each is stored with."""


def archive() -> bytes:
    """Ten megabytes of nothing in ten kilobytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("song.mp3", b"\0" * 10_000_000)
    return packed.getvalue()


def playlists(address: str) -> dict[str, bytes]:
    """Files that name other files."""
    return {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}/a.ts\n".encode(),
        "m3u": f"{address}/a.mp3\nfile:///etc/passwd\n".encode(),
        "pls": f"[playlist]\nNumberOfEntries=1\nFile1={address}/a.mp3\n".encode(),
        "concat": f"ffconcat version 1.0\nfile '{address}/a.mp4'\n".encode(),
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\na=control:{address}\n".encode(),
        "tagged m3u8": id3(b"") + f"#EXTM3U\n#EXTINF:9,\n{address}/a\n".encode(),
        "tagged, twice": id3(b"") * 9 + f"#EXTM3U\n{address}/a\n".encode(),
    }


NOT_AUDIO = {
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "text": b"la la la\n" * 100,
    "json": b'{"title": "song"}',
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF" + b"\0" * 100,
    "gif": b"GIF89a" + b"\0" * 100,
    "webp": b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 100,
    "avi": b"RIFF\x10\0\0\0AVI LIST" + b"\0" * 100,
    "heic": m4a(b"heic"),
    "avif": m4a(b"avif"),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "pdf": b"%PDF-1.7\n",
    "zip": archive(),
    "gzip": b"\x1f\x8b\x08" + b"\0" * 100,
    "elf": b"\x7fELF" + b"\0" * 100,
    "utf-16": "la la la".encode("utf-16"),
    "zeros": b"\0" * 5000,
    "ones": b"\xff" * 5000,
    "one frame in a text": MP3_FRAME + b"la la la\n" * 1000,
    "a text with a header": b"\xff\xfb\x90\x64" + b"la la la\n" * 1000,
    "theora": ogg(b"\x80theora" + b"\0" * 30),
    "tag and html": id3(b"x" * 9) + b"<html>" + b" " * 100,
}

BROKEN_OFF = {
    "empty": b"",
    "tag": mp3_with_tag()[:7],
    "tag without song": mp3_with_tag()[: -4 * len(MP3_FRAME)],
    "tag longer than the file": mp3_with_tag()[:900],
    "tag with an impossible size": b"ID3\x04\0\0\xff\xff\xff\xff" + mp3(),
    "mp3": mp3()[:300],
    "one mp3 frame": MP3_FRAME,
    "aac": adts()[:60],
    "wav": wav()[:30],
    "wav without a format": b"RIFF\x10\0\0\0WAVEdata" + b"\0" * 100,
    "wav without channels": wav()[:22] + b"\0\0" + wav()[24:],
    "flac": flac()[:20],
    "flac with another first block": b"fLaC\x84\0\0\x22" + b"\0" * 100,
    "ogg": ogg()[:20],
    "one ogg page": ogg()[:58],
    "ogg from its middle": b"OggS\0\0" + ogg()[6:],
    "m4a": m4a()[:14],
    "m4a without anything": m4a()[:24],
    "m4a of an impossible size": b"\0\0\0\x07" + m4a()[4:],
}
