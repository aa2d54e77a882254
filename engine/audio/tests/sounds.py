"""Signals with known answers, and files made of them."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 22_050


def even_beats(tempo_bpm: float, *, start_s: float = 0.0, end_s: float) -> NDArray[np.float64]:
    """Times of a metronome."""
    return np.arange(start_s, end_s, 60 / tempo_bpm)


def clicks(
    times_s: NDArray[np.float64],
    *,
    length_s: float,
    rate_hz: int = RATE_HZ,
    loudness: NDArray[np.float64] | None = None,
    pitch_hz: float = 1500.0,
) -> NDArray[np.float32]:
    """Short decaying tones, each beginning exactly at its time."""
    signal = np.zeros(round(length_s * rate_hz), np.float32)
    at = np.arange(int(0.03 * rate_hz)) / rate_hz
    tone = np.sin(2 * np.pi * pitch_hz * at) * np.exp(-at / 0.006)
    for index, time_s in enumerate(times_s):
        start = round(float(time_s) * rate_hz)
        room = signal[start : start + len(tone)]
        room += (1.0 if loudness is None else loudness[index]) * tone[: len(room)]
    return signal


# Each part of a piece: a chord a bar as MIDI notes, how loud they are, and whether a shaker plays.
PARTS: dict[str, tuple[tuple[tuple[int, ...], ...], float, bool]] = {
    "soft": (((57, 60, 64), (57, 60, 64), (52, 56, 59), (52, 56, 59)), 0.04, False),
    "verse": (((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62)), 0.10, False),
    "chorus": (((53, 57, 60), (55, 59, 62), (52, 55, 59), (57, 60, 64)), 0.20, True),
    "bridge": (((50, 53, 57), (58, 62, 65), (50, 53, 57), (56, 60, 63)), 0.12, True),
}


def piece(
    *parts: tuple[str, int], tempo_bpm: float = 125, start_s: float = 0.3, seed: int = 0
) -> NDArray[np.float32]:
    """Music made of parts, each a kind and its number of eights; it starts on the one.

    A drum marks the beats, louder on none; a bass and a chord enter on the ones and fives; the
    shaker plays between.
    """
    beat_s, random = 60 / tempo_bpm, np.random.default_rng(seed)
    n_beats = 8 * sum(eights for _, eights in parts)
    beats_s = start_s + np.arange(n_beats) * beat_s
    signal = clicks(beats_s, length_s=float(beats_s[-1]) + 2 * beat_s) * 0.3
    at_s = np.arange(round(3.95 * beat_s * RATE_HZ)) / RATE_HZ
    fade = np.minimum(1, (at_s[-1] - at_s) / 0.02) * np.minimum(1, at_s / 0.004)
    bars = [(kind, bar % 4) for kind, eights in parts for bar in range(2 * eights)]
    for index, (kind, step) in enumerate(bars):
        chords, gain, shaken = PARTS[kind]
        start = round((start_s + 4 * index * beat_s) * RATE_HZ)
        for note in (*chords[step], chords[step][0] - 12):
            hz = 440 * 2 ** ((note - 69) / 12)
            tone = np.sin(2 * np.pi * hz * at_s) + 0.4 * np.sin(4 * np.pi * hz * at_s)
            signal[start : start + len(at_s)] += (gain * tone * fade).astype(np.float32)
        for half in range(1, 8, 2) if shaken else ():
            hit = start + round(half / 2 * beat_s * RATE_HZ)
            hiss = random.standard_normal(800) * np.exp(-np.arange(800) / 200) * 0.08
            signal[hit : hit + 800] += hiss.astype(np.float32)
    return signal / np.abs(signal).max()


def answering_piece(
    *, tempo_bpm: float, bass_on: float, strum_on: float, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """A ukulele's loud strums and claps, and a bass, each so many beats after the beat.

    The bar's chord changes first with whichever of them is on the beat.

    Returns
    -------
    tuple of (signal, beats_s)
        Mono samples at ``RATE_HZ``, and when the beats are.
    """
    beats_s, period_s = 0.5 + np.arange(96) * 60 / tempo_bpm, 60 / tempo_bpm
    signal = np.zeros(round((float(beats_s[-1]) + 2) * RATE_HZ))
    random = np.random.default_rng(seed)
    for beat, beat_s in enumerate(beats_s):
        chord = PARTS["verse"][0][beat // 4 % 4]
        bass = _tone(chord[2 * (beat % 2)] - 24, 0.8 * period_s, decay_s=0.3, rise_s=0.005)
        _add(signal, beat_s + bass_on * period_s, 0.5 * bass)
        for string, note in enumerate(chord):
            strum = _tone(note + 12, 0.25, decay_s=0.08, rise_s=0.001)
            _add(signal, beat_s + strum_on * period_s + 0.012 * string, 0.3 * strum)
        clap = random.standard_normal(1500) * np.exp(-np.arange(1500) / 300)
        _add(signal, beat_s + strum_on * period_s, 0.15 * clap)
    return (signal / np.abs(signal).max()).astype(np.float32), beats_s


def _tone(note: int, length_s: float, *, decay_s: float, rise_s: float) -> NDArray[np.float64]:
    at_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    hz = 440 * 2 ** ((note - 69) / 12)
    tone = sum(0.5**n * np.sin(2 * np.pi * hz * (n + 1) * at_s) for n in range(4))
    fades = np.minimum(1, at_s / rise_s) * np.minimum(1, (at_s[-1] - at_s) / 0.01)
    return np.asarray(tone * fades * np.exp(-at_s / decay_s))


def _add(signal: NDArray[np.float64], at_s: float, sound: NDArray[np.float64]) -> None:
    start = round(at_s * RATE_HZ)
    room = signal[start : start + len(sound)]
    room += sound[: len(room)]


def noise(length_s: float, *, seed: int = 0) -> NDArray[np.float32]:
    """White noise at a tenth of full scale."""
    values = np.random.default_rng(seed).standard_normal(int(length_s * RATE_HZ)) * 0.1
    return values.astype(np.float32)


def speech(length_s: float, *, seed: int = 0) -> NDArray[np.float32]:
    """Syllables of noise, some five a second, as irregular as speech."""
    random = np.random.default_rng(seed)
    loudness = np.zeros(int(length_s * RATE_HZ))
    for start_s in np.cumsum(random.gamma(4, 0.05, size=int(length_s * 6))):
        start, length = int(start_s * RATE_HZ), int(random.uniform(0.05, 0.2) * RATE_HZ)
        room = loudness[start : start + length]
        room[:] = np.hanning(length)[: len(room)] * random.uniform(0.3, 1)
    return (loudness * random.standard_normal(len(loudness)) * 0.2).astype(np.float32)


def write_wav(path: Path, signal: NDArray[np.float32], *, rate_hz: int = RATE_HZ) -> Path:
    """16-bit mono WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(signal, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def write_sound(
    path: Path,
    signal: NDArray[np.float32],
    *,
    codec: str,
    container: str,
    rate_hz: int = RATE_HZ,
    layout: str = "stereo",
    options: dict[str, str] | None = None,
    muxer: dict[str, str] | None = None,
) -> Path:
    """Any codec in any container, through libav; the sound is resampled as the codec needs."""
    with av.open(str(path), "w", format=container, options=muxer) as output:
        track = output.add_stream(codec, rate=rate_hz, layout=layout, options=options)
        resampler = av.AudioResampler(
            format=track.codec_context.codec.audio_formats[0], layout=layout, rate=rate_hz
        )
        frame = av.AudioFrame.from_ndarray(signal[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        for part in resampler.resample(frame):
            output.mux(track.encode(part))
        output.mux(track.encode(None))
    return path


def click_onsets_s(signal: NDArray[np.float32], *, rate_hz: int) -> NDArray[np.float64]:
    """When each click of a clean click track begins: first sample over a tenth of the peak."""
    loud = np.flatnonzero(np.abs(signal) > 0.1 * np.abs(signal).max())
    starts = loud[np.insert(np.diff(loud) > 0.1 * rate_hz, 0, True)]
    return starts / rate_hz
