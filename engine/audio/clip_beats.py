"""A clip's beats, found in its sound by the analysis used for songs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np

from engine.audio.beats import MIN_CLARITY, BeatGrid, find_beats
from engine.audio.clip_bars import MAX_OFF_BEAT_RATIO, bar_evidence, bass_on_beat_ratio
from engine.audio.containers import UnknownContainer, open_media
from engine.audio.decoding import ANALYSIS_RATE_HZ, MAX_CLIP_S, MIN_CLIP_S, decode_mono
from engine.audio.segment_features import with_end
from engine.audio.spectra import SpectralFeatures, compute_features
from engine.contract import ClipBeats, UnusableAudio, UnusableClip

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MIN_CLIP_BEATS = 4
"""Half an eight: fewer are no evidence of a beat."""

MAX_COUNTED_S = 120.0
"""How far the beats of a clip without sound are counted: the longest clip there is."""

MIN_ANNOTATED_BPM, MAX_ANNOTATED_BPM = 20.0, 400.0
"""An annotated tempo outside counts as none."""

_REFUSALS = {"audio_too_short": "clip_too_short", "audio_too_long": "clip_too_long"}


def find_beats_by_sound(source: Path, *, annotated_tempo_bpm: float | None) -> ClipBeats:
    """Return the beats found in the clip's sound; else counted from the annotated tempo.

    Parameters
    ----------
    source : Path
        A video or audio file on this disk.
    annotated_tempo_bpm : float or None
        Beats per minute; often wrong, so the sound goes first.

    Raises
    ------
    UnusableClip
        ``clip_too_short`` or ``clip_too_long``; ``clip_corrupt`` if it is no video at all;
        ``clip_untimed`` if no beat is found and no tempo annotated.
    """
    try:
        return find_clip_beats(_decode_sound(source), ANALYSIS_RATE_HZ, annotated_tempo_bpm)
    except UnusableAudio as error:
        raise UnusableClip(error.message, code="clip_untimed") from error


def find_clip_beats(
    signal: NDArray[np.float32] | None,
    sample_rate_hz: int,
    annotated_tempo_bpm: float | None,
) -> ClipBeats:
    """Return a clip's beats by its signal; counted from the annotated tempo if there are none.

    Parameters
    ----------
    signal : ndarray, shape (n_samples,), float32, or None
        Mono samples in [-1, 1], a few seconds; None for a clip without sound.
    sample_rate_hz : int
        Samples per second, > 0.
    annotated_tempo_bpm : float or None
        Beats per minute, counted on only within 20 … 400.

    Raises
    ------
    UnusableAudio
        ``audio_no_beat`` if no beat is found and no tempo annotated.
    """
    if signal is not None and len(signal) >= sample_rate_hz and np.any(signal):
        features = compute_features(signal, sample_rate_hz=sample_rate_hz)
        grid = find_beats(
            signal, features, sample_rate_hz=sample_rate_hz, expected_bpm=annotated_tempo_bpm
        )
        if grid.clarity >= MIN_CLARITY and len(grid.beats_s) >= MIN_CLIP_BEATS:
            return _audible_beats(grid, features, duration_s=len(signal) / sample_rate_hz)
    if annotated_tempo_bpm is None or not (
        MIN_ANNOTATED_BPM <= annotated_tempo_bpm <= MAX_ANNOTATED_BPM
    ):
        raise UnusableAudio(
            "No beat can be heard in the clip, and no tempo is noted.", code="audio_no_beat"
        )
    duration_s = MAX_COUNTED_S if signal is None else len(signal) / sample_rate_hz
    return ClipBeats(
        tempo_bpm=annotated_tempo_bpm,
        beats_s=tuple(np.arange(0, duration_s, 60 / annotated_tempo_bpm).tolist()),
        source="annotated",
    )


def _audible_beats(grid: BeatGrid, features: SpectralFeatures, *, duration_s: float) -> ClipBeats:
    """Return the beats where the bass is, from the clip's first moment to its last."""
    beats_s = grid.beats_s
    if bass_on_beat_ratio(features, beats_s) < MAX_OFF_BEAT_RATIO:
        beats_s = np.append(beats_s, with_end(beats_s)[-1])
        beats_s = (beats_s[1:] + beats_s[:-1]) / 2
    beats_s = _to_the_ends(beats_s, duration_s=duration_s)
    return ClipBeats(
        tempo_bpm=grid.tempo_bpm,
        beats_s=tuple(beats_s.tolist()),
        source="sound",
        clarity=grid.clarity,
        bar_evidence=tuple(bar_evidence(features, beats_s).tolist()),
    )


def _to_the_ends(beats_s: NDArray[np.float64], *, duration_s: float) -> NDArray[np.float64]:
    """Carry the beats on to both ends, a usual beat apart; the dancers do not wait for the band."""
    period_s = float(np.median(np.diff(beats_s)))
    before = np.arange(beats_s[0] - period_s, 0, -period_s)[::-1]
    after = np.arange(beats_s[-1] + period_s, duration_s, period_s)
    return np.concatenate([before, beats_s, after])


def _decode_sound(source: Path) -> NDArray[np.float32] | None:
    """Decode the clip's sound, or return None where there is none."""
    try:
        return decode_mono(source, min_s=MIN_CLIP_S, max_s=MAX_CLIP_S)
    except UnusableAudio as error:
        if error.code in _REFUSALS:
            raise UnusableClip(error.message, code=_REFUSALS[error.code]) from error
        _require_media(source)
        return None


def _require_media(source: Path) -> None:
    """Raise UnusableClip unless the file opens as audio or video."""
    try:
        open_media(source).close()
    except (UnknownContainer, av.FFmpegError, ValueError) as error:
        raise UnusableClip(
            f"{source.name} cannot be read as a video.", code="clip_corrupt"
        ) from error
