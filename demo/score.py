"""The demo song on paper: form, chords, melody and rhythm as notes on a beat axis.

Beats are counted from the first one; the pickup lies before it, at negative beats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TITLE = "Noche de Papel"
ARTIST = "Los de Papel"
TEMPO_BPM = 125.0
PICKUP_BEATS = 2
LEAD_IN_S = 0.35
TAIL_S = 2.4
BEATS_PER_EIGHT = 8

type Part = Literal["intro", "verse", "chorus", "outro"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of the form: its part, and where its eights lie."""

    part: Part
    first_eight: int
    eights: int

    @property
    def first_beat(self) -> int:
        """Its first beat, counted from the first one."""
        return self.first_eight * BEATS_PER_EIGHT


@dataclass(frozen=True, slots=True)
class Note:
    """One stroke or tone.

    ``voice`` names the instrument's sound, ``pitch`` is a MIDI note (0 for unpitched ones),
    ``gain`` is linear, ``vowel`` is for the singer only.
    """

    voice: str
    beat: float
    beats: float
    pitch: int
    gain: float
    vowel: str = ""


FORM: tuple[Passage, ...] = (
    Passage("intro", 0, 2),
    Passage("verse", 2, 4),
    Passage("chorus", 6, 4),
    Passage("verse", 10, 4),
    Passage("chorus", 14, 4),
    Passage("outro", 18, 2),
)
EIGHTS = 20

# One chord an eight, so that a change of chord always marks the one: root of the bass, tones.
CHORDS: dict[str, tuple[int, tuple[int, ...]]] = {
    "Am": (45, (57, 64, 69, 72, 76)),
    "F": (41, (57, 65, 69, 72, 77)),
    "C": (48, (55, 64, 67, 72, 76)),
    "G": (43, (55, 62, 67, 71, 74)),
    "Em": (40, (55, 64, 67, 71, 76)),
    "Dm": (38, (57, 65, 69, 74, 77)),
    "E7": (40, (56, 64, 68, 71, 74)),
}
PROGRESSIONS: dict[Part, tuple[str, ...]] = {
    "intro": ("Am", "E7"),
    "verse": ("Am", "F", "C", "G"),
    "chorus": ("F", "G", "Em", "Am"),
    "outro": ("Dm", "E7"),
}

# (beat in the eight, beats, note), one line per eight; "verse" twice with other endings.
VERSE = (
    (
        (0.5, 0.5, 52),
        (1, 0.5, 57),
        (1.5, 0.5, 57),
        (2, 1, 59),
        (3, 2.5, 60),
        (6, 0.5, 59),
        (6.5, 1, 57),
    ),
    ((0.5, 0.5, 57), (1, 0.5, 60), (1.5, 0.5, 60), (2, 1, 59), (3, 3, 57)),
    (
        (0.5, 0.5, 55),
        (1, 0.5, 60),
        (1.5, 0.5, 62),
        (2, 1, 64),
        (3, 1, 62),
        (4, 0.5, 60),
        (4.5, 2, 64),
    ),
    ((0.5, 0.5, 62), (1, 0.5, 60), (1.5, 0.5, 59), (2, 1, 60), (3, 1.5, 62), (5, 2.5, 59)),
)
CHORUS = (
    (
        (0, 1.5, 65),
        (1.5, 0.5, 64),
        (2, 0.5, 65),
        (2.5, 1.5, 67),
        (4, 2.5, 65),
        (7, 0.5, 64),
        (7.5, 0.5, 65),
    ),
    ((0, 1.5, 67), (1.5, 0.5, 65), (2, 0.5, 64), (2.5, 1.5, 62), (4, 3, 59)),
    ((0, 1, 64), (1, 0.5, 64), (1.5, 0.5, 65), (2, 2, 67), (4, 1, 64), (5, 1, 62), (6, 1.5, 64)),
    ((0, 1, 64), (1, 1, 62), (2, 1, 60), (3, 1, 59), (4, 3.5, 57)),
)
CHORUS_HARMONY = {57: 64, 59: 62, 60: 64, 62: 65, 64: 67, 65: 69, 67: 71}
VOWELS = "aoeaeoaiao"

