"""The demo song: its score played, mixed, mastered and written.

The answers (beats, the one, sections) come from the score, not from the sound.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import av
import numpy as np

from demo import score
from demo.contract import DemoSection, DemoSong
from demo.folder import drop_leftovers, held, material_version, part_of
from demo.instruments import SAMPLE_RATE_HZ
from demo.mixing import Clock, Stereo, master, mix

_ENERGY: dict[str, Literal["low", "medium", "high"]] = {
    "intro": "low",
    "verse": "medium",
    "chorus": "high",
    "outro": "low",
}


def make_song(target: Path) -> DemoSong:
    """Play the score into ``target`` (16-bit FLAC, 44.1 kHz stereo); same bytes every time."""
    part = part_of(target)
    write_flac(master(_mix()), part)
    os.replace(part, target)
    return song_answers(target)


def ensure_song(folder: Path) -> DemoSong:
    """Make the song in ``folder`` unless the same generator has made it already.

    Safe to call twice, at once, and after a killed run: the file appears whole or not at all.
    """
    target = folder / f"noche_de_papel_{material_version()}.flac"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with held(folder):
            if not target.exists():
                drop_leftovers(folder)
                make_song(target)
    return song_answers(target)


def song_answers(path: Path) -> DemoSong:
    """What is true of the song at ``path``, from the score."""
    last_beat = score.EIGHTS * score.BEATS_PER_EIGHT
    beats = range(-score.PICKUP_BEATS, last_beat + 1)
    return DemoSong(
        path=path,
        title=score.TITLE,
        artist=score.ARTIST,
        tempo_bpm=score.TEMPO_BPM,
        duration_s=_length_samples() / SAMPLE_RATE_HZ,
        beats_s=tuple(score.beat_s(beat) for beat in beats),
        first_one=score.PICKUP_BEATS,
        sections=tuple(_section(passage) for passage in score.FORM),
    )


def _section(passage: score.Passage) -> DemoSection:
    end = passage.first_beat + passage.eights * score.BEATS_PER_EIGHT
    return DemoSection(
        start_s=score.beat_s(passage.first_beat),
        end_s=score.beat_s(end),
        label=passage.part,
        energy=_ENERGY[passage.part],
    )


def _length_samples() -> int:
    last_s = score.beat_s(score.EIGHTS * score.BEATS_PER_EIGHT)
    return round((last_s + score.TAIL_S) * SAMPLE_RATE_HZ)


def _mix() -> Stereo:
    """All voices, sung ones too, before the master."""
    clock = Clock(score.TEMPO_BPM, score.beat_s)
    vocals = ((score.write_vocals(), 0.20, 0.0), (score.write_vocals(harmony=True), 0.10, -0.35))
    return mix(score.write_score(), vocals, clock, n_samples=_length_samples())


def write_flac(samples: Stereo, target: Path) -> None:
    """16-bit FLAC of samples in [-1, 1]."""
    whole = np.ascontiguousarray(np.round(samples.T * 32767.0).astype(np.int16))
    with av.open(str(target), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, layout="stereo")
        container.metadata.update({"title": score.TITLE, "artist": score.ARTIST})
        block = 1 << 16
        for first in range(0, len(whole), block):
            piece = whole[first : first + block].reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
