"""The instruments of the demo song and of the clips' click tracks, as one-shot mono samples.

Every function gives ``float32`` samples at ``SAMPLE_RATE_HZ``, peaking near 1; the same
arguments always give the same samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

type Samples = NDArray[np.float32]

SAMPLE_RATE_HZ = 44_100

# Formant frequencies in hertz and relative amplitudes of a tenor's vowels.
# Source: Csound manual, appendix "Formant Values".
VOWELS: dict[str, tuple[tuple[float, float], ...]] = {
    "a": ((650, 1.0), (1080, 0.50), (2650, 0.45), (2900, 0.40), (3250, 0.08)),
    "e": ((400, 1.0), (1700, 0.20), (2600, 0.25), (3200, 0.20), (3580, 0.10)),
    "i": ((290, 1.0), (1870, 0.18), (2800, 0.13), (3250, 0.10), (3540, 0.03)),
    "o": ((400, 1.0), (800, 0.32), (2600, 0.25), (2800, 0.25), (3000, 0.05)),
    "u": ((350, 1.0), (600, 0.10), (2700, 0.14), (2900, 0.20), (3300, 0.05)),
}


def midi_to_hz(note: float) -> float:
    """Frequency of a MIDI note, equal temperament, A4 = 69 = 440 Hz."""
    return float(440.0 * 2.0 ** ((note - 69) / 12))


def _times(length_s: float) -> NDArray[np.float64]:
    return np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def _noise(count: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(count)


def band(signal: NDArray[np.float64], low_hz: float, high_hz: float) -> NDArray[np.float64]:
    """A soft band-pass, 12 dB an octave on either side, without phase shift."""
    spectrum = np.fft.rfft(signal)
    hertz = np.maximum(np.fft.rfftfreq(signal.size, 1 / SAMPLE_RATE_HZ), 1.0)
    weight = 1.0 / ((1.0 + (low_hz / hertz) ** 4) * (1.0 + (hertz / high_hz) ** 4)) ** 0.5
    return np.asarray(np.fft.irfft(spectrum * weight, signal.size))


def _normalised(signal: NDArray[np.float64]) -> Samples:
    peak = float(np.max(np.abs(signal)))
    return (signal / (peak or 1.0)).astype(np.float32)


def _fade_out(signal: NDArray[np.float64], fade_s: float) -> NDArray[np.float64]:
    count = min(len(signal), round(fade_s * SAMPLE_RATE_HZ))
    signal[len(signal) - count :] *= np.linspace(1.0, 0.0, count)
    return signal


@cache
def pluck(note: float, length_s: float, *, brightness: float = 0.6, ring_s: float = 0.9) -> Samples:
    """A plucked steel string.

    Parameters
    ----------
    brightness : float
        Share of the pick's high frequencies that reach the string, in [0, 1].
    ring_s : float
        Seconds in which the string loses 60 dB at its fundamental.

    Notes
    -----
    Source: Karplus and Strong (1983). One period depends only on the period before it, so a
    whole period is computed at once; the integer period's mistuning is undone by resampling.
    """
    hertz = midi_to_hz(note)
    period = int(SAMPLE_RATE_HZ / hertz)
    stretch = hertz * period / SAMPLE_RATE_HZ  # [Hz] * [samples] / [samples / s] = [1]
    count = round(length_s * SAMPLE_RATE_HZ)
    rounds = int(count * stretch) // period + 2
    loss = 10.0 ** (-3.0 / (ring_s * hertz))
    string = np.empty((rounds, period))
    string[0] = _pick(period, brightness, seed=round(note * 8))
    for index in range(1, rounds):
        before = string[index - 1]
        string[index] = loss * (0.82 * before + 0.18 * np.roll(before, 1))
    flat = string.ravel()
    exact = np.interp(np.arange(count) * stretch, np.arange(flat.size), flat)
    return _normalised(_fade_out(exact, min(0.03, length_s / 4)))


def _pick(period: int, brightness: float, *, seed: int) -> NDArray[np.float64]:
    """The string's first period: shaped noise, hollowed out by the place it is picked at."""
    burst = np.random.default_rng(seed).uniform(-1.0, 1.0, period)
    softness = max(1, round((1.0 - brightness) * period / 6))
    burst = np.convolve(np.tile(burst, 3), np.ones(softness) / softness, "same")[
        period : 2 * period
    ]
    burst = burst - 0.7 * np.roll(burst, max(1, period // 6))
    return np.asarray(burst - burst.mean())


@cache
def bass(note: float, length_s: float) -> Samples:
    """A round fingered bass note."""
    time = _times(length_s)
    phase = 2 * np.pi * midi_to_hz(note) * time
    tone = np.sin(phase) + 0.45 * np.exp(-time / 0.25) * np.sin(2 * phase)
    tone += 0.22 * np.exp(-time / 0.12) * np.sin(3 * phase) + 0.1 * np.exp(-time / 0.05) * np.sin(
        5 * phase
    )
    tone *= np.minimum(1.0, time / 0.004) * np.exp(-time / 0.7)
    return _normalised(_fade_out(tone, 0.04))


@cache
def drum(hertz: float, *, decay_s: float, bend: float = 0.25, slap: float = 0.4) -> Samples:
    """A tuned skin (bongo, conga, kick).

    Parameters
    ----------
    bend : float
        How far above its pitch the stroke starts, as a share of the pitch.
    slap : float
        Loudness of the stroke's noise against its tone.
    """
    time = _times(decay_s * 5)
    swept = hertz * (time + bend * 0.02 * (1.0 - np.exp(-time / 0.02)))
    tone = np.sin(2 * np.pi * swept) + 0.35 * np.sin(2 * np.pi * 1.59 * swept) * np.exp(
        -time / (decay_s / 2)
    )
    skin = band(_noise(time.size, seed=round(hertz)), 900, 7000) * np.exp(-time / 0.006)
    sound = tone * np.exp(-time / decay_s) + slap * skin
    return _normalised(_fade_out(sound * np.minimum(1.0, time / 0.0006), 0.01))


@cache
def guira(length_s: float) -> Samples:
    """One scrape of the güira: a ragged, metallic hiss."""
    time = _times(length_s + 0.05)
    hiss = band(_noise(time.size, seed=round(length_s * 1000)), 4200, 12500)
    teeth = 0.65 + 0.35 * np.sign(np.sin(2 * np.pi * 110 * time))
    shape = np.minimum(1.0, time / 0.003) * np.where(
        time < length_s, 1.0 - 0.5 * time / length_s, 0.0
    )
    shape = np.maximum(shape, 0.0) * np.exp(-time / (length_s * 0.9))
    return _normalised(_fade_out(hiss * teeth * shape, 0.02))


@cache
def bell(hertz: float) -> Samples:
    """The campana: a hand-held cowbell, struck at its mouth."""
    time = _times(0.32)
    tone = np.sin(2 * np.pi * hertz * time) + 0.7 * np.sin(2 * np.pi * 1.506 * hertz * time)
    tone += 0.35 * np.sin(2 * np.pi * 2.63 * hertz * time) * np.exp(-time / 0.03)
    stick = band(_noise(time.size, seed=round(hertz)), 2000, 9000) * np.exp(-time / 0.004)
    shape = np.minimum(1.0, time / 0.0008) * np.exp(-time / 0.06)
    return _normalised(_fade_out((tone + 0.8 * stick) * shape, 0.02))


@cache
def cymbal(length_s: float) -> Samples:
    """A soft crash that opens a section."""
    time = _times(length_s)
    hiss = band(_noise(time.size, seed=7), 3000, 15000)
    return _normalised(_fade_out(hiss * np.exp(-time / (length_s / 4)), 0.1))


def sing(notes: Sequence[tuple[float, float, float, str]], length_s: float) -> Samples:
    """A sung line: one voice, gliding between its notes.

    Parameters
    ----------
    notes : sequence of (start_s, length_s, midi note, vowel)
        In order of time, not overlapping.
    length_s : float
        Length of the line.

    Notes
    -----
    Harmonics of the note weighted by the vowel's formants, summed by the Chebyshev recurrence
    ``sin kx = 2 cos x · sin (k-1)x - sin (k-2)x`` instead of one sine each.
    """
    line = np.zeros(round(length_s * SAMPLE_RATE_HZ))
    before: float | None = None
    for index, (start_s, note_s, note, vowel) in enumerate(notes):
        voice = _sung_note(note_s, note, vowel, glide_from=before, seed=index)
        first = round(start_s * SAMPLE_RATE_HZ)
        count = min(voice.size, line.size - first)
        line[first : first + count] += voice[:count]
        before = note
    return line.astype(np.float32)


def _sung_note(
    length_s: float, note: float, vowel: str, *, glide_from: float | None, seed: int
) -> NDArray[np.float64]:
    time = _times(length_s + 0.06)
    glide = 0.0 if glide_from is None else np.clip(glide_from - note, -3.0, 3.0)
    vibrato = 0.28 * np.clip((time - 0.22) / 0.35, 0.0, 1.0) * np.sin(2 * np.pi * 5.4 * time + seed)
    pitch = note + (glide - 0.6) * np.exp(-time / 0.035) + vibrato
    hertz = 440.0 * 2.0 ** ((pitch - 69) / 12)
    angle = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE_HZ
    tone = _harmonics(angle, _formant_weights(midi_to_hz(note), vowel))
    breath = 0.012 * band(_noise(time.size, seed=seed), 2500, 6000)
    attack = np.minimum(1.0, time / 0.05) ** 1.5
    release = np.clip((length_s + 0.06 - time) / 0.09, 0.0, 1.0)
    swell = 0.86 + 0.14 * np.sin(np.pi * np.clip(time / length_s, 0.0, 1.0))
    return np.asarray((tone + breath) * attack * release * swell)


@cache
def _formant_weights(hertz: float, vowel: str) -> tuple[float, ...]:
    """Amplitude of each harmonic up to 4.5 kHz, normalised to equal power."""
    partials = np.arange(1, int(4500 / hertz) + 1) * hertz
    weights = np.zeros_like(partials)
    for formant, (centre_hz, amplitude) in enumerate(VOWELS[vowel]):
        width_hz = 70.0 + 25.0 * formant
        weights += amplitude / (1.0 + ((partials - centre_hz) / width_hz) ** 2)
    weights = (weights + 0.05) * (220.0 / partials) ** 0.35
    return tuple(weights / np.sqrt(np.sum(weights**2)))


def _harmonics(angle: NDArray[np.float64], weights: Sequence[float]) -> NDArray[np.float64]:
    twice_cosine = 2.0 * np.cos(angle)
    before, current = np.zeros_like(angle), np.sin(angle)
    total = weights[0] * current
    for weight in weights[1:]:
        before, current = current, twice_cosine * current - before
        total += weight * current
    return np.asarray(total)