# The requinto's run through the five chord tones, one index an eighth note, for one bar.
ARPEGGIO = (0, 2, 3, 4, 2, 3, 1, 2)
# Notes one after the other as (beats, note), one line per eight.
LICKS: dict[Part, tuple[tuple[tuple[float, int], ...], ...]] = {
    "intro": (
        (
            (1, 76), (0.5, 74), (0.5, 72), (1, 71), (1, 72),
            (0.5, 69), (0.5, 71), (0.5, 72), (0.5, 74), (1, 76), (1, 81),
        ),
        (
            (1, 80), (0.5, 76), (0.5, 74), (0.5, 71), (0.5, 74), (1, 71), (0.5, 68),
            (0.5, 71), (0.5, 74), (0.5, 71), (1, 76), (0.5, 74), (0.5, 71),
        ),
    ),
    "outro": (
        (
            (1, 77), (0.5, 76), (0.5, 74), (1, 72), (1, 74),
            (0.5, 69), (0.5, 72), (0.5, 74), (0.5, 76), (2, 77),
        ),
        (
            (1, 76), (0.5, 74), (0.5, 71), (1, 68), (1, 71),
            (0.5, 74), (0.5, 71), (0.5, 68), (0.5, 71), (1, 74), (1, 76),
        ),
    ),
}  # fmt: skip


def beat_s(beat: float) -> float:
    """When a beat sounds, in seconds from the start of the file."""
    return LEAD_IN_S + (beat + PICKUP_BEATS) * 60.0 / TEMPO_BPM


def write_score() -> list[Note]:
    """Every note of the song but the sung ones, in no particular order."""
    notes = list(_pickup())
    for passage in FORM:
        for eight in range(passage.eights):
            notes += _eight(passage, eight)
    notes += _last_chord()
    return notes


def write_vocals(*, harmony: bool = False) -> list[Note]:
    """The sung line; the second voice, of the chorus only, when ``harmony``."""
    notes: list[Note] = []
    for passage in FORM:
        lines = {"verse": VERSE, "chorus": CHORUS}.get(passage.part)
        if lines is None or (harmony and passage.part != "chorus"):
            continue
        for eight, line in enumerate(lines):
            start = passage.first_beat + eight * BEATS_PER_EIGHT
            for at, beats, pitch in line:
                sung = CHORUS_HARMONY[pitch] if harmony else pitch
                vowel = VOWELS[len(notes) % len(VOWELS)]
                notes.append(Note("voice", start + at, beats * 0.94, sung, 1.0, vowel))
    return notes


def _eight(passage: Passage, eight: int) -> Iterator[Note]:
    start = float(passage.first_beat + eight * BEATS_PER_EIGHT)
    chorus = passage.part == "chorus"
    chord = CHORDS[PROGRESSIONS[passage.part][eight]]
    yield from bongo(start, chorus=chorus, last=eight == passage.eights - 1)
    yield from guira(start, chorus=chorus)
    yield from _bass(start, chord[0], chorus=chorus)
    yield from _requinto(start, chord[1], passage.part, eight)
    if chorus:
        yield from _segunda(start, chord[1])
        yield from campana(start)
    if eight == 0:
        yield Note("crash", start, 4, 0, 0.34 if chorus else 0.16)
    yield Note("kick", start, 1, 0, 0.80 if chorus else 0.50)
    if chorus:
        yield Note("kick", start + 4, 1, 0, 0.42)


def bongo(start: float, *, chorus: bool, last: bool) -> Iterator[Note]:
    """Martillo: even strokes on the small drum, the big one answers on the tap (4 and 8)."""
    for bar in (0, 4):
        for eighth in range(8):
            beat = start + bar + eighth / 2
            if eighth == 6:
                yield Note("hembra", beat, 1, 0, 0.8 if bar else 0.7)
            elif eighth == 7:
                yield Note("hembra", beat, 1, 0, 0.5 if bar else 0.18)
            elif eighth % 2 == 0:
                yield Note("macho", beat, 1, 0, 0.85 if eighth == 0 and not bar else 0.5)
            else:
                yield Note("ghost", beat, 1, 0, 0.3 if chorus else 0.2)
    if last:
        for sixteenth in range(4):
            yield Note("macho", start + 7 + sixteenth / 4, 1, 0, 0.4 + 0.1 * sixteenth)


