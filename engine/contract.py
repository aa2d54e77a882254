"""The engine's values and errors: what its stages take, return and raise."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

Difficulty = Literal["beginner", "intermediate", "advanced"]
Energy = Literal["low", "medium", "high"]
Camera = Literal["stay", "change"]
"""Whether a section is danced in one room where the library allows it, or anywhere."""

type TempoSource = Literal["sound", "annotated"]

DIFFICULTIES: tuple[Difficulty, ...] = get_args(Difficulty)
ENERGY_LEVELS: tuple[Energy, ...] = get_args(Energy)
CAMERAS: tuple[Camera, ...] = get_args(Camera)

ANALYSIS_VERSION = 4
"""Of what an analysis says and how it is written: it grows with either."""
BEATS_PER_EIGHT = 8
BEATS_PER_BAR = 4
MIN_SPEED = 0.80
MAX_SPEED = 1.25
SAME_BEAT_S = 0.001
"""A section that starts this near a beat starts on it."""


class EngineError(Exception):
    """The engine cannot do it; ``code`` is stable, ``message`` a sentence for the dancer."""

    code = "engine_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class UnusableAudio(EngineError):
    """The song cannot be danced to: not audio, broken, silent, without beat, too short or long."""

    code = "unusable_audio"


class AnalysisInterrupted(Exception):
    """The process that analysed a song was killed; trying again may help."""


class NoMatchingMoves(EngineError):
    """No clip of the library fits, even after everything was relaxed."""

    code = "no_matching_moves"


class UnusableClip(EngineError):
    """A clip cannot be prepared or copied from: missing, broken, without beat, short or long."""

    code = "unusable_clip"


class ClipGone(UnusableClip):
    """The clip's video is not where it was: somebody replaced or removed it meanwhile."""

    code = "clip_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the dancer asked for."""

    difficulty: Difficulty
    energy_level: Energy | None = None
    style: str | None = None
    camera: Camera = "stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of the song with one character; alike sections share their ``label``."""

    start_s: float
    end_s: float
    label: str
    energy: Energy


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SongAnalysis:
    """Everything the planner needs to know of a song.

    Attributes
    ----------
    beats_s : ndarray, shape (n_beats,), float64
        Beat times in seconds, strictly increasing.
    first_one : int
        Index into ``beats_s`` of the first beat that starts an eight, 0 … 7.
    peaks : ndarray, shape (n_peaks,), float32
        Loudness for drawing, in [0, 1], evenly spaced over the song.
    """

    duration_s: float
    tempo_bpm: float
    beats_s: NDArray[np.float64]
    first_one: int
    sections: tuple[Section, ...]
    peaks: NDArray[np.float32]

    @property
    def ones(self) -> tuple[int, ...]:
        """Indices of the beats that start an eight, counted anew where a section starts.

        A song may insert or drop a bar; its phrases, and the dancers' count, go on from there.
        The last eight before such a place is cut short. A section that starts between two
        beats, changes no count.
        """
        return count_ones(self.beats_s, self.first_one, self.sections)


def count_ones(
    beats_s: Sequence[float] | NDArray[np.float64], first_one: int, sections: Sequence[Section]
) -> tuple[int, ...]:
    """Indices of the beats that start an eight; see ``SongAnalysis.ones``."""
    ones = list(range(first_one, len(beats_s), BEATS_PER_EIGHT))
    for section in sections[1:]:
        start = bisect_left(beats_s, section.start_s - SAME_BEAT_S)
        is_beat = start < len(beats_s) and beats_s[start] <= section.start_s + SAME_BEAT_S
        if is_beat and start > first_one:
            before = [one for one in ones if one < start]
            ones = before + list(range(start, len(beats_s), BEATS_PER_EIGHT))
    return tuple(ones)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipBeats:
    """A clip's own beats, and whether they were heard or counted from the noted tempo.

    Attributes
    ----------
    beats_s : tuple of float
        Beat times in seconds from the first sample, strictly increasing.
    clarity : float
        How sure the beat is, in [0, 1]; 0 if it was only counted.
    bar_evidence : tuple of 4 float
        How much the sound says for each of the first four beats being the first of a bar.
    """

    beats_s: tuple[float, ...]
    tempo_bpm: float
    source: TempoSource
    clarity: float = 0.0
    bar_evidence: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMotion:
    """How much each picture of a clip differs from the one before it, in [0, 255].

    Attributes
    ----------
    times_s : tuple of float
        When the pictures are shown, in seconds from the clip's start, strictly increasing.
    legs, body : tuple of float
        Mean change of brightness of the lower part of the picture and of all of it; as many.
    """

    times_s: tuple[float, ...] = ()
    legs: tuple[float, ...] = ()
    body: tuple[float, ...] = ()


