"""Decode the sound of a song or clip.

Time 0 is the first sample a player would sound, here and in ``encoding``, so the decoded signal,
the beats found in it and the AAC track agree: encoder delay is trimmed on the way in (libav's
skip samples) and declared on the way out (MP4 edit list).
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from engine.audio.containers import UnknownContainer, open_media
from engine.audio.declared_length import TRUNCATED_SHARE, find_declared_length_s
from engine.contract import UnusableAudio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from numpy.typing import NDArray

ANALYSIS_RATE_HZ = 22_050
"""Samples per second of what is analysed, librosa's default: onsets and chroma need no more."""

MIN_SONG_S, MAX_SONG_S = 20.0, 600.0
MIN_CLIP_S, MAX_CLIP_S = 2.0, 120.0
"""Accepted lengths: a product's decision."""

MAX_DECODING_S = 90.0
"""Processor time; a song of ten minutes takes about a second."""

MAX_CHANNELS = 8
MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 384_000
"""Up to 7.1 sound, and from half of telephony's rate to the highest that converters have."""

SILENT_PEAK = 10 ** (-50 / 20)
"""-50 dB of full scale, against samples in [-1, 1]."""

MIN_BROKEN, MAX_BROKEN_SHARE = 10, 0.05
"""Broken packets that are passed over, besides this share of those read."""


def decode_mono(
    path: Path,
    *,
    sample_rate_hz: int = ANALYSIS_RATE_HZ,
    min_s: float = MIN_SONG_S,
    max_s: float = MAX_SONG_S,
) -> NDArray[np.float32]:
    """Return a file's first audio stream, decoded to one channel.

    Parameters
    ----------
    path : Path
        A file on this disk; nothing else is opened, whatever the file says.
    sample_rate_hz : int
        Samples per second of the result, > 0.
    min_s, max_s : float
        Accepted length in seconds; decoding stops at ``max_s``, so memory and time are bounded
        by it and not by the file.

    Returns
    -------
    ndarray, shape (n_samples,), float32
        Samples in [-1, 1], finite.

    Raises
    ------
    UnusableAudio
        ``audio_unreadable``, ``audio_truncated``, ``audio_silent``, ``audio_too_short`` or
        ``audio_too_long``.
    """
    with open_audio(path) as (container, stream):
        declared_s = find_declared_length_s(path, container)
        chunks = [
            frame.to_ndarray().reshape(-1)
            for frame in resample_frames(
                container, stream, layout="mono", rate_hz=sample_rate_hz, max_s=max_s
            )
        ]
    signal: NDArray[np.float32] = np.concatenate([np.zeros(0, np.float32), *chunks])
    _check_length(len(signal) / sample_rate_hz, declared_s=declared_s, min_s=min_s)
    return _levelled(signal)


