"""Mezzanines: clips encoded once so that choreographies are cut from them by copying packets.

A mezzanine has one frame exactly on every beat of the clip, and that frame is a keyframe; the
frames between two beats are evenly spaced, as near to 30 a second as fits. So a clip may be
entered on any beat without decoding, and its beats are met to 2.5 ms, not to half a frame.
All mezzanines share one encoder profile and hence one decoder configuration, byte for byte.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from engine.audio.containers import UnknownContainer, open_media
from engine.contract import ClipMotion, UnusableClip
from engine.video.meters import BackgroundMeter, MotionMeter

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX, FRAMES_PER_S = 1280, 720, 30
TICKS_PER_S = 90_000
TICKS_PER_FRAME = TICKS_PER_S // FRAMES_PER_S
# Frames stand on a raster of 1/200 s: libav guesses a constant frame rate that then always
# holds, see engine.video.rendering.
TICKS_PER_STEP = 450
MIN_BEATS = 4
MAX_CLIP_S = 120
MAX_SIDE_PX = 4096
MAX_BROKEN_PACKETS = 5
TRUNCATED_SHARE = 0.95
THUMBNAIL_PX = (480, 270)
BLUR_PX = (16, 16)
BLUR_LIGHT = 0.4
BLACK = 16
"""Luma of black, in the limited range of video."""

ENCODER_OPTIONS = {
    # ultrafast encodes 720p at 300 frames a second on one core, superfast at 180: no sharper
    # (PSNR 49 dB both), 20 % smaller. Its deblocking, the visible loss, is switched back on.
    "preset": "ultrafast",
    "crf": "22",
    "forced-idr": "1",
    "x264-params": "no-deblock=0:deblock=0,0:keyint=30:min-keyint=1:scenecut=0:bframes=0:"
    "open-gop=0:level=3.1",
}

# ITU-T H.273 codes, as libav numbers them
BT709, BT470BG, SMPTE170M, LIMITED_RANGE, FULL_RANGE = 1, 5, 6, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedClip:
    """What preparing a clip gave.

    Attributes
    ----------
    keyframes_s : tuple of float
        Times in the mezzanine that are a beat and a keyframe, strictly increasing.
    duration_s : float
        Length of the mezzanine in seconds.
    n_frames : int
        Pictures in it.
    motion : ClipMotion
        What moves, picture by picture.
    background : bytes
        What stands still; see ``meters.BackgroundMeter``.
    """

    keyframes_s: tuple[float, ...]
    duration_s: float
    n_frames: int
    motion: ClipMotion = field(default_factory=ClipMotion)
    background: bytes = b""


def prepare_clip(
    source: Path, target: Path, thumbnail: Path, *, beats_s: Sequence[float]
) -> PreparedClip:
    """Write a clip's mezzanine and thumbnail; each appears whole or not at all.

    Parameters
    ----------
    source : Path
        The clip as recorded.
    target, thumbnail : Path
        MP4 and JPEG to be written or replaced.
    beats_s : sequence of float
        Beat times in seconds from the first sample of the clip's sound (from its first picture
        if it has none), strictly increasing.

    Raises
    ------
    UnusableClip
        ``clip_missing``, ``clip_corrupt``, ``clip_too_short`` or ``clip_too_long``.
    OSError
        If the disk refuses, for instance because it is full.
    """
    partial, partial_thumbnail = _partial(target), _partial(thumbnail)
    try:
        with _opened(source) as container:
            prepared, picture = _transcode(container, partial, beats_s=beats_s)
        if len(prepared.keyframes_s) < MIN_BEATS:
            raise UnusableClip(
                f"The video {source.name} holds {len(prepared.keyframes_s)} beats; "
                f"at least {MIN_BEATS} are needed.",
                code="clip_too_short",
            )
        _save_jpeg(picture, partial_thumbnail)
        os.replace(partial_thumbnail, thumbnail)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
        partial_thumbnail.unlink(missing_ok=True)
    return prepared


def frame_grid(beats_ticks: Iterable[int]) -> Iterator[tuple[int, bool]]:
    """Times of a mezzanine's frames, without end: 0, every beat, and evenly between.

    Yields
    ------
    tuple of int and bool
        The frame's time in ticks, and whether it is a beat (and so a keyframe).
    """
    beats = sorted({_on_raster(tick) for tick in beats_ticks if tick >= 0})
    anchors = beats if beats and beats[0] == 0 else [0, *beats]
    is_beat = bool(beats) and beats[0] == 0
    for start, end in pairwise(anchors):
        n_frames = max(1, round((end - start) / TICKS_PER_FRAME))
        for index in range(n_frames):
            yield _on_raster(start + (end - start) * index / n_frames), is_beat and index == 0
        is_beat = True
    for index in count():
        yield _on_raster(anchors[-1] + index * TICKS_PER_FRAME), is_beat and index == 0


def _on_raster(ticks: float) -> int:
    return round(ticks / TICKS_PER_STEP) * TICKS_PER_STEP


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _save_jpeg(picture: VideoFrame, target: Path) -> None:
    """Save a small picture; Pillow writes it, so the suffix of ``target`` does not matter."""
    image = picture.reformat(*THUMBNAIL_PX).to_image()  # type: ignore[no-untyped-call]
    image.save(target, "JPEG", quality=82)


def _opened(source: Path) -> InputContainer:
    """Open a clip that has pictures of a size we are ready to decode."""
    if not source.is_file():
        raise UnusableClip(f"The video {source.name} is missing.", code="clip_missing")
    try:
        container = open_media(source)
    except (UnknownContainer, av.FFmpegError, ValueError) as exc:
        raise _corrupt(source.name, "it cannot be opened as a video") from exc
    if not container.streams.video:
        container.close()
        raise _corrupt(source.name, "it holds no pictures")
    video = container.streams.video[0]
    if video.codec_context is None:  # PyAV 18: libav has no decoder for what is named there
        container.close()
        raise _corrupt(source.name, "its pictures are of an unknown kind")
    if not 0 < max(video.width, video.height) <= MAX_SIDE_PX:
        container.close()
        raise _corrupt(source.name, f"its pictures measure {video.width}x{video.height}")
    return container


def _corrupt(name: str, why: str) -> UnusableClip:
    return UnusableClip(f"The video {name} cannot be used: {why}.", code="clip_corrupt")


def _transcode(
    container: InputContainer, target: Path, *, beats_s: Sequence[float]
) -> tuple[PreparedClip, VideoFrame]:
    """Encode the clip frame by frame; also gives a picture for the thumbnail."""
    beats = [round(beat_s * TICKS_PER_S) for beat_s in beats_s]
    pixel_aspect = container.streams.video[0].sample_aspect_ratio or Fraction(1)
    fit, keyframes, n_frames, last = Letterbox(pixel_aspect=pixel_aspect), [], 0, 0
    thumbnail: VideoFrame | None = None
    motion, background = MotionMeter(), BackgroundMeter()
    with av.open(str(target), mode="w", format="mp4") as output:
        track = add_track(output)
        for tick, is_beat, picture in _sampled(_Pictures(container), frame_grid(beats)):
            frame = fit(picture)
            motion.add(frame, at_s=tick / TICKS_PER_S)
            background.add(frame)
            frame.pts, frame.time_base = tick, Fraction(1, TICKS_PER_S)
            frame.pict_type = PictureType.I if is_beat else PictureType.NONE
            _mux(output, track.encode(frame))
            n_frames, last = n_frames + 1, tick
            if is_beat:
                keyframes.append(tick / TICKS_PER_S)
                thumbnail = frame if len(keyframes) <= MIN_BEATS // 2 else thumbnail
        _mux(output, track.encode(None))
    return PreparedClip(
        keyframes_s=tuple(keyframes),
        duration_s=(last + TICKS_PER_FRAME) / TICKS_PER_S,
        n_frames=n_frames,
        motion=motion.read(),
        background=background.read(),
    ), thumbnail or frame


def add_track(output: OutputContainer) -> VideoStream:
    """Add a track of the one encoder profile, whose decoder configuration is always the same."""
    track: VideoStream = output.add_stream("libx264", rate=FRAMES_PER_S, options=ENCODER_OPTIONS)
    track.width, track.height, track.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    track.time_base = Fraction(1, TICKS_PER_S)
    codec = track.codec_context
    codec.time_base, codec.thread_count = Fraction(1, TICKS_PER_S), 2
    codec.color_range, codec.colorspace = LIMITED_RANGE, BT709
    codec.color_primaries = codec.color_trc = BT709
    return track


def _mux(output: OutputContainer, packets: list[Packet[VideoStream]]) -> None:
    for packet in packets:
        packet.duration = TICKS_PER_FRAME
        output.mux(packet)


def _sampled(
    pictures: _Pictures, grid: Iterator[tuple[int, bool]]
) -> Iterator[tuple[int, bool, VideoFrame]]:
    """For each time of the grid the picture nearest to it, until the pictures end."""
    tick, is_beat = next(grid)
    shown: VideoFrame | None = None
    shown_at = 0
    for at, picture in pictures:
        while shown is not None and 2 * tick < shown_at + at:
            yield tick, is_beat, shown
            tick, is_beat = next(grid)
        shown, shown_at = picture, at
    while shown is not None and tick + TICKS_PER_FRAME // 2 <= pictures.end:
        yield tick, is_beat, shown
        tick, is_beat = next(grid)


class _Pictures:
    """A clip's decoded pictures with their times in ticks, strictly increasing.

    Time 0 is the first sample of the sound, as for the beats. ``end`` is known afterwards.
    """

    def __init__(self, container: InputContainer) -> None:
        self.name = Path(container.name).name
        self.video = container.streams.video[0]
        self.video.thread_type = "AUTO"
        # pictures that no other is decoded from may go without deblocking: a tenth faster
        # pictures may be larger than their container says; the decoder refuses those at once
        self.video.codec_context.options = {
            "skip_loop_filter": "noref",
            "max_pixels": str(MAX_SIDE_PX**2),
        }
        self.container = container
        self.end = 0
        leading = container.streams.audio[0] if container.streams.audio else self.video
        self.origin_s = (leading.start_time or 0) * (leading.time_base or Fraction(1))
        rate = self.video.average_rate or self.video.guessed_rate or FRAMES_PER_S
        self.step = max(1, round(TICKS_PER_S / rate))

    def __iter__(self) -> Iterator[tuple[int, VideoFrame]]:
        last: int | None = None
        for frame in self._frames():
            at = self._tick_of(frame, last)
            if last is not None and at <= last:
                continue
            if at > MAX_CLIP_S * TICKS_PER_S:
                raise UnusableClip(
                    f"The video {self.name} lasts longer than {MAX_CLIP_S} s.",
                    code="clip_too_long",
                )
            last, self.end = at, at + self.step
            yield at, frame
        self._must_be_whole(seen=last is not None)

    def _tick_of(self, frame: VideoFrame, last: int | None) -> int:
        if frame.pts is None or frame.time_base is None:
            return 0 if last is None else last + self.step
        return round((frame.pts * frame.time_base - self.origin_s) * TICKS_PER_S)

    def _frames(self) -> Iterator[VideoFrame]:
        """Decoded frames; a few broken packets are passed over, more are refused."""
        packets, n_broken = self.container.demux(self.video), 0
        while n_broken <= MAX_BROKEN_PACKETS:
            try:
                packet = next(packets)
                yield from packet.decode()
            except StopIteration:
                return
            except av.FFmpegError:
                n_broken += 1
        raise _corrupt(self.name, "it is damaged")

    def _must_be_whole(self, *, seen: bool) -> None:
        """Refuse a clip that ends before its header says it does."""
        duration, base = self.video.duration, self.video.time_base
        if not seen:
            raise _corrupt(self.name, "no picture can be decoded")
        if duration is None or base is None:
            return
        start_s = (self.video.start_time or 0) * base - self.origin_s
        declared_s = float(start_s + duration * base)
        if self.end / TICKS_PER_S < declared_s * TRUNCATED_SHARE - 0.25:
            raise _corrupt(
                self.name,
                f"it is cut off after {self.end / TICKS_PER_S:.1f} of {declared_s:.1f} s",
            )


class Letterbox:
    """Fits pictures of any shape, rotation and colour into the mezzanine's.

    Parameters
    ----------
    pixel_aspect : Fraction
        Width of a source pixel, its height being 1.
    """

    def __init__(self, *, pixel_aspect: Fraction = Fraction(1)) -> None:
        self._pixel_aspect = pixel_aspect if 0.1 < pixel_aspect < 10 else Fraction(1)

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        """Give the picture in the mezzanine's shape; itself if it has it already."""
        quarters = round(frame.rotation / 90) % 4
        width, height = self._inner_size(frame, lying=quarters % 2 == 1)
        is_full_range = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
        is_hd = frame.colorspace == BT709 or (
            frame.colorspace not in {BT470BG, SMPTE170M} and frame.height >= HEIGHT_PX
        )
        scaled = frame.reformat(
            width=height if quarters % 2 else width,
            height=width if quarters % 2 else height,
            format="yuv420p",
            src_colorspace=Colorspace.ITU709 if is_hd else Colorspace.ITU601,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if is_full_range else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
        )
        if quarters == 0 and (width, height) == (WIDTH_PX, HEIGHT_PX):
            return scaled
        return _on_blur(scaled, quarters=quarters)

    def _inner_size(self, frame: VideoFrame, *, lying: bool) -> tuple[int, int]:
        """Width and height of the upright picture within the mezzanine, both even."""
        width, height = frame.width * self._pixel_aspect, Fraction(frame.height)
        if lying:
            width, height = height, width
        scale = min(WIDTH_PX / width, HEIGHT_PX / height)
        return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _on_blur(frame: VideoFrame, *, quarters: int) -> VideoFrame:
    """Turn a yuv420p picture upright and set it into the middle of itself, blurred and dimmed.

    Black bars beside a clip would jump at every cut.
    """
    tiny = frame.reformat(*BLUR_PX, interpolation=Interpolation.AREA)
    upright = _turned(tiny, quarters)
    canvas = _pixels(upright.reformat(WIDTH_PX, HEIGHT_PX, interpolation=Interpolation.BICUBIC))
    luma, halves = canvas[:HEIGHT_PX], _halves(canvas, WIDTH_PX, HEIGHT_PX)
    luma[:] = BLACK + (luma.clip(BLACK) - BLACK) * BLUR_LIGHT
    pixels = _pixels(_turned(frame, quarters))
    height, width = pixels.shape[0] * 2 // 3, pixels.shape[1]
    _paste(pixels[:height], luma)
    for plane, onto in zip(_halves(pixels, width, height), halves, strict=True):
        _paste(plane, onto)
    return VideoFrame.from_ndarray(canvas, format="yuv420p")


def _pixels(frame: VideoFrame) -> NDArray[np.uint8]:
    """Return a yuv420p picture's planes, one below the other."""
    return np.asarray(frame.to_ndarray(), np.uint8)


def _turned(frame: VideoFrame, quarters: int) -> VideoFrame:
    """Turn a yuv420p picture anticlockwise by quarters."""
    if quarters == 0:
        return frame
    pixels, height, width = _pixels(frame), frame.height, frame.width
    planes = [pixels[:height], *_halves(pixels, width, height)]
    turned = [np.rot90(plane, quarters) for plane in planes]
    upright = np.concatenate([plane.ravel() for plane in turned])
    return VideoFrame.from_ndarray(upright.reshape(-1, turned[0].shape[1]), format="yuv420p")


def _halves(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return the two planes of colour of a yuv420p picture, as views into it."""
    return pixels[height:].reshape(2, height // 2, width // 2)


def _paste(plane: NDArray[np.uint8], onto: NDArray[np.uint8]) -> None:
    """Copy a plane into the middle of a larger one, at an even place."""
    height, width = plane.shape
    top, left = (onto.shape[0] - height) // 2, (onto.shape[1] - width) // 2
    onto[top : top + height, left : left + width] = plane
