"""The sound of a song or clip: decoded for analysis, and made into the AAC track of the video.

Time 0 of everything below is the first sample a player would sound, so the decoded signal, the
beats found in it and the AAC track agree: encoder delay is trimmed on the way in (libav's skip
samples) and declared on the way out (MP4 edit list).
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from engine.audio.containers import UnknownContainer, open_media
from engine.contract import UnusableAudio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from numpy.typing import NDArray

ANALYSIS_RATE_HZ = 22_050
MIN_SONG_S, MAX_SONG_S = 20.0, 600.0
MIN_CLIP_S, MAX_CLIP_S = 2.0, 120.0
MAX_DECODING_S = 90.0
MAX_CHANNELS = 8
MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 384_000
AAC_BIT_RATE = 160_000
SILENT_PEAK = 10 ** (-50 / 20)
MAX_BROKEN_SHARE = 0.05
TRUNCATED_SHARE = 0.95


def decode_mono(
    path: Path,
    *,
    sample_rate_hz: int = ANALYSIS_RATE_HZ,
    min_s: float = MIN_SONG_S,
    max_s: float = MAX_SONG_S,
) -> NDArray[np.float32]:
    """Decode a file's first audio stream to one channel.

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
    with _opened(path) as (container, stream):
        declared_s = _declared_s(path, container)
        chunks = [
            frame.to_ndarray().reshape(-1)
            for frame in _samples(
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


def encode_aac(
    source: Path, target: Path, *, bit_rate: int = AAC_BIT_RATE, max_s: float = MAX_SONG_S
) -> None:
    """Write a song as an MP4 file with one AAC track, copied if it is AAC already.

    Encoded anew it is stereo at 44.1 or 48 kHz. ``target`` appears whole or not at all; an
    existing one is replaced.

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


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Open a file and its first audio stream; what libav cannot open is UnusableAudio."""
    try:
        container = open_media(path)
    except (UnknownContainer, av.FFmpegError, ValueError) as exc:
        raise _unreadable() from exc
    with container:
        if not container.streams.audio:
            raise UnusableAudio("The file holds no sound.", code="audio_unreadable")
        stream = container.streams.audio[0]
        if stream.codec_context is None:  # PyAV 18: libav has no decoder for what is named there
            raise _unreadable()
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


def _unreadable() -> UnusableAudio:
    return UnusableAudio(
        "The file could not be read as audio. MP3, AAC, Ogg, FLAC and WAV are understood.",
        code="audio_unreadable",
    )


def _decoded(
    container: InputContainer, stream: AudioStream, *, max_s: float
) -> Iterator[AudioFrame]:
    """Frames in order; a few broken packets are passed over, more end it."""
    deadline = time.thread_time() + MAX_DECODING_S  # of processor: a loaded machine is no fault
    n_broken, decoded_s = 0, 0.0
    for n_packets, packet in enumerate(_packets(container, stream)):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            n_broken += 1
            frames = []
        if n_broken > 10 + MAX_BROKEN_SHARE * n_packets or time.thread_time() > deadline:
            raise UnusableAudio("The sound is damaged beyond use.", code="audio_unreadable")
        for frame in frames:
            decoded_s += frame.samples / frame.sample_rate
            if decoded_s > max_s + 0.5:
                raise _too_long(max_s)
            yield frame


def _packets(container: InputContainer, stream: AudioStream) -> Iterator[Packet[AudioStream]]:
    """Packets up to the end, or to where the container can no longer be followed."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        yield packet


def _too_long(max_s: float) -> UnusableAudio:
    length = f"{max_s / 60:.0f} minutes" if max_s >= 120 else f"{max_s:.0f} seconds"
    return UnusableAudio(f"The sound lasts longer than {length}.", code="audio_too_long")


def _samples(
    container: InputContainer, stream: AudioStream, *, layout: str, rate_hz: int, max_s: float
) -> Iterator[AudioFrame]:
    """Frames as float samples of one layout and rate, without gaps, time 0 at the first."""
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
    """Finite samples within [-1, 1]; silence is refused."""
    if not np.isfinite(signal).all():
        signal = np.nan_to_num(signal, posinf=0.0, neginf=0.0)
    peak = float(max(signal.max(), -signal.min()))
    if peak < SILENT_PEAK:
        raise UnusableAudio("There is only silence in the file.", code="audio_silent")
    return signal / np.float32(peak) if peak > 1 else signal


def _declared_s(path: Path, container: InputContainer) -> float | None:
    """Length the file's header promises, or None where libav would only be guessing.

    MP3 without a Xing header and ADTS have no length; libav guesses it from the bit rate. Ogg
    has none either, but its last page is whole unless the file was cut. Of a cut WAV libav takes
    the length from the file's size. For both a cut shows as an infinite length.
    """
    name = container.format.name
    if (name == "ogg" and not _ends_with_whole_ogg_page(path)) or (
        name == "wav" and _lacks_wav_data(path)
    ):
        return float("inf")
    if name == "ogg":
        return None
    if name in {"aac"} or (name == "mp3" and not _has_xing_header(path)):
        return None
    return None if container.duration is None else container.duration / av.time_base


def _has_xing_header(path: Path) -> bool:
    """Whether an MP3's first frames state its length (tags Xing, Info or VBRI)."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    return any(tag in head for tag in (b"Xing", b"Info", b"VBRI"))


def _lacks_wav_data(path: Path) -> bool:
    """Whether a WAV's data chunk states clearly more bytes than the file holds (RIFF 1.0)."""
    with path.open("rb") as file:
        size, place = file.seek(0, os.SEEK_END), 12
        while place + 8 <= size:
            file.seek(place)
            name, raw = file.read(4), file.read(4)
            length = int.from_bytes(raw, "little")
            if name == b"data":
                # written to a pipe, the length is left at its greatest
                is_known = length < 0xFFFF_0000
                return is_known and size - place - 8 < length * TRUNCATED_SHARE
            place += 8 + length + length % 2
    return False


def _ends_with_whole_ogg_page(path: Path) -> bool:
    """Whether the last Ogg page is as long as its own header says (RFC 3533 section 6)."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (1 << 17)))
        tail = file.read()
    start = tail.rfind(b"OggS")
    page = tail[start:] if start >= 0 else b""
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    return len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])


def _encode_aac(source: Path, target: Path, *, bit_rate: int, max_s: float) -> None:
    """Decode and encode; the encoder's delay becomes the MP4's edit list."""
    with _opened(source) as (container, stream), _mp4(target) as output:
        rate_hz = 44_100 if stream.codec_context.sample_rate % 11_025 == 0 else 48_000
        # twoloop, libav 8's default coder, takes twice the time of fast at this bit rate
        track = output.add_stream(
            "aac", rate=rate_hz, layout="stereo", options={"aac_coder": "fast"}
        )
        track.bit_rate = bit_rate
        n_samples = 0
        for frame in _samples(container, stream, layout="stereo", rate_hz=rate_hz, max_s=max_s):
            frame.pts, frame.time_base = n_samples, Fraction(1, rate_hz)
            n_samples += frame.samples
            output.mux(track.encode(frame))
        if not n_samples:
            raise _unreadable()
        output.mux(track.encode(None))


def _mp4(target: Path) -> OutputContainer:
    """An MP4 file to be written."""
    return av.open(str(target), mode="w", format="mp4", options={"movflags": "+faststart"})


def _copy_aac(source: Path, target: Path, *, max_s: float) -> bool:
    """Copy AAC packets if the track can be played as it is; False if it must be encoded."""
    with _opened(source) as (container, stream):
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
    for packet in _packets(container, stream):
        if packet.pts is None:
            continue
        is_cut = packet.is_discard and packet.pts >= 0  # below 0 it is encoder delay
        if is_cut or packet.is_corrupt or expected not in (None, packet.pts):
            return False
        if packet.pts * packet.time_base > max_s + 0.5:
            raise _too_long(max_s)
        expected = packet.pts + (packet.duration or 0)
        if not _is_decodable(packet):
            return False
        packet.stream = track
        output.mux(packet)
    return expected is not None


def _is_decodable(packet: Packet[AudioStream]) -> bool:
    try:
        packet.decode()
    except av.FFmpegError:
        return False
    return True