def _check_length(length_s: float, *, declared_s: float | None, min_s: float) -> None:
    """Refuse what ends before its header says, or is too short."""
    if declared_s is not None and length_s < declared_s * TRUNCATED_SHARE - 0.5:
        raise UnusableAudio(
            f"The file is cut off: only its first {length_s:.0f} s can be read.",
            code="audio_truncated",
        )
    if length_s < min_s:
        raise UnusableAudio(
            f"The sound lasts {length_s:.1f} s; at least {min_s:.0f} s are needed.",
            code="audio_too_short",
        )


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Open a file and its first audio stream, and close it at the end.

    Parameters
    ----------
    path : Path
        A file on this disk.

    Yields
    ------
    tuple of (InputContainer, AudioStream)
        A stream that has a decoder, 1 to ``MAX_CHANNELS`` channels and a sane rate.

    Raises
    ------
    UnusableAudio
        ``audio_unreadable``.
    """
    try:
        container = open_media(path)
    except (UnknownContainer, av.FFmpegError, ValueError) as exc:
        raise unreadable_audio() from exc
    with container:
        if not container.streams.audio:
            raise UnusableAudio("The file holds no sound.", code="audio_unreadable")
        stream = container.streams.audio[0]
        if stream.codec_context is None:  # PyAV 18: libav has no decoder for what is named there
            raise unreadable_audio()
        if not 1 <= stream.codec_context.channels <= MAX_CHANNELS:
            raise UnusableAudio(
                f"The sound has {stream.codec_context.channels} channels; "
                f"at most {MAX_CHANNELS} are understood.",
                code="audio_unreadable",
            )
        _check_rate(stream.codec_context.sample_rate)
        yield container, stream


def _check_rate(rate_hz: int) -> None:
    """Refuse rates at which a resampler takes minutes, or memory without end."""
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise UnusableAudio(
            f"The sound has {rate_hz} samples per second; "
            f"{MIN_RATE_HZ} to {MAX_RATE_HZ} are understood.",
            code="audio_unreadable",
        )


def unreadable_audio() -> UnusableAudio:
    """Return the error for what libav cannot read as audio."""
    return UnusableAudio(
        "The file could not be read as audio. MP3, AAC, Ogg, FLAC and WAV are understood.",
        code="audio_unreadable",
    )


def _decoded(
    container: InputContainer, stream: AudioStream, *, max_s: float
) -> Iterator[AudioFrame]:
    """Yield frames in order; a few broken packets are passed over, more end it."""
    deadline = time.thread_time() + MAX_DECODING_S  # of processor: a loaded machine is no fault
    n_broken, decoded_s = 0, 0.0
    for n_packets, packet in enumerate(read_packets(container, stream)):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            n_broken += 1
            frames = []
        if n_broken > MIN_BROKEN + MAX_BROKEN_SHARE * n_packets or time.thread_time() > deadline:
            raise UnusableAudio("The sound is damaged beyond use.", code="audio_unreadable")
        for frame in frames:
            decoded_s += frame.samples / frame.sample_rate
            if decoded_s > max_s + 0.5:
                raise audio_too_long(max_s)
            yield frame


def read_packets(container: InputContainer, stream: AudioStream) -> Iterator[Packet[AudioStream]]:
    """Yield packets up to the end, or to where the container can no longer be followed."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        yield packet


def audio_too_long(max_s: float) -> UnusableAudio:
    """Return the error for what lasts longer than ``max_s`` seconds."""
    length = f"{max_s / 60:.0f} minutes" if max_s >= 120 else f"{max_s:.0f} seconds"
    return UnusableAudio(f"The sound lasts longer than {length}.", code="audio_too_long")


def resample_frames(
    container: InputContainer, stream: AudioStream, *, layout: str, rate_hz: int, max_s: float
) -> Iterator[AudioFrame]:
    """Yield frames as float samples of one layout and rate, without gaps, time 0 at the first.

    Parameters
    ----------
    container, stream
        As ``open_audio`` gives them.
    layout : str
        libav's name of a channel layout; ``mono`` gives packed samples, others planar ones.
    rate_hz : int
        Samples per second of the frames, > 0.
    max_s : float
        Seconds of sound after which it is refused.

    Yields
    ------
    AudioFrame
        float32 samples; ``pts`` is not set.

    Raises
    ------
    UnusableAudio
        ``audio_unreadable`` or ``audio_too_long``.
    """
    resampler: av.AudioResampler | None = None
    shape: Any = None
    for frame in _decoded(container, stream, max_s=max_s):
        # a resampler refuses a change of format within the stream, which MP3 and AAC allow
        if shape != (shape := (frame.format.name, frame.layout.name, frame.sample_rate)):
            _check_rate(frame.sample_rate)
            if resampler is not None:
                yield from resampler.resample(None)
            resampler = av.AudioResampler(
                format="flt" if layout == "mono" else "fltp", layout=layout, rate=rate_hz
            )
        frame.pts = None
        if resampler is not None:
            yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.resample(None)


def _levelled(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return finite samples within [-1, 1]; raise UnusableAudio if there is only silence."""
    if not np.isfinite(signal).all():
        signal = np.nan_to_num(signal, posinf=0.0, neginf=0.0)
    peak = float(max(signal.max(), -signal.min()))
    if peak < SILENT_PEAK:
        raise UnusableAudio("There is only silence in the file.", code="audio_silent")
    return signal / np.float32(peak) if peak > 1 else signal
