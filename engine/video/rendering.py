"""The video, made by copying: packets of the mezzanines get new times and meet the song's AAC.

Nothing is decoded or encoded but one picture for the poster and the last seconds, so a song is
rendered hundreds of times faster than it plays, and memory does not grow with it.
"""

from __future__ import annotations

import heapq
import io
import os
from fractions import Fraction
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

import av
import numpy as np

from engine.contract import ClipGone, RenderedVideo, UnusableAudio, UnusableClip
from engine.video.endings import encode_ending

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from av.container import InputContainer
    from av.packet import Packet

    from engine.contract import Clip, Ending, Plan, PlannedMove

TICKS_PER_S = 90_000
"""Clock of the video track: usual for MPEG, divisible by 24, 25 and 30."""

ENTRY_TOLERANCE_S = 0.002
"""A keyframe this near to the planned entry is the entry: less than the raster's half step."""

MAX_HELD_S = 0.3
"""No picture stands still for longer: the table of measures in ``docs`` bounds gaps by it."""

POSTER_QUALITY = 85
"""JPEG quality, of 95 at most that make sense (Pillow)."""

# Frames stand on a raster of 1/200 s, at most 2.5 ms from where the warp puts them. libav guesses
# a constant rate for any video; off a raster it takes the mean rate, and ffmpeg then complains of
# timestamps that do not increase wherever a move plays faster. Over 210 a second it is not
# believed (libav 5.1 to 8.0, av_guess_frame_rate).
TICKS_PER_STEP = 450
TICK = Fraction(1, TICKS_PER_S)
LOCAL_FILES_ONLY = {"protocol_whitelist": "file"}
# All mezzanines are alike: to guess the frame rate from their packets would take 15 ms each.
MEZZANINE_OPTIONS = LOCAL_FILES_ONLY | {"fpsprobesize": "0", "analyzeduration": "0"}


def render(plan: Plan, *, audio: Path, target: Path, poster: Path) -> RenderedVideo:
    """Write the choreography as an MP4 file that may be played while it loads.

    Parameters
    ----------
    plan : Plan
        Moves that touch without a gap from 0 to the end of the song.
    audio : Path
        The song as an MP4 file with one AAC track, copied as it is.
    target, poster : Path
        MP4 and JPEG to be written; each appears whole or not at all, and replaces what is there.

    Returns
    -------
    RenderedVideo
        Lengths of the video and of its two tracks in seconds, and its size in bytes.

    Raises
    ------
    UnusableClip
        If a mezzanine is missing, damaged, has another decoder configuration than the rest, or
        cannot be entered or left where the plan says; the message names the clip.
    UnusableAudio
        ``audio_unreadable`` if ``audio`` is no AAC track.
    OSError
        If the disk refuses, for instance because it is full.
    """
    partial, partial_poster = _partial(target), _partial(poster)
    try:
        with _opened_audio(audio) as song:
            video_s, audio_s = _mux(plan, song, partial)
        _save_poster(plan, partial_poster)
        os.replace(partial_poster, poster)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
        partial_poster.unlink(missing_ok=True)
    return RenderedVideo(
        video=target,
        poster=poster,
        duration_s=max(video_s, audio_s),
        video_s=video_s,
        audio_s=audio_s,
        size_bytes=target.stat().st_size,
    )


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _mux(plan: Plan, song: InputContainer, target: Path) -> tuple[float, float]:
    """Interleave pictures and sound by time; gives how long each lasts, in seconds."""
    if not plan.moves:
        raise ValueError("a plan without moves cannot be rendered")
    with (
        _opened_clip(plan.moves[0].clip) as first,
        av.open(str(target), mode="w", format="mp4", options={"movflags": "+faststart"}) as output,
    ):
        template = first.streams.video[0]
        tracks = (
            output.add_stream_from_template(template),
            output.add_stream_from_template(song.streams.audio[0]),
        )
        tracks[0].time_base = TICK
        configuration = bytes(template.codec_context.extradata or b"")
        ends_s = [0.0, 0.0]
        bases_s = (1 / TICKS_PER_S, float(song.streams.audio[0].time_base or TICK))
        # at equal times the picture goes first
        for at_s, kind, packet in heapq.merge(
            _pictures(plan, configuration=configuration), _sounds(song), key=itemgetter(0, 1)
        ):
            ends_s[kind] = at_s + (packet.duration or 0) * bases_s[kind]
            packet.stream = tracks[kind]
            output.mux_one(packet)
    return ends_s[0], ends_s[1]


