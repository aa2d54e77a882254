"""Small videos whose pictures tell their own time: a white bar grows from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

FULL_BAR_S = 10.0
TICKS_PER_S = 90_000


def bar_picture(time_s: float, *, width: int, height: int) -> NDArray[np.uint8]:
    """Grey picture whose upper half is white up to the share of ``FULL_BAR_S`` gone by."""
    picture = np.full((height, width, 3), 60, np.uint8)
    picture[: height // 2, : round(time_s / FULL_BAR_S * width)] = 235
    return picture


def bar_time_s(picture: av.VideoFrame, *, left: int = 0, width: int | None = None) -> float:
    """Time that a picture tells, from the bar in its upper quarter."""
    grey = picture.to_ndarray(format="gray")
    row = grey[grey.shape[0] // 4, left : left + (width or grey.shape[1])]
    return float(np.count_nonzero(row > 140)) / len(row) * FULL_BAR_S


def write_clip(
    path: Path,
    *,
    times_s: Sequence[float],
    rate: Fraction = Fraction(30),
    width: int = 320,
    height: int = 180,
    pixel_format: str = "yuv420p",
    sound_s: float | None = None,
    sound: NDArray[np.float32] | None = None,
    codec: str = "libx264",
    container: str = "mp4",
) -> Path:
    """H.264 with B-frames, a picture at each time; silence, or a sound of 48 kHz, beside it."""
    options = {"preset": "veryfast"} if codec == "libx264" else {}
    with av.open(str(path), "w", format=container) as output:
        track = output.add_stream(codec, rate=rate, options=options)
        track.width, track.height, track.pix_fmt = width, height, pixel_format
        track.codec_context.time_base = Fraction(1, TICKS_PER_S)
        if sound is None and sound_s is not None:
            sound = np.zeros(int(sound_s * 48_000), np.float32)
        if sound is not None:
            audio = output.add_stream("aac", rate=48_000, layout="mono")
            frame = av.AudioFrame.from_ndarray(sound[None, :], format="fltp", layout="mono")
            frame.sample_rate = 48_000
            output.mux(audio.encode(frame))
            output.mux(audio.encode(None))
        for time_s in times_s:
            picture = bar_picture(time_s, width=width, height=height)
            video_frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            video_frame.pts = round(time_s * TICKS_PER_S)
            video_frame.time_base = Fraction(1, TICKS_PER_S)
            output.mux(track.encode(video_frame))
        output.mux(track.encode(None))
    return path


def turn(path: Path, *, quarters: int) -> Path:
    """Write a clockwise rotation into the MP4's track header, as telephones do."""
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    matrix = [cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0, 0, 0, 1 << 30]
    data = bytearray(path.read_bytes())
    # ISO 14496-12, 8.3.2: the matrix begins 40 bytes into a version 0 track header
    start = data.index(b"tkhd") + 4 + 40
    data[start : start + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in matrix)
    path.write_bytes(bytes(data))
    return path
