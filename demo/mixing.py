"""From notes to sound: every voice's place in the mix, the room around them, and the master."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from demo import instruments
from demo.instruments import SAMPLE_RATE_HZ, Samples
from demo.score import Note

type Stereo = NDArray[np.float32]

# Gives -14 LUFS, what streaming services play at, and a true peak under -1 dBTP.
TARGET_RMS_DB = -16.7
CEILING = 10.0 ** (-1.6 / 20.0)
RUMBLE_HZ, AIR_HZ, AIR_DB = 28.0, 5000.0, 5.5


@dataclass(frozen=True, slots=True)
class Clock:
    """When beats sound.

    Attributes
    ----------
    tempo_bpm : float
        The usual tempo: how long notes are held.
    beat_s : callable
        Seconds from the start of the file at which a beat, or a part of one, sounds.
    """

    tempo_bpm: float
    beat_s: Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Channel:
    """How a voice sits in the mix: linear gain, pan (-1 left … 1 right) and reverb send."""

    gain: float
    pan: float
    send: float


MIX: dict[str, Channel] = {
    "macho": Channel(0.42, 0.22, 0.10),
    "hembra": Channel(0.55, 0.12, 0.12),
    "ghost": Channel(0.30, 0.25, 0.08),
    "scrape": Channel(0.34, -0.30, 0.06),
    "tick": Channel(0.30, -0.30, 0.05),
    "bass": Channel(0.62, 0.0, 0.02),
    "kick": Channel(0.55, 0.0, 0.04),
    "bell": Channel(0.34, 0.28, 0.14),
    "crash": Channel(0.55, -0.1, 0.25),
    "requinto": Channel(0.60, 0.34, 0.30),
    "segunda": Channel(0.50, -0.42, 0.22),
}


def mix(
    notes: Iterable[Note],
    vocals: Iterable[tuple[Iterable[Note], float, float]],
    clock: Clock,
    *,
    n_samples: int,
) -> Stereo:
    """All voices in stereo, with the room they send to.

    Parameters
    ----------
    notes : iterable of Note
        All but the sung ones.
    vocals : iterable of (notes, gain, pan)
        The singers' lines.
    """
    dry = np.zeros((2, n_samples), np.float32)
    wet = np.zeros(n_samples, np.float32)
    for note in notes:
        _place(dry, wet, note, clock)
    for line, gain, pan in vocals:
        _sing(dry, wet, line, clock, gain=gain, pan=pan)
    return dry + _reverb(wet)


def _place(dry: Stereo, wet: Samples, note: Note, clock: Clock) -> None:
    channel, sound = MIX[note.voice], _sound(note, clock)
    first = max(0, round(clock.beat_s(note.beat) * SAMPLE_RATE_HZ))
    count = min(sound.size, wet.size - first)
    level = channel.gain * note.gain * sound[:count]
    left, right = _panned(channel.pan)
    dry[0, first : first + count] += left * level
    dry[1, first : first + count] += right * level
    wet[first : first + count] += channel.send * level


def _panned(pan: float) -> tuple[float, float]:
    """Equal-power gains of the two sides."""
    angle = (pan + 1.0) * np.pi / 4.0
    return float(np.cos(angle) * np.sqrt(2)), float(np.sin(angle) * np.sqrt(2))


def _sound(note: Note, clock: Clock) -> Samples:
    length_s = round(note.beats * 60.0 / clock.tempo_bpm, 3)
    match note.voice:
        case "requinto":
            return instruments.pluck(note.pitch, length_s + 0.15, brightness=0.72, ring_s=0.8)
        case "segunda":
            return instruments.pluck(note.pitch, length_s, brightness=0.55, ring_s=0.5)
        case "bass":
            return instruments.bass(note.pitch, length_s)
        case "scrape" | "tick":
            return instruments.guira(0.16 if note.voice == "scrape" else 0.06)
        case "bell":
            return instruments.bell(640.0)
        case "crash":
            return instruments.cymbal(1.8)
        case _:
            return _skin(note.voice)


def _skin(voice: str) -> Samples:
    match voice:
        case "kick":
            return instruments.drum(58.0, decay_s=0.11, bend=2.5, slap=0.15)
        case "hembra":
            return instruments.drum(230.0, decay_s=0.10, bend=0.2, slap=0.35)
        case "macho":
            return instruments.drum(470.0, decay_s=0.045, bend=0.1, slap=0.8)
        case _:
            return instruments.drum(520.0, decay_s=0.02, bend=0.05, slap=0.6)


def _sing(
    dry: Stereo, wet: Samples, line: Iterable[Note], clock: Clock, *, gain: float, pan: float
) -> None:
    notes = [
        (
            clock.beat_s(note.beat),
            note.beats * 60.0 / clock.tempo_bpm,
            float(note.pitch),
            note.vowel,
        )
        for note in line
    ]
    sung = instruments.sing(notes, wet.size / SAMPLE_RATE_HZ)
    left, right = _panned(pan)
    dry[0] += left * gain * sung
    dry[1] += right * gain * sung
    wet += 0.35 * gain * sung


def _reverb(send: Samples) -> Stereo:
    """A small warm hall: decaying noise, other noise on each side, no lows."""
    time = np.arange(round(1.3 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    shape = np.exp(-time / 0.24) * np.minimum(1.0, time / 0.012)
    size = fft.next_fast_len(send.size + time.size, real=True)
    spectrum = fft.rfft(send, size)
    sides = []
    for noise in np.random.default_rng(11).standard_normal((2, time.size)):
        impulse = instruments.band(noise * shape, 250.0, 5000.0)
        impulse *= 0.55 / np.sqrt(np.sum(impulse**2))
        wet = fft.irfft(spectrum * fft.rfft(impulse.astype(np.float32), size), size)
        sides.append(wet[: send.size])
    return np.stack(sides).astype(np.float32)


def master(mix: Stereo) -> Stereo:
    """Clear rumble, add air, bring the mix to its loudness and hold the peaks below the ceiling.

    Notes
    -----
    The limiter looks ahead: the gain is the smoothed minimum over 5 ms around each sample, so
    it is already down when the peak comes and never clips a waveform.
    """
    mix = _equalised(mix)
    for _ in range(2):
        mix = mix * np.float32(10 ** (TARGET_RMS_DB / 20) / np.sqrt(np.mean(mix**2)))
        window = round(0.005 * SAMPLE_RATE_HZ)
        peaks = maximum_filter1d(np.max(np.abs(mix), axis=0), 2 * window + 1)
        gain = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
        mix = mix * uniform_filter1d(gain, window).astype(np.float32)
    fade = np.linspace(1.0, 0.0, round(0.5 * SAMPLE_RATE_HZ), dtype=np.float32)
    mix[:, -fade.size :] *= fade
    return mix


def _equalised(mix: Stereo) -> Stereo:
    """Without what lies below hearing, the drums' offset above all, and with brighter tops."""
    size = fft.next_fast_len(mix.shape[1] + SAMPLE_RATE_HZ // 4, real=True)
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ), 1e-3)
    air = 10 ** (AIR_DB / 20 / (1 + (AIR_HZ / hertz) ** 2))
    weight = (air / (1 + (RUMBLE_HZ / hertz) ** 4)).astype(np.float32)
    shaped = fft.irfft(fft.rfft(mix, size) * weight, size)
    return np.asarray(shaped[:, : mix.shape[1]], np.float32)