def _pictures(plan: Plan, *, configuration: bytes) -> Iterator[tuple[float, int, Packet[Any]]]:
    """All moves' packets in song time; each lasts until the next, the last until the end."""
    last_packets = list(_ending_packets(plan, configuration=configuration))
    is_faded = plan.ending is not None and plan.ending.kind == "fade"
    ending = None if is_faded and not last_packets else plan.ending
    danced = chain.from_iterable(
        _move_packets(move, configuration=configuration, ending=ending) for move in plan.moves
    )
    packets = chain(danced, last_packets)
    waiting: Packet[Any] | None = None
    waiting_at = -TICKS_PER_STEP
    for shown_s, packet in packets:
        at = max(_on_raster(shown_s), waiting_at + TICKS_PER_STEP)
        if waiting is not None:
            yield _timed(waiting, start=waiting_at, end=at)
        waiting, waiting_at = packet, at
    if waiting is not None:
        end = round(plan.moves[-1].end_s * TICKS_PER_S)
        yield _timed(waiting, start=waiting_at, end=max(end, waiting_at + 1))


def _on_raster(time_s: float) -> int:
    return round(time_s * TICKS_PER_S / TICKS_PER_STEP) * TICKS_PER_STEP


def _timed(packet: Packet[Any], *, start: int, end: int) -> tuple[float, int, Packet[Any]]:
    packet.time_base = TICK
    # no B-frames: decoded in the order shown
    packet.pts = packet.dts = start
    packet.duration = end - start
    return start / TICKS_PER_S, 0, packet


def _ending_packets(plan: Plan, *, configuration: bytes) -> Iterator[tuple[float, Packet[Any]]]:
    """The packets of the ending, which alone are encoded here.

    Nothing where the mezzanines come of another encoder: a pose is then one long picture, and a
    fade is danced.
    """
    if plan.ending is None:
        return
    move = plan.moves[-1]
    with _opened_clip(move.clip) as clip:
        try:
            file = io.BytesIO(encode_ending(plan.ending, move, clip))
        except av.FFmpegError as exc:
            raise _unusable(move.clip, "is damaged") from exc
    with av.open(file, mode="r", format="mp4") as container:
        video = container.streams.video[0]
        if bytes(video.codec_context.extradata or b"") != configuration:
            return
        for packet in container.demux(video):
            if packet.pts is not None:
                yield plan.ending.start_s + float(packet.pts * (video.time_base or TICK)), packet


def _move_packets(
    move: PlannedMove, *, configuration: bytes, ending: Ending | None
) -> Iterator[tuple[float, Packet[Any]]]:
    """The packets of one move, from its keyframe, with their times in the song in seconds."""
    stop_s = move.end_s if ending is None else min(move.end_s, ending.start_s)
    clip_s, song_s = np.array(move.clip_times_s), np.array(move.song_times_s)
    shown_s = None
    with _opened_clip(move.clip) as container:
        video = container.streams.video[0]
        if bytes(video.codec_context.extradata or b"") != configuration:
            raise _unusable(move.clip, "is encoded unlike the others; import it anew")
        for at_s, packet in _packets(container, move.clip, from_s=float(clip_s[0])):
            if at_s >= clip_s[-1] - 0.5 / TICKS_PER_S:
                break
            if shown_s is None:
                _must_be_entry(packet, at_s=at_s, move=move)
                at_s = float(clip_s[0])
            shown_s = float(np.interp(at_s, clip_s, song_s))
            if shown_s > stop_s - 0.5 * TICKS_PER_STEP / TICKS_PER_S:
                break
            yield shown_s, packet
    if shown_s is None or stop_s - shown_s > MAX_HELD_S:
        raise _unusable(move.clip, f"ends before {clip_s[-1]:.2f} s, where the plan leaves it")


