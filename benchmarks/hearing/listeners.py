"""Who listens: this project, librosa as the named reference, and essentia where it is installed."""

from __future__ import annotations

import time
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.audio.analysis import analyse
from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono
from engine.contract import BEATS_PER_BAR, BEATS_PER_EIGHT, UnusableAudio


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard:
    """What a listener says of a piece; no beats where it was refused."""

    beats_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    bars_s: NDArray[np.float64] | None = None
    processor_s: float = 0.0


type Listener = Callable[[Path], Heard]


def by_ourselves(sound: Path) -> Heard:
    """Return what this project hears; its bars are each eight's first and fifth beat."""
    signal = decode_mono(sound)
    start_s = time.process_time()
    try:
        found = analyse(signal, sample_rate_hz=ANALYSIS_RATE_HZ)
    except UnusableAudio:
        return Heard(processor_s=time.process_time() - start_s)
    took_s = time.process_time() - start_s
    ones = [*found.ones, found.ones[-1] + BEATS_PER_EIGHT]
    starts = [
        at
        for one, after in pairwise(ones)
        for at in range(one, after, BEATS_PER_BAR)
        if at < len(found.beats_s)
    ]
    starts = [*range(ones[0] - BEATS_PER_BAR, -1, -BEATS_PER_BAR)][::-1] + starts
    return Heard(beats_s=found.beats_s, bars_s=found.beats_s[starts], processor_s=took_s)


def by_librosa(sound: Path) -> Heard:
    """Return what ``librosa.beat.beat_track`` hears, as it comes; it knows no bars."""
    import librosa

    signal = decode_mono(sound)
    start_s = time.process_time()
    _, beats_s = librosa.beat.beat_track(y=signal, sr=ANALYSIS_RATE_HZ, units="time")
    return Heard(beats_s=np.asarray(beats_s), processor_s=time.process_time() - start_s)


def by_essentia(sound: Path) -> Heard:
    """Return what essentia's ``RhythmExtractor2013`` hears, as it comes; it knows no bars."""
    import essentia
    import essentia.standard

    essentia.log.infoActive = essentia.log.warningActive = False
    signal = _read_wav(sound)
    start_s = time.process_time()
    beats_s = essentia.standard.RhythmExtractor2013(method="multifeature")(signal)[1]
    return Heard(beats_s=np.asarray(beats_s, float), processor_s=time.process_time() - start_s)


def _read_wav(sound: Path) -> NDArray[np.float32]:
    """Return the mono samples of a 16-bit WAV file, at its own rate."""
    with wave.open(str(sound)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        mono = samples.reshape(-1, file.getnchannels()).mean(axis=1) / 32768
    return mono.astype(np.float32)


LISTENERS: dict[str, Listener] = {
    "ours": by_ourselves,
    "librosa": by_librosa,
    "essentia": by_essentia,
}
