"""What the planner needs to know of a song, found in its sound. Pure functions over arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.audio.beats import MIN_CLARITY, BeatGrid, find_beats
from engine.audio.offbeats import correct_half_beat_slip
from engine.audio.ones import find_ones
from engine.audio.spectra import compute_features
from engine.audio.structure import find_sections
from engine.contract import SongAnalysis, UnusableAudio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

N_PEAKS = 800
MIN_SONG_BEATS = 16
MIN_CLIP_BEATS = 4
MAX_COUNTED_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClipBeats:
    """A clip's own beats, and whether they were heard or counted from the noted tempo.

    Attributes
    ----------
    beats_s : ndarray, shape (n_beats,), float64
        Beat times in seconds from the first sample, strictly increasing.
    clarity : float
        How sure the beat is, in [0, 1]; 0 if it was only counted.
    """

    tempo_bpm: float
    beats_s: NDArray[np.float64]
    source: Literal["sound", "annotated"]
    clarity: float = 0.0


def analyse(signal: NDArray[np.float32], *, sample_rate_hz: int) -> SongAnalysis:
    """Find tempo, beats, the one, sections and loudness of a song.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32
        Mono samples in [-1, 1]; ``engine.audio.decoding.decode_mono`` gives them.
    sample_rate_hz : int
        Samples per second, > 0.

    Raises
    ------
    UnusableAudio
        ``audio_no_beat`` if there is nothing to dance to, as in speech or noise.
    """
    features = compute_features(signal, sample_rate_hz=sample_rate_hz)
    grid = find_beats(signal, features, sample_rate_hz=sample_rate_hz)
    if grid.clarity < MIN_CLARITY or len(grid.beats_s) < MIN_SONG_BEATS:
        raise UnusableAudio("No steady beat can be heard in the sound.", code="audio_no_beat")
    grid = correct_half_beat_slip(signal, features, grid, sample_rate_hz=sample_rate_hz)
    duration_s = len(signal) / sample_rate_hz
    ones = find_ones(features, grid.beats_s)
    return SongAnalysis(
        duration_s=duration_s,
        tempo_bpm=grid.tempo_bpm,
        beats_s=grid.beats_s,
        first_one=ones[0],
        sections=find_sections(features, grid.beats_s, ones=ones, duration_s=duration_s),
        peaks=compute_peaks(signal),
    )


def find_clip_beats(
    signal: NDArray[np.float32] | None,
    sample_rate_hz: int,
    annotated_tempo_bpm: float | None,
) -> ClipBeats:
    """Find a clip's beats in its sound; count them from the noted tempo if none can be heard.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32, or None
        Mono samples, a few seconds; None for a clip without sound.
    annotated_tempo_bpm : float or None
        Tempo someone noted, in beats per minute; often wrong, so the sound goes first.

    Raises
    ------
    UnusableAudio
        ``audio_no_beat`` if no beat is heard and no tempo was noted.
    """
    grid = _find_audible_beats(signal, sample_rate_hz, annotated_tempo_bpm)
    if grid is not None:
        return ClipBeats(
            tempo_bpm=grid.tempo_bpm, beats_s=grid.beats_s, source="sound", clarity=grid.clarity
        )
    if annotated_tempo_bpm is None or not 20 <= annotated_tempo_bpm <= 400:
        raise UnusableAudio(
            "No beat can be heard in the clip, and no tempo is noted.", code="audio_no_beat"
        )
    duration_s = MAX_COUNTED_S if signal is None else len(signal) / sample_rate_hz
    return ClipBeats(
        tempo_bpm=annotated_tempo_bpm,
        beats_s=np.arange(0, duration_s, 60 / annotated_tempo_bpm),
        source="annotated",
    )


def compute_peaks(signal: NDArray[np.float32], *, n_peaks: int = N_PEAKS) -> NDArray[np.float32]:
    """Loudest sample of each of ``n_peaks`` even stretches, the song's loudest being 1.

    Returns
    -------
    ndarray, shape (n_peaks,), float32
        In [0, 1]; rounded to three decimals, more cannot be drawn.
    """
    edges = np.linspace(0, len(signal), n_peaks, endpoint=False).astype(int)
    peaks = np.maximum.reduceat(np.abs(signal), edges)
    return np.round(peaks / max(float(peaks.max()), 1e-9), 3).astype(np.float32)


def _find_audible_beats(
    signal: NDArray[np.float32] | None, sample_rate_hz: int, annotated_tempo_bpm: float | None
) -> BeatGrid | None:
    """The clip's beats by its sound, or None if there are none to be heard."""
    if signal is None or len(signal) < sample_rate_hz or not np.any(signal):
        return None
    features: SpectralFeatures = compute_features(signal, sample_rate_hz=sample_rate_hz)
    grid = find_beats(
        signal, features, sample_rate_hz=sample_rate_hz, expected_bpm=annotated_tempo_bpm
    )
    is_clear = grid.clarity >= MIN_CLARITY and len(grid.beats_s) >= MIN_CLIP_BEATS
    return grid if is_clear else None