def _must_be_entry(packet: Packet[Any], *, at_s: float, move: PlannedMove) -> None:
    """A move may only begin with a keyframe at the planned time."""
    if not packet.is_keyframe or abs(at_s - move.clip_times_s[0]) > ENTRY_TOLERANCE_S:
        raise _unusable(move.clip, f"has no keyframe at {move.clip_times_s[0]:.3f} s")


def _packets(
    container: InputContainer, clip: Clip, *, from_s: float
) -> Iterator[tuple[float, Packet[Any]]]:
    """Packets from the first at ``from_s`` on, with their times in seconds."""
    video = container.streams.video[0]
    base_s = float(video.time_base or TICK)
    try:
        container.seek(round(from_s / base_s) + 1, stream=video)
        for packet in container.demux(video):
            # [ticks] * [s / tick] = [s]
            if packet.pts is not None and packet.pts * base_s >= from_s - ENTRY_TOLERANCE_S:
                yield packet.pts * base_s, packet
    except av.FFmpegError as exc:
        raise _unusable(clip, "is damaged") from exc


def _sounds(song: InputContainer) -> Iterator[tuple[float, int, Packet[Any]]]:
    """The song's packets as they are; the first may lie before 0, where encoder delay is."""
    stream = song.streams.audio[0]
    packets, base_s = song.demux(stream), float(stream.time_base or TICK)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError as exc:
            raise _unusable_song() from exc
        if packet.pts is not None:
            yield packet.pts * base_s, 1, packet


def _opened_clip(clip: Clip) -> InputContainer:
    """Open a mezzanine."""
    try:
        container = av.open(str(clip.mezzanine), format="mp4", options=dict(MEZZANINE_OPTIONS))
    except FileNotFoundError as exc:
        raise ClipGone(f"The clip {clip.clip_id} has no video file.") from exc
    except (av.FFmpegError, OSError) as exc:
        raise _unusable(clip, "cannot be opened") from exc
    if not container.streams.video:
        container.close()
        raise _unusable(clip, "holds no pictures")
    return container


def _unusable(clip: Clip, why: str) -> UnusableClip:
    return UnusableClip(f"The clip {clip.clip_id} {why}.")


def _opened_audio(audio: Path) -> InputContainer:
    """Open the song's AAC track."""
    try:
        container = av.open(str(audio), format="mp4", options=dict(LOCAL_FILES_ONLY))
    except (av.FFmpegError, OSError) as exc:
        raise _unusable_song() from exc
    streams = container.streams.audio
    if not streams or streams[0].codec_context.name != "aac":
        container.close()
        raise _unusable_song()
    return container


def _unusable_song() -> UnusableAudio:
    return UnusableAudio("The song's sound track cannot be read.", code="audio_unreadable")


def _save_poster(plan: Plan, target: Path) -> None:
    """Save a picture from the middle of a move a third into the song."""
    move = plan.moves[len(plan.moves) // 3]
    middle_s = move.clip_times_s[len(move.clip_times_s) // 2]
    with _opened_clip(move.clip) as container:
        video = container.streams.video[0]
        try:
            container.seek(round(middle_s / float(video.time_base or TICK)), stream=video)
            picture = next(container.decode(video))
        except (av.FFmpegError, StopIteration) as exc:
            raise _unusable(move.clip, "is damaged") from exc
    image = picture.to_image()  # type: ignore[no-untyped-call]
    image.save(target, "JPEG", quality=POSTER_QUALITY)
