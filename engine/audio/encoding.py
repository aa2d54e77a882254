"""The AAC track of the video, made of a song: copied where it is AAC already, else encoded."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from engine.audio.containers import LOCAL_FILES_ONLY
from engine.audio.decoding import (
    MAX_SONG_S,
    audio_too_long,
    open_audio,
    read_packets,
    resample_frames,
    unreadable_audio,
)

if TYPE_CHECKING:
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet

TRACK_MAY_LACK_S = 0.5
"""By how much a whole track may be shorter than what was heard of the song."""
AAC_BIT_RATE = 160_000
"""Bits per second of a stereo track."""


def encode_aac(
    source: Path, target: Path, *, bit_rate: int = AAC_BIT_RATE, max_s: float = MAX_SONG_S
) -> None:
    """Write a song as an MP4 file with one AAC track, copied if it is AAC already.

    Encoded anew it is stereo at 44.1 or 48 kHz. ``target`` appears whole or not at all; an
    existing one is replaced.

    Parameters
    ----------
    source : Path
        A song on this disk.
    target : Path
        In a folder that exists.
    bit_rate : int
        Bits per second if it is encoded, > 0.
    max_s : float
        Longest song, in seconds.

    Raises
    ------
    UnusableAudio
        ``audio_unreadable`` or ``audio_too_long``.
    OSError
        If the disk refuses, for instance because it is full.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if not _copy_aac(source, partial, max_s=max_s):
            _encode_aac(source, partial, bit_rate=bit_rate, max_s=max_s)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def is_whole_track(track: Path, *, duration_s: float) -> bool:
    """Return whether a file of ``encode_aac`` can be read to the song's end; nothing is decoded.

    Parameters
    ----------
    track : Path
        Written by ``encode_aac``, and maybe damaged since.
    duration_s : float
        The song's length, in seconds.
    """
    end_s = 0.0
    try:
        with av.open(str(track), format="mp4", options=dict(LOCAL_FILES_ONLY)) as container:
            for packet in container.demux(audio=0):
                if packet.pts is not None and packet.time_base is not None:
                    end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
    except (av.FFmpegError, IndexError, OSError):
        return False
    return end_s >= duration_s - TRACK_MAY_LACK_S


def _encode_aac(source: Path, target: Path, *, bit_rate: int, max_s: float) -> None:
    """Decode and encode; the encoder's delay becomes the MP4's edit list."""
    with open_audio(source) as (container, stream), _mp4(target) as output:
        rate_hz = 44_100 if stream.codec_context.sample_rate % 11_025 == 0 else 48_000
        # twoloop, libav 8's default coder, takes twice the time of fast at this bit rate
        track = output.add_stream(
            "aac", rate=rate_hz, layout="stereo", options={"aac_coder": "fast"}
        )
        track.bit_rate = bit_rate
        n_samples = 0
        for frame in resample_frames(
            container, stream, layout="stereo", rate_hz=rate_hz, max_s=max_s
        ):
            frame.pts, frame.time_base = n_samples, Fraction(1, rate_hz)
            n_samples += frame.samples
            output.mux(track.encode(frame))
        if not n_samples:
            raise unreadable_audio()
        output.mux(track.encode(None))


def _mp4(target: Path) -> OutputContainer:
    """Open an MP4 file for writing, its index before its packets."""
    return av.open(str(target), mode="w", format="mp4", options={"movflags": "+faststart"})


def _copy_aac(source: Path, target: Path, *, max_s: float) -> bool:
    """Copy AAC packets if the track can be played as it is; False if it must be encoded."""
    with open_audio(source) as (container, stream):
        codec = stream.codec_context
        if (
            codec.name != "aac"
            or codec.profile != "LC"
            or codec.sample_rate not in {44_100, 48_000}
            or codec.channels > 2
        ):
            return False
        try:
            with _mp4(target) as output:
                return _mux_copies(container, stream, output, max_s=max_s)
        except av.InvalidDataError:
            return False


def _mux_copies(
    container: InputContainer, stream: AudioStream, output: OutputContainer, *, max_s: float
) -> bool:
    """Copy every packet; False at the first that is cut out, out of step or undecodable."""
    track = output.add_stream_from_template(stream)
    expected: int | None = None
    for packet in read_packets(container, stream):
        if packet.pts is None:
            continue
        is_cut = packet.is_discard and packet.pts >= 0  # below 0 it is encoder delay
        if is_cut or packet.is_corrupt or expected not in (None, packet.pts):
            return False
        if packet.pts * packet.time_base > max_s + 0.5:
            raise audio_too_long(max_s)
        expected = packet.pts + (packet.duration or 0)
        if not _is_decodable(packet):
            return False
        packet.stream = track
        output.mux(packet)
    return expected is not None


def _is_decodable(packet: Packet[AudioStream]) -> bool:
    """Whether libav decodes the packet without complaint."""
    try:
        packet.decode()
    except av.FFmpegError:
        return False
    return True
