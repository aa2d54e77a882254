"""The sound of a clip: bongo on every beat, the one and the tap accented, güira between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from demo import instruments
from demo.instruments import SAMPLE_RATE_HZ, Samples
from demo.motion import COUNTS, TAPS

PEAK = 0.70


def play_clicks(beats_s: Sequence[float], length_s: float) -> Samples:
    """Mono percussion whose strokes begin at ``beats_s`` to the sample; the first one is a one."""
    track = np.zeros(round(length_s * SAMPLE_RATE_HZ), np.float32)
    spacing_s = float(np.mean(np.diff(beats_s)))
    macho = instruments.drum(470.0, decay_s=0.045, bend=0.1, slap=0.8)
    hembra = instruments.drum(230.0, decay_s=0.10, bend=0.2, slap=0.5)
    deep = instruments.drum(75.0, decay_s=0.12, bend=1.5, slap=0.2)
    scrape, tick = instruments.guira(0.10), instruments.guira(0.04)
    for index, beat_s in enumerate(beats_s):
        count = index % COUNTS
        _strike(track, beat_s, macho, 0.80 if count == 0 else 0.48)
        _strike(track, beat_s, scrape, 0.12)
        _strike(track, beat_s + spacing_s / 2, tick, 0.07)
        if count == 0:
            _strike(track, beat_s, deep, 0.75)
        if count in TAPS:
            _strike(track, beat_s, hembra, 0.45)
    return track * np.float32(PEAK / np.max(np.abs(track)))


def _strike(track: Samples, at_s: float, sound: Samples, gain: float) -> None:
    first = round(at_s * SAMPLE_RATE_HZ)
    count = max(0, min(sound.size, track.size - first))
    track[first : first + count] += np.float32(gain) * sound[:count]