type OneSource = Literal["analysed", "unsure", "annotated", "corrected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOne:
    """A clip's first beat that begins a bar, 0 … 3, and who says so."""

    beat: int
    source: OneSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Where in a clip its figure is danced, in seconds from the clip's start."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A recorded move, prepared for cutting, as the planner and the renderer see it.

    ``keyframes_s`` are the times in the mezzanine at which it may be entered **and** a beat
    falls: one per beat of the clip, in order. ``one`` is the first of them that begins a bar,
    0 … 3; ``figure`` the stretch that makes the move what it is called, None where all of it
    does; ``room`` names where it was filmed, ``scene`` on which
    occasion, "" for unknown. ``score`` is the fit to the wishes,
    in [0, 1].
    """

    clip_id: str
    move_label: str
    name: str
    difficulty: Difficulty
    energy_level: Energy
    tempo_bpm: float
    keyframes_s: tuple[float, ...]
    duration_s: float
    mezzanine: Path
    score: float = 0.5
    notes: str = ""
    one: int = 0
    figure: Figure | None = None
    room: str = ""
    scene: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMove:
    """One clip dancing whole eights of the song.

    Attributes
    ----------
    first_beat, n_beats : int
        The song beats it covers: ``beats_s[first_beat] … beats_s[first_beat + n_beats]``;
        the first and the last move also cover the lead-in and the tail.
    clip_times_s, song_times_s : tuple of float
        The warp: at ``song_times_s[i]`` the picture of ``clip_times_s[i]`` is shown; linear
        between. Same length, strictly increasing; ``clip_times_s[0]`` is a keyframe.
    speed : float
        Mean seconds of clip played per second of song.
    clip_eight : int
        Which eight of the clip, counted from its first one, it begins with.
    """

    index: int
    clip: Clip
    first_beat: int
    n_beats: int
    eights: int
    clip_times_s: tuple[float, ...]
    song_times_s: tuple[float, ...]
    speed: float
    why: str
    clip_eight: int = 0

    @property
    def start_s(self) -> float:
        """Start in the video, in seconds."""
        return self.song_times_s[0]

    @property
    def end_s(self) -> float:
        """End in the video, in seconds."""
        return self.song_times_s[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the video ends from ``start_s`` of the song on: held still, or faded to black."""

    kind: Literal["pose", "fade"]
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole choreography; moves touch without a gap from 0 to the end of the song.

    ``relaxed`` holds stable words, ``reasons`` a sentence for each of them. The planner's words:
    ``difficulty`` (harder moves let in, or not mostly as wished), ``intro``, ``outro`` (the
    library's opening or closing move not where it belongs), ``opening`` (a harder move in the
    first eight), ``clip_twice``, ``label_thrice``, ``repeats`` (a clip came again before every
    fitting one was danced), ``returning`` (a section could not return with the same moves),
    ``beats`` (somewhere no clip could follow the song's beats), ``eights`` (an eight had to be
    divided). The library's are the wishes it dropped. ``ending`` is None where the last move is
    danced to the song's very end.
    """

    moves: tuple[PlannedMove, ...]
    relaxed: tuple[str, ...] = ()
    seed: int = 0
    reasons: Mapping[str, str] = field(default_factory=dict)
    ending: Ending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedVideo:
    """What the renderer wrote."""

    video: Path
    poster: Path
    duration_s: float
    video_s: float
    audio_s: float
    size_bytes: int
