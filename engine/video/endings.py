"""The last seconds of a video, the only ones that are encoded: a held pose, or a fade.

They get the one encoder profile of all mezzanines, so that their packets go behind those of the
clips.
"""

from __future__ import annotations

import io
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame

from engine.video.mezzanine import BLACK, FRAMES_PER_S, HEIGHT_PX, TICKS_PER_S, TICKS_PER_STEP
from engine.video.mezzanine import add_track as add_mezzanine_track

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer

    from engine.contract import Ending, PlannedMove

POSE_STEP_S = 0.2
"""So long each picture of a pose is shown: they are all alike, but no player waits long for one."""

GREY = 128


def encode_ending(ending: Ending, move: PlannedMove, clip: InputContainer) -> bytes:
    """Return an MP4 file of the video from the ending's start on; its time 0 is that start.

    Parameters
    ----------
    move : PlannedMove
        The last one, which the ending lies in.
    clip : InputContainer
        Its mezzanine, opened.

    Raises
    ------
    av.FFmpegError
        If the mezzanine cannot be decoded.
    """
    shown = _pose(ending, move, clip) if ending.kind == "pose" else _fade(ending, move, clip)
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as output:
        track = add_mezzanine_track(output)
        for index, (at_s, frame) in enumerate(shown):
            frame.pts = round(at_s * TICKS_PER_S / TICKS_PER_STEP) * TICKS_PER_STEP
            frame.time_base = Fraction(1, TICKS_PER_S)
            frame.pict_type = PictureType.I if index == 0 else PictureType.NONE
            output.mux(track.encode(frame))
        output.mux(track.encode(None))
    return file.getvalue()


def _pose(
    ending: Ending, move: PlannedMove, clip: InputContainer
) -> Iterator[tuple[float, VideoFrame]]:
    at_s = float(np.interp(ending.start_s, move.song_times_s, move.clip_times_s))
    *_, (_, picture) = _pictures(clip, from_s=at_s, to_s=at_s)
    for step in range(ceil((move.end_s - ending.start_s) / POSE_STEP_S)):
        yield step * POSE_STEP_S, picture


def _fade(
    ending: Ending, move: PlannedMove, clip: InputContainer
) -> Iterator[tuple[float, VideoFrame]]:
    """Yield the move's pictures, darker and darker, until the last is black."""
    length_s = move.end_s - ending.start_s
    from_s = float(np.interp(ending.start_s, move.song_times_s, move.clip_times_s))
    pictures = _pictures(clip, from_s=from_s, to_s=move.clip_times_s[-1])
    (_, shown), following = next(pictures), next(pictures, None)
    steps = max(2, int(length_s * FRAMES_PER_S))
    for step in range(steps):
        at_s = length_s * step / steps
        clip_s = float(np.interp(ending.start_s + at_s, move.song_times_s, move.clip_times_s))
        while following is not None and following[0] <= clip_s:
            shown, following = following[1], next(pictures, None)
        yield at_s, dimmed(shown, light=1 - step / (steps - 1))


def dimmed(picture: VideoFrame, *, light: float) -> VideoFrame:
    """Return a yuv420p picture with less light: 1 as it is, 0 black."""
    pixels = picture.to_ndarray(format="yuv420p").astype(np.float32)
    luma, chroma = pixels[:HEIGHT_PX], pixels[HEIGHT_PX:]
    luma[:] = BLACK + (luma - BLACK) * light
    chroma[:] = GREY + (chroma - GREY) * light
    return VideoFrame.from_ndarray(pixels.clip(0, 255).astype(np.uint8), format="yuv420p")


def _pictures(
    clip: InputContainer, *, from_s: float, to_s: float
) -> Iterator[tuple[float, VideoFrame]]:
    """Yield the picture shown at ``from_s`` of the clip and those after it, up to ``to_s``."""
    video = clip.streams.video[0]
    clip.seek(round(from_s / float(video.time_base or Fraction(1, TICKS_PER_S))), stream=video)
    shown: tuple[float, VideoFrame] | None = None
    for frame in clip.decode(video):
        at_s = float(frame.time or 0.0)
        if shown is not None and at_s > from_s + 0.002:
            yield shown
        shown = (at_s, frame)
        if at_s > to_s + 0.002:
            return
    if shown is not None:
        yield shown
