"""A song of ten minutes, made of a shorter one: as long as the product takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

LENGTH_S = 598
RATE_HZ = 44_100


def write_long_song(song: Path, target: Path) -> Path:
    """Repeat a song, from its first sample to its last, for ten minutes, as FLAC in stereo."""
    import av

    with av.open(str(target), "w", format="flac") as output:
        track = output.add_stream("flac", rate=RATE_HZ, layout="stereo")
        n_samples = 0
        while n_samples < LENGTH_S * RATE_HZ:
            for frame in _frames(song):
                if n_samples >= LENGTH_S * RATE_HZ:
                    break
                frame.pts, n_samples = n_samples, n_samples + frame.samples
                output.mux(track.encode(frame))
        output.mux(track.encode(None))
    return target


def _frames(song: Path) -> Iterator[AudioFrame]:
    import av

    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE_HZ, frame_size=4096)
    with av.open(str(song)) as container:
        for frame in container.decode(audio=0):
            yield from resampler.resample(frame)
        yield from resampler.resample(None)
