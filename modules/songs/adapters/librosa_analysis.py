"""Analyses a song file with librosa: a second opinion for who doubts ours; nothing is kept."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from engine.contract import BEATS_PER_EIGHT, Section, SongAnalysis, UnusableAudio
from modules.songs.contract import SongRefused

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SECTION_S = 25.0
"""How long a usual section is: librosa is told how many there are, it does not find that out."""


def analyse_file_with_librosa(path: Path) -> SongAnalysis:
    """Return librosa's opinion of a song file, decoded as ours is, but in this process.

    Beats are ``librosa.beat.beat_track``, borders ``librosa.segment.agglomerative`` over the
    beats' timbre and chroma. It knows neither ones, nor labels, nor energies: the first beat
    counts as the one, each section has a label of its own and medium energy.

    Raises
    ------
    SongRefused
        If librosa is not installed, the file is no song, or librosa finds no beats.
    """
    from engine.audio.decoding import ANALYSIS_RATE_HZ, decode_mono

    try:
        import librosa
        import numpy as np
    except ImportError as error:
        raise SongRefused("librosa is not installed; it comes with: uv sync") from error
    if not path.is_file():
        raise SongRefused(f"The song {path} is not a file.")
    try:
        signal = decode_mono(path)
    except UnusableAudio as error:
        raise SongRefused(f"{path.name}: {error.message} ({error.code})") from error
    tempo_bpm, beats_s = librosa.beat.beat_track(y=signal, sr=ANALYSIS_RATE_HZ, units="time")
    if len(beats_s) < BEATS_PER_EIGHT:
        raise SongRefused(f"{path.name}: librosa finds no beat in it.")
    return _as_analysis(signal, beats_s, tempo_bpm=float(np.ravel(tempo_bpm)[0]))


def _as_analysis(
    signal: NDArray[np.float32], beats_s: NDArray[np.float64], *, tempo_bpm: float
) -> SongAnalysis:
    """Return what librosa heard in the form of ours."""
    from engine.audio.analysis import compute_peaks
    from engine.audio.decoding import ANALYSIS_RATE_HZ

    duration_s = len(signal) / ANALYSIS_RATE_HZ
    edges_s = [0.0, *_borders_s(signal, beats_s, duration_s=duration_s), duration_s]
    return SongAnalysis(
        duration_s=duration_s,
        tempo_bpm=tempo_bpm,
        beats_s=beats_s,
        first_one=0,
        sections=tuple(
            Section(start_s=start_s, end_s=end_s, label=chr(ord("A") + min(i, 25)), energy="medium")
            for i, (start_s, end_s) in enumerate(pairwise(edges_s))
        ),
        peaks=compute_peaks(signal),
    )


def _borders_s(
    signal: NDArray[np.float32], beats_s: NDArray[np.float64], *, duration_s: float
) -> list[float]:
    """Return where librosa's sections begin, but for the first."""
    import librosa
    import numpy as np

    from engine.audio.decoding import ANALYSIS_RATE_HZ

    rows = np.vstack(
        [
            librosa.feature.mfcc(y=signal, sr=ANALYSIS_RATE_HZ),
            librosa.feature.chroma_stft(y=signal, sr=ANALYSIS_RATE_HZ),
        ]
    )
    beats = librosa.util.fix_frames(librosa.time_to_frames(beats_s, sr=ANALYSIS_RATE_HZ))
    of_beats = librosa.util.sync(rows, beats.tolist())
    wanted = min(max(1, round(duration_s / SECTION_S)), of_beats.shape[1])
    firsts = librosa.segment.agglomerative(of_beats, wanted)
    starts_s = librosa.frames_to_time(
        beats[np.minimum(firsts, len(beats) - 1)], sr=ANALYSIS_RATE_HZ
    )
    return [float(at) for at in starts_s if 0 < at < duration_s]