def campana(start: float) -> Iterator[Note]:
    """The bell of the chorus: open on the odd counts, muffled on the others."""
    for beat in range(BEATS_PER_EIGHT):
        gain = 0.62 if beat == 0 else 0.5 if beat % 2 == 0 else 0.22
        yield Note("bell", start + beat, 1, 0, gain)
    yield Note("bell", start + 6.5, 1, 0, 0.3)


def guira(start: float, *, chorus: bool) -> Iterator[Note]:
    """A scrape on each beat, two ticks after it; in the chorus louder."""
    level = 0.42 if chorus else 0.24
    for beat in range(BEATS_PER_EIGHT):
        yield Note("scrape", start + beat, 0.5, 0, level * (1.25 if beat % 4 == 0 else 1.0))
        yield Note("tick", start + beat + 0.5, 0.25, 0, level * 0.55)
        yield Note("tick", start + beat + 0.75, 0.25, 0, level * (0.7 if chorus else 0.4))


def _bass(start: float, root: int, *, chorus: bool) -> Iterator[Note]:
    """Tumbao: long on 1, then 3 and 4; bar two starts on the fifth, so 1 stays the one."""
    gain = 1.0 if chorus else 0.66
    fifth = root + 7 if root < 43 else root - 5
    for at, beats, pitch, share in (
        (0, 1.9, root, 1.0),
        (2, 0.9, fifth, 0.72),
        (3, 0.9, root, 0.78),
        (4, 1.9, fifth, 0.74),
        (6, 0.9, root, 0.72),
        (7, 0.9, root + 12 if chorus else root, 0.74),
    ):
        yield Note("bass", start + at, beats, pitch, gain * share)


def _requinto(start: float, tones: tuple[int, ...], part: Part, eight: int) -> Iterator[Note]:
    if part in LICKS:
        at = 0.0
        for beats, pitch in LICKS[part][eight]:
            yield Note("requinto", start + at, beats + 0.6, pitch, 0.62)
            at += beats
        for at, tone in ((0.0, 0), (2.0, 1), (4.0, 0), (6.0, 2)):
            yield Note("requinto", start + at, 2, tones[tone], 0.30)
        return
    for eighth in range(16):
        accent = 1.25 if eighth in (0, 6, 14) else 1.0
        octave = 12 if part == "chorus" and eighth % 8 in (3, 5) else 0
        tone = tones[ARPEGGIO[eighth % 8]]
        yield Note("requinto", start + eighth / 2, 1.1, tone + octave, 0.4 * accent)


def _segunda(start: float, tones: tuple[int, ...]) -> Iterator[Note]:
    """The second guitar's strums, on the afterbeats and the tap."""
    for at, gain in ((1.5, 0.2), (2.5, 0.2), (3, 0.3), (5.5, 0.2), (6.5, 0.2), (7, 0.3)):
        for string, tone in enumerate(tones):
            yield Note("segunda", start + at + 0.022 * string, 0.7, tone, gain)


def _pickup() -> Iterator[Note]:
    """Two beats before the first one: the bongo calls, the requinto answers."""
    for at, gain in ((-2, 0.5), (-1.5, 0.4), (-1, 0.6), (-0.75, 0.5), (-0.5, 0.65), (-0.25, 0.7)):
        yield Note("macho", at, 1, 0, gain)
    for at, pitch in ((-1, 71), (-0.5, 72)):
        yield Note("requinto", at, 1, pitch, 0.5)


def _last_chord() -> Iterator[Note]:
    """The final one: everybody lands on A minor and lets it ring."""
    end = float(EIGHTS * BEATS_PER_EIGHT)
    for string, tone in enumerate((*CHORDS["Am"][1], 81)):
        yield Note("requinto", end + 0.05 * string, 5, tone, 0.5)
    yield Note("bass", end, 4, 45, 0.9)
    yield Note("kick", end, 1, 0, 0.7)
    yield Note("macho", end, 1, 0, 0.9)
    yield Note("hembra", end, 1, 0, 0.7)
    yield Note("crash", end, 4, 0, 0.25)
