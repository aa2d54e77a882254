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

from modules.demo.clicks import play_clicks
from modules.demo.drawing import Painter
from modules.demo.figures import pose_couple
from modules.demo.folder import part_of
from modules.demo.instruments import SAMPLE_RATE_HZ, Samples
from modules.demo.moves import FPS, Routine
from modules.demo.stage import HEIGHT_PX, MOODS, WIDTH_PX, Camera, Picture, paint_backdrop


def film(routine: Routine, target: Path) -> None:
    """Write the routine's clip to ``target``; it appears whole or not at all."""
    cv2.setNumThreads(1)
    part = part_of(target)
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video, audio = _streams(container)
        sound = play_clicks(routine.beats_s, routine.duration_s)
        _write_sound(container, audio, sound)
        for index, picture in enumerate(pictures(routine)):
            yuv = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
            frame = av.VideoFrame.from_ndarray(yuv, format="yuv420p")
            frame.pts = index
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    os.replace(part, target)


def pictures(routine: Routine) -> Iterator[Picture]:
    """The clip's frames in order, BGR; the same array is painted again for each."""
    times_s = np.arange(routine.frames) / FPS
    beats = (times_s - routine.beats_s[0]) * routine.tempo_bpm / 60.0
    camera, mood = Camera(zoom=routine.zoom), MOODS[routine.energy_level]
    backdrop = paint_backdrop(camera, mood, seed=routine.seed)
    painter = Painter(camera, mood, pose_couple(routine.dance, beats))
    canvas = backdrop.copy()
    for index in range(routine.frames):
        left, top, right, bottom = painter.bounds(index)
        painter.paint(canvas, index)
        yield canvas
        area = (slice(max(top, 0), bottom), slice(max(left, 0), right))
        canvas[area] = backdrop[area]


def _streams(container: OutputContainer) -> tuple[VideoStream, AudioStream]:
    options = {"preset": "ultrafast", "crf": "20", "threads": "1"}
    video = container.add_stream("libx264", rate=FPS, options=options)
    video.width, video.height, video.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    video.time_base = Fraction(1, FPS)
    audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
    audio.bit_rate = 96_000
    return video, audio


def _write_sound(container: OutputContainer, stream: AudioStream, sound: Samples) -> None:
    frame = av.AudioFrame.from_ndarray(sound[None, :], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, 0
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
