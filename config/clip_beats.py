"""Find the beats of a clip with the analysis made for songs, for the move importer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.moves.contract import ClipBeats, ClipRefused

if TYPE_CHECKING:
    from pathlib import Path

# A clip without any usable sound is counted from its annotated tempo; these say it has none.
NO_SOUND = {"audio_unreadable", "audio_silent", "audio_too_short", "audio_truncated"}
MAX_CLIP_S = 120.0


def find_clip_beats(source: Path, *, annotated_tempo_bpm: float | None) -> ClipBeats:
    """Give the clip's beat grid; runs in the importer's worker processes.

    Raises
    ------
    ClipRefused
        If the clip has neither a beat to be heard nor an annotated tempo.
    """
    # Loaded here: the API and the commands that only read the library never pay for them.
    from jobrunner.analysis import find_clip_beats as find_beats
    from jobrunner.audio import ANALYSIS_RATE_HZ, decode_mono
    from jobrunner.contract import UnusableAudio

    try:
        signal = decode_mono(source, min_s=0.0, max_s=MAX_CLIP_S)
    except UnusableAudio as error:
        if error.code not in NO_SOUND:
            raise ClipRefused("clip_too_long", error.message) from error
        signal = None
    try:
        found = find_beats(signal, ANALYSIS_RATE_HZ, annotated_tempo_bpm)
    except UnusableAudio as error:
        raise ClipRefused("clip_untimed", error.message) from error
    return ClipBeats(
        beats_s=tuple(float(beat) for beat in found.beats_s),
        tempo_bpm=float(found.tempo_bpm),
        source=found.source,
    )
