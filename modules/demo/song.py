"""The demo song: its score played, mixed, mastered and written.

The answers (beats, the one, sections) come from the score, not from the sound.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from modules.demo import instruments, score
from modules.demo.contract import DemoSection, DemoSong
from modules.demo.folder import drop_leftovers, held, material_version, part_of
from modules.demo.instruments import SAMPLE_RATE_HZ, Samples

type Stereo = NDArray[np.float32]

TARGET_RMS_DB = -15.0
CEILING = 10.0 ** (-1.3 / 20.0)
_ENERGY: dict[str, Literal["low", "medium", "high"]] = {
    "intro": "low",
    "verse": "medium",
    "chorus": "high",
    "outro": "low",
}


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


def make_song(target: Path) -> DemoSong:
    """Play the score into ``target`` (16-bit FLAC, 44.1 kHz stereo); same bytes every time."""
    master = _master(_mix())
    part = part_of(target)
    _write_flac(master, part)
    os.replace(part, target)
    return song_answers(target)


def ensure_song(folder: Path) -> DemoSong:
    """Make the song in ``folder`` unless the same generator has made it already."""
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
    """All voices in stereo, with the room they send to."""
    dry = np.zeros((2, _length_samples()), np.float32)
    wet = np.zeros(_length_samples(), np.float32)
    for note in score.write_score():
        channel = MIX[note.voice]
        _place(dry, wet, _sound(note), note, channel)
    _add_vocals(dry, wet)
    return dry + _reverb(wet)


def _place(dry: Stereo, wet: Samples, sound: Samples, note: score.Note, channel: Channel) -> None:
    first = round(score.beat_s(note.beat) * SAMPLE_RATE_HZ)
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


def _sound(note: score.Note) -> Samples:
    length_s = round(note.beats * 60.0 / score.TEMPO_BPM, 3)
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


def _add_vocals(dry: Stereo, wet: Samples) -> None:
    for harmony, gain, pan in ((False, 0.20, 0.0), (True, 0.10, -0.35)):
        notes = [
            (
                score.beat_s(note.beat),
                note.beats * 60.0 / score.TEMPO_BPM,
                float(note.pitch),
                note.vowel,
            )
            for note in score.write_vocals(harmony=harmony)
        ]
        line = instruments.sing(notes, wet.size / SAMPLE_RATE_HZ)
        left, right = _panned(pan)
        dry[0] += left * gain * line
        dry[1] += right * gain * line
        wet += 0.35 * gain * line


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


def _master(mix: Stereo) -> Stereo:
    """Bring the mix to its loudness and hold the peaks below the ceiling.

    Notes
    -----
    The limiter looks ahead: the gain is the smoothed minimum over 5 ms around each sample, so
    it is already down when the peak comes and never clips a waveform.
    """
    for _ in range(2):
        mix = mix * np.float32(10 ** (TARGET_RMS_DB / 20) / np.sqrt(np.mean(mix**2)))
        window = round(0.005 * SAMPLE_RATE_HZ)
        peaks = maximum_filter1d(np.max(np.abs(mix), axis=0), 2 * window + 1)
        gain = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
        mix = mix * uniform_filter1d(gain, window).astype(np.float32)
    fade = np.linspace(1.0, 0.0, round(0.5 * SAMPLE_RATE_HZ), dtype=np.float32)
    mix[:, -fade.size :] *= fade
    return mix


def _write_flac(samples: Stereo, target: Path) -> None:
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
