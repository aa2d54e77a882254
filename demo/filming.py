"""One clip from a routine: dancers painted frame by frame, encoded as H.264 with AAC sound."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from demo.clicks import play_clicks
from demo.couple import draw_couple
from demo.figures import pose_couple
from demo.folder import part_of
from demo.instruments import SAMPLE_RATE_HZ, Samples
from demo.moves import FPS, Routine
from demo.polish import Floor
from demo.stage import HEIGHT_PX, MOODS, WIDTH_PX, Camera, Picture, paint_backdrop

# Half the synthesis rate: percussion needs no more, and AAC is a tenth of the work otherwise.
SOUND_HZ = SAMPLE_RATE_HZ // 2

type Area = tuple[int, int, int, int]
"""Left, top, right and bottom pixel, even numbers."""


def film(routine: Routine, target: Path) -> None:
    """Write the routine's clip to ``target``; it appears whole or not at all."""
    cv2.setNumThreads(1)
    part = part_of(target)
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video, audio = _streams(container)
        sound = play_clicks(routine.beats_s, routine.duration_s)
        _write_sound(container, audio, sound)
        frame = av.VideoFrame(WIDTH_PX, HEIGHT_PX, "yuv420p")
        for index, (picture, area) in enumerate(pictures(routine)):
            _convert(picture, area, frame)
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    os.replace(part, target)


def pictures(routine: Routine) -> Iterator[tuple[Picture, Area]]:
    """The clip's frames in order, BGR, with the area that differs from the frame before.

    The same array is painted again for each frame; the first area is the whole picture.
    """
    times_s = np.arange(routine.frames) / FPS
    beats = (times_s - routine.beats_s[0]) * routine.tempo_bpm / 60.0
    camera, mood = Camera(zoom=routine.zoom), MOODS[routine.energy_level]
    backdrop = paint_backdrop(camera, mood, seed=routine.seed)
    figures = pose_couple(routine.dance, beats)
    dancers, floor = draw_couple(camera, mood, figures), Floor(camera, backdrop, figures)
    canvas = backdrop.copy()
    before = (0, 0, WIDTH_PX, HEIGHT_PX)
    for index, (left, top, right, bottom) in enumerate(floor.bounds(dancers.bounds()).tolist()):
        floor.shade(canvas, index)
        dancers.paint(canvas, index)
        floor.mirror(canvas, index, left, right)
        area = (
            min(left, before[0]),
            min(top, before[1]),
            max(right, before[2]),
            max(bottom, before[3]),
        )
        yield canvas, area
        canvas[top:bottom, left:right] = backdrop[top:bottom, left:right]
        before = (left, top, right, bottom)


def _convert(picture: Picture, area: Area, frame: av.VideoFrame) -> None:
    """Bring what changed in ``picture`` into the frame, as planar YUV 4:2:0.

    The encoder has copied a frame when ``encode`` returns (libx264, one thread, no look-ahead),
    so that one frame serves for the whole clip.
    """
    left, top, right, bottom = area
    height, width = bottom - top, right - left
    piece = cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_BGR2YUV_I420)
    _plane(frame, 0)[top:bottom, left:right] = piece[:height]
    for index, half in enumerate(piece[height:].reshape(2, height // 2, width // 2), start=1):
        _plane(frame, index)[top // 2 : bottom // 2, left // 2 : right // 2] = half


def _plane(frame: av.VideoFrame, index: int) -> NDArray[np.uint8]:
    plane = frame.planes[index]
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]


def _streams(container: OutputContainer) -> tuple[VideoStream, AudioStream]:
    options = {"preset": "ultrafast", "qp": "24", "threads": "1"}
    video = container.add_stream("libx264", rate=FPS, options=options)
    video.width, video.height, video.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    video.time_base = Fraction(1, FPS)
    audio = container.add_stream("aac", rate=SOUND_HZ, layout="mono", options={"aac_coder": "fast"})
    audio.bit_rate = 64_000
    return video, audio


def _write_sound(container: OutputContainer, stream: AudioStream, sound: Samples) -> None:
    pairs = sound[: sound.size // 2 * 2].reshape(1, -1, 2).mean(axis=2)
    frame = av.AudioFrame.from_ndarray(pairs, format="fltp", layout="mono")
    frame.sample_rate, frame.pts = SOUND_HZ, 0
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
