"""A clip's beats, found in its sound by the analysis used for songs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np

from engine.audio.beats import MIN_CLARITY, BeatGrid, find_beats
from engine.audio.containers import UnknownContainer, open_media
from engine.audio.decoding import ANALYSIS_RATE_HZ, MAX_CLIP_S, MIN_CLIP_S, decode_mono
from engine.audio.spectra import compute_features
from engine.contract import ClipBeats, UnusableAudio, UnusableClip

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MIN_CLIP_BEATS = 4
MAX_COUNTED_S = 120.0
_REFUSALS = {"audio_too_short": "clip_too_short", "audio_too_long": "clip_too_long"}


def find_beats_by_sound(source: Path, *, annotated_tempo_bpm: float | None) -> ClipBeats:
    """Find the beats in the clip's sound; else count them from the annotated tempo.

    Raises
    ------
    UnusableClip
        ``clip_too_short`` or ``clip_too_long``; ``clip_corrupt`` if it is no video at all;
        ``clip_untimed`` if no beat is heard and no tempo annotated.
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
            tempo_bpm=grid.tempo_bpm,
            beats_s=tuple(grid.beats_s.tolist()),
            source="sound",
            clarity=grid.clarity,
        )
    if annotated_tempo_bpm is None or not 20 <= annotated_tempo_bpm <= 400:
        raise UnusableAudio(
            "No beat can be heard in the clip, and no tempo is noted.", code="audio_no_beat"
        )
    duration_s = MAX_COUNTED_S if signal is None else len(signal) / sample_rate_hz
    return ClipBeats(
        tempo_bpm=annotated_tempo_bpm,
        beats_s=tuple(np.arange(0, duration_s, 60 / annotated_tempo_bpm).tolist()),
        source="annotated",
    )


def _find_audible_beats(
    signal: NDArray[np.float32] | None, sample_rate_hz: int, annotated_tempo_bpm: float | None
) -> BeatGrid | None:
    """The clip's beats by its sound, or None if there are none to be heard."""
    if signal is None or len(signal) < sample_rate_hz or not np.any(signal):
        return None
    features = compute_features(signal, sample_rate_hz=sample_rate_hz)
    grid = find_beats(
        signal, features, sample_rate_hz=sample_rate_hz, expected_bpm=annotated_tempo_bpm
    )
    is_clear = grid.clarity >= MIN_CLARITY and len(grid.beats_s) >= MIN_CLIP_BEATS
    return grid if is_clear else None


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
    try:
        open_media(source).close()
    except (UnknownContainer, av.FFmpegError, ValueError) as error:
        raise UnusableClip(
            f"{source.name} cannot be read as a video.", code="clip_corrupt"
        ) from error
