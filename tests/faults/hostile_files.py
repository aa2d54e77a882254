"""Files made to hurt who opens them."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from engine.audio.tests.sounds import clicks, even_beats, write_sound
from engine.video.tests.pictures import bar_picture, write_clip

SOUNDS = [
    ("wav", "pcm_s16le", "wav", 22_050),
    ("flac", "flac", "flac", 22_050),
    ("mp3", "libmp3lame", "mp3", 44_100),
    ("opus", "libopus", "ogg", 48_000),
    ("oggflac", "flac", "ogg", 22_050),
    ("m4a", "aac", "mp4", 44_100),
    ("aac", "aac", "adts", 44_100),
    ("mka", "libopus", "matroska", 48_000),
    ("aiff", "pcm_s16be", "aiff", 22_050),
]


def playlists(address: str) -> dict[str, bytes]:
    """Every kind of file that names other files; ``address`` is the canary's."""
    return {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}/a.ts\n".encode(),
        "m3u": f"{address}/a.mp3\nfile:///etc/passwd\n".encode(),
        "pls": f"[playlist]\nNumberOfEntries=1\nFile1={address}/a.mp3\n".encode(),
        "mpd": (
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
            f"<Period><AdaptationSet><Representation id='1'><BaseURL>{address}/a.mp4</BaseURL>"
            "</Representation></AdaptationSet></Period></MPD>"
        ).encode(),
        "concat": f"ffconcat version 1.0\nfile '{address}/a.mp4'\nfile '/etc/passwd'\n".encode(),
        "sdp": (
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
            f"a=control:{address}\nm=audio 5004 RTP/AVP 0\n"
        ).encode(),
        "smil": f'<smil><body><audio src="{address}/a.mp3"/></body></smil>'.encode(),
        "id3 then m3u8": b"ID3\x04\0\0\0\0\0\0" + f"#EXTM3U\n#EXTINF:9,\n{address}/a\n".encode(),
    }


def sound(path: Path, *, codec: str, container: str, rate_hz: int, length_s: float = 21) -> bytes:
    """A click track of some seconds, as bytes."""
    signal = clicks(even_beats(120, end_s=length_s), length_s=length_s, rate_hz=rate_hz)
    write_sound(path, signal, codec=codec, container=container, rate_hz=rate_hz, layout="mono")
    return path.read_bytes()


def clip(path: Path, *, length_s: float = 2.6) -> bytes:
    """A small clip with sound, as bytes."""
    write_clip(path, times_s=[i / 15 for i in range(int(length_s * 15))], sound_s=length_s)
    return path.read_bytes()


def mutants(whole: bytes, *, seed: str, n_files: int) -> Iterator[bytes]:
    """Copies with bytes changed, struck out, doubled or set to extremes; the same every time."""
    chance = random.Random(seed)  # noqa: S311  # not a secret
    for index in range(n_files):
        data = bytearray(whole)
        # half of them only in the headers, where a demuxer believes what it reads
        reach = min(len(data), 2048) if index % 2 else len(data)
        for _ in range(chance.choice((1, 3, 10, 100))):
            at = chance.randrange(16, reach)
            kind = chance.randrange(4)
            if kind == 0:
                data[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                extreme = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
                data[at : at + 4] = extreme
            elif kind == 2:
                del data[at : at + chance.randrange(1, 64)]
            else:
                data[at:at] = data[at : at + chance.randrange(1, 64)]
        yield bytes(data)


def wav(*, rate_hz: int, channels: int, bits: int = 16, n_bytes: int = 2_000_000) -> bytes:
    """A WAV whose header says what it likes."""
    block = min(channels * bits // 8, 65535)
    header = struct.pack(
        "<HHIIHH", 1, channels, rate_hz, (rate_hz * block) & 0xFFFF_FFFF, block, bits
    )
    body = random.Random(5).randbytes(n_bytes)  # noqa: S311  # not a secret
    chunks = b"fmt " + struct.pack("<I", len(header)) + header
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def silence_for_hours(path: Path, *, hours: int) -> Path:
    """FLAC of nothing: a megabyte for half a day, because its blocks are as long as may be."""
    with av.open(str(path), "w", format="flac") as output:
        track = output.add_stream("flac", rate=8_000, layout="mono")
        track.codec_context.options = {"frame_size": "65535", "compression_level": "0"}
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 8_000 * 600), np.int16), format="s16", layout="mono"
        )
        frame.sample_rate = 8_000
        for _ in range(hours * 6):
            frame.pts = None
            output.mux(track.encode(frame))
        output.mux(track.encode(None))
    return path


def nested_boxes(depth: int, name: bytes = b"moov") -> bytes:
    """MP4 boxes in boxes in boxes."""
    sizes = range(8 * depth, 0, -8)
    return b"\0\0\0\x14ftypisom\0\0\2\0isom" + b"".join(struct.pack(">I", n) + name for n in sizes)


def endless_index(whole: bytes, *, n_samples: int = 0x0FFF_FFFF) -> bytes:
    """An MP4 whose index promises hundreds of millions of samples of one byte."""
    data = bytearray(whole)
    sizes, chunks = data.index(b"stsz") + 8, data.index(b"stsc") + 8
    data[sizes : sizes + 8] = struct.pack(">II", 1, n_samples)
    data[chunks : chunks + 12] = struct.pack(">III", 1, 1, n_samples)
    return bytes(data)


def huge_png(side_px: int) -> bytes:
    """A PNG of white pixels without end, in few bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side_px // 8)
    packed = b"".join(packer.compress(row) for _ in range(side_px)) + packer.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    )


def with_cover(song: bytes, picture: bytes) -> bytes:
    """An MP3 that carries a picture in its ID3 tag."""
    body = b"\0image/png\0\3\0" + picture
    size = bytes((len(body) + 10) >> shift & 0x7F for shift in (21, 14, 7, 0))
    frame_size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\4\0\0" + size + b"APIC" + frame_size + b"\0\0" + body + song


def png_film(path: Path, side_px: int) -> bytes:
    """A film whose pictures are small files and huge areas."""
    with av.open(str(path), "w", format="mov") as output:
        track = output.add_stream("png", rate=30)
        track.width = track.height = 64
        track.pix_fmt = "monob"
        picture = huge_png(side_px)
        for index in range(90):
            packet = av.Packet(picture)
            packet.stream, packet.pts, packet.dts = track, index, index
            packet.time_base, packet.is_keyframe = Fraction(1, 30), True
            output.mux(packet)
    return path.read_bytes()


def huge_film(path: Path, side_px: int) -> bytes:
    """H.264 of a size that nobody films, grey throughout."""
    with av.open(str(path), "w", format="mp4") as output:
        track = output.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        track.width = track.height = side_px
        track.pix_fmt = "yuv420p"
        for index in range(3):
            frame = av.VideoFrame(side_px, side_px, "yuv420p")
            frame.pts = index
            output.mux(track.encode(frame))
        output.mux(track.encode(None))
    return path.read_bytes()


def lying_film(path: Path, side_px: int) -> bytes:
    """The same, its container stating that it is small."""
    data = bytearray(huge_film(path, side_px))
    box = data.index(b"avc1", data.index(b"stsd"))
    data[box + 28 : box + 32] = struct.pack(">HH", 320, 180)
    head = data.index(b"tkhd") + 4 + 76
    data[head : head + 8] = struct.pack(">II", 320 << 16, 180 << 16)
    return bytes(data)


def photograph(kind: str) -> bytes:
    """A picture file."""
    buffer = io.BytesIO()
    Image.fromarray(bar_picture(3, width=640, height=360)).save(buffer, kind)
    return buffer.getvalue()
