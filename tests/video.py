"""Look at a finished video as a player would, trusting neither timeline nor planner."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import av
import av.logging
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Watched:
    """What a player finds in the file."""

    video_codec: str
    audio_codec: str
    video_s: float
    audio_s: float
    longest_picture_s: float
    warnings: list[str]
    frame_times_s: NDArray[np.float64]


def watch(path: Path) -> Watched:
    """Decode everything and keep every word of warning."""
    av.logging.set_level(av.logging.WARNING)
    try:
        with av.logging.Capture(local=False) as words, av.open(str(path)) as container:
            video, audio = container.streams.video[0], container.streams.audio[0]
            times, audio_end = [], 0.0
            last_s = 0.0
            for packet in container.demux(video, audio):
                for frame in packet.decode():
                    start = float(frame.time or 0.0)
                    if isinstance(frame, av.VideoFrame):
                        times.append(start)
                    else:
                        audio_end = max(audio_end, start + frame.samples / frame.sample_rate)
            last_s = float(video.duration * video.time_base) if video.duration else times[-1]
            codecs = video.codec_context.name, audio.codec_context.name
    finally:
        av.logging.set_level(None)
    frame_times = np.array(times)
    ends = np.append(frame_times[1:], max(last_s, frame_times[-1]))
    return Watched(
        video_codec=codecs[0],
        audio_codec=codecs[1],
        video_s=float(ends[-1]),
        audio_s=audio_end,
        longest_picture_s=float(np.max(ends - frame_times)),
        warnings=[text.strip() for _, _, text in words],
        frame_times_s=frame_times,
    )


def boxes(path: Path) -> list[str]:
    """The names of an MP4 file's outermost boxes, in order (ISO/IEC 14496-12)."""
    names = []
    with path.open("rb") as file:
        while header := file.read(8):
            size, name = struct.unpack(">I4s", header)
            names.append(name.decode())
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0] - 8
            file.seek(size - 8, 1)
    return names
