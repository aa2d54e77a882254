"""A clip's beats, heard in its sound by the analysis used for songs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.moves.contract import ClipBeats, ClipRefused

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_REFUSALS = {"audio_too_short": "clip_too_short", "audio_too_long": "clip_too_long"}


def find_beats_by_sound(source: Path, *, annotated_tempo_bpm: float | None) -> ClipBeats:
    """Find the beats in the clip's sound; else count them from the annotated tempo.

    Raises
    ------
    ClipRefused
        ``clip_too_short`` or ``clip_too_long``; ``clip_corrupt`` if it is no video at all;
        ``clip_untimed`` if no beat is heard and no tempo annotated.
    """
    # The analysis takes a second to load: only who prepares clips pays for it.
    from engine.audio.analysis import find_clip_beats
    from engine.audio.decoding import ANALYSIS_RATE_HZ
    from engine.contract import UnusableAudio

    signal = _sound(source)
    try:
        found = find_clip_beats(signal, ANALYSIS_RATE_HZ, annotated_tempo_bpm)
    except UnusableAudio as error:
        raise ClipRefused("clip_untimed", error.message) from error
    return ClipBeats(
        beats_s=tuple(found.beats_s.tolist()), tempo_bpm=found.tempo_bpm, source=found.source
    )


def _sound(source: Path) -> NDArray[np.float32] | None:
    """Decode the clip's sound, or give None where there is none to be heard."""
    from engine.audio.decoding import MAX_CLIP_S, MIN_CLIP_S, decode_mono
    from engine.contract import UnusableAudio

    try:
        return decode_mono(source, min_s=MIN_CLIP_S, max_s=MAX_CLIP_S)
    except UnusableAudio as error:
        if error.code in _REFUSALS:
            raise ClipRefused(_REFUSALS[error.code], error.message) from error
        _require_media(source)
        return None


def _require_media(source: Path) -> None:
    import av

    from engine.audio.containers import UnknownContainer, open_media

    try:
        open_media(source).close()
    except (UnknownContainer, av.FFmpegError, ValueError) as error:
        raise ClipRefused("clip_corrupt", f"{source.name} cannot be read as a video.") from error
