"""Other songs by the same composer, with known answers, to try what is heard of a song.

A variation is drawn from its number: form, tempo, harmony, groove, players and faults. Nothing
of it is tuned to what the analysis hears; the demo song itself is none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random
from typing import Literal

import numpy as np

from demo import score
from demo.contract import BEATS_PER_EIGHT
from demo.instruments import SAMPLE_RATE_HZ
from demo.mixing import Clock, Stereo, master, mix
from demo.score import Note

type Part = Literal["intro", "verse", "chorus", "bridge", "outro"]
type Energy = Literal["low", "medium", "high"]

ENERGY: dict[Part, Energy] = {
    "intro": "low",
    "verse": "medium",
    "chorus": "high",
    "bridge": "medium",
    "outro": "low",
}
FORMS: tuple[tuple[Part, ...], ...] = (
    ("verse", "chorus", "verse", "chorus", "bridge", "chorus"),
    ("intro", "verse", "chorus", "verse", "chorus", "outro"),
    ("intro", "verse", "chorus", "verse", "bridge", "chorus", "outro"),
    ("intro", "chorus", "verse", "chorus", "verse", "chorus"),
    ("verse", "bridge", "chorus", "verse", "bridge", "chorus"),
)
LENGTHS: dict[Part, tuple[int, ...]] = {
    "intro": (2, 4),
    "verse": (4, 4, 6, 8, 10),
    "chorus": (4, 4, 6, 8),
    "bridge": (4, 4, 6),
    "outro": (2, 4),
}
PROGRESSIONS: tuple[tuple[str, ...], ...] = (
    ("Am", "F", "C", "G"),
    ("F", "G", "Em", "Am"),
    ("Am", "G", "F", "E7"),
    ("Dm", "G", "C", "Am"),
    ("Am", "E7", "Am", "Dm"),
    ("C", "G", "Am", "Em"),
    ("Dm", "Am", "E7", "Am"),
    ("F", "C", "G", "Am"),
)
BASSES: dict[str, tuple[tuple[float, float, bool, float], ...]] = {
    # (beat in the bar, beats, on the fifth, share of the loudness)
    "tumbao": ((0, 1.9, False, 1.0), (2, 0.9, True, 0.72), (3, 0.9, False, 0.78)),
    "walking": tuple((at, 0.9, at % 2 == 1, 0.9 if at == 0 else 0.75) for at in range(4)),
    "late": ((0, 1.4, False, 1.0), (1.5, 1.4, True, 0.8), (3, 0.9, False, 0.8)),
}
THIN: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"crash", "kick"}),
    frozenset({"scrape", "tick", "bell"}),
    frozenset({"macho", "ghost", "hembra", "crash"}),
    frozenset({"bass", "crash"}),
    frozenset({"requinto", "voice", "crash"}),
)
UNPITCHED = frozenset({"macho", "hembra", "ghost", "scrape", "tick", "kick", "bell", "crash"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section as it is played: its part and how many beats it lasts."""

    part: Part
    beats: int
    raised: int = 0
    """Semitones above the song's key."""


@dataclass(frozen=True)
class Variation:
    """A song to be played.

    Attributes
    ----------
    number : int
        Says everything else; see ``draw``.
    drift : float
        How much longer a beat is at the end than at the start: 0.03 is 3 %.
    swing : float
        Where in its beat the second eighth note falls: 0.5 is straight.
    lead_s : float
        Seconds of nothing, or of noise if ``is_noisy``, before the pickup.
    absent : frozenset of str
        Voices that do not play.
    codec : str or None
        What it is heard through: ``opus``, ``aac``, or None for no loss.
    """

    number: int
    tempo_bpm: float
    form: tuple[Stretch, ...]
    progressions: dict[Part, tuple[str, ...]]
    chords_per_eight: int = 1
    key: int = 0
    bass: str = "tumbao"
    drift: float = 0.0
    swing: float = 0.5
    pickup_beats: int = 0
    lead_s: float = 0.3
    is_noisy: bool = False
    absent: frozenset[str] = field(default_factory=frozenset)
    codec: str | None = None

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """First beats of the sections, and the beat after the last."""
        return tuple(int(n) for n in np.cumsum([0, *(stretch.beats for stretch in self.form)]))

    @property
    def is_even(self) -> bool:
        """Whether every section is whole eights long."""
        return all(stretch.beats % BEATS_PER_EIGHT == 0 for stretch in self.form)

    def beat_s(self, beat: float) -> float:
        """When a beat sounds, in seconds from the start; the beat of the first one is 0."""
        whole, part = divmod(beat, 1.0)
        swung = part * self.swing / 0.5 if part < 0.5 else 1 - (1 - part) * (1 - self.swing) / 0.5
        at = whole + swung + self.pickup_beats
        # [beats] * [s / beat] = [s]; the length of a beat grows evenly from its mean - drift / 2
        length = self.starts[-1] + self.pickup_beats
        stretched = at * (1 - self.drift / 2) + self.drift * at * at / (2 * length)
        return self.lead_s + stretched * 60.0 / self.tempo_bpm


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """What is true of a variation, from its score.

    Attributes
    ----------
    beats_s : tuple of float
        Every beat, the pickup's too.
    starts_s : tuple of float
        Where the sections begin, which is always a one; and the end of the last.
    """

    tempo_bpm: float
    beats_s: tuple[float, ...]
    first_one: int
    starts_s: tuple[float, ...]
    labels: tuple[str, ...]
    energies: tuple[Energy, ...]


def draw(number: int) -> Variation:
    """The variation of a number: the same song every time."""
    random = Random(number)  # noqa: S311
    parts = FORMS[number // 2 % len(FORMS)]
    chosen = dict(zip(sorted(LENGTHS), random.sample(PROGRESSIONS, len(LENGTHS)), strict=True))
    lengths = {part: random.choice(LENGTHS[part]) for part in LENGTHS}
    form = [Stretch(part, lengths[part] * BEATS_PER_EIGHT) for part in parts]
    if number // 2 % 4 == 3:
        # a turnaround: half an eight, or a quarter of one, before the form goes on
        at = random.randrange(2, len(form) - 2)
        form[at] = replace(form[at], beats=form[at].beats + random.choice((2, 4, 4, 6)))
    if number // 2 % 3 == 1:
        last = max(i for i, stretch in enumerate(form) if stretch.part == "chorus")
        form[last] = replace(form[last], raised=random.choice((1, 2)))
    return Variation(
        number=number,
        # spread evenly over the range, for both halves of the numbers
        tempo_bpm=round(90 + 80 * ((number // 2 * 0.618 + number % 2 * 0.31) % 1), 1),
        form=tuple(form),
        progressions={part: chosen[part] for part in LENGTHS},
        chords_per_eight=random.choice((1, 2)),
        key=random.randrange(-5, 7),
        bass=random.choice(sorted(BASSES)),
        drift=random.choice((0.0, 0.0, 0.03, -0.03)),
        swing=random.choice((0.5, 0.5, 0.56, 0.62)),
        pickup_beats=random.choice((0, 2, 4, 6)),
        lead_s=round(random.choice((0.2, 1.5, 4.0)) + random.random(), 3),
        is_noisy=random.random() < 0.4,
        absent=random.choice(THIN),
        codec=random.choice((None, "opus", "aac")),
    )


def answers_of(variation: Variation) -> Answers:
    """What should be heard of it."""
    beats = range(-variation.pickup_beats, variation.starts[-1] + 1)
    return Answers(
        tempo_bpm=variation.tempo_bpm,
        beats_s=tuple(variation.beat_s(beat) for beat in beats),
        first_one=variation.pickup_beats,
        starts_s=tuple(variation.beat_s(start) for start in variation.starts),
        labels=tuple(stretch.part for stretch in variation.form),
        energies=tuple(ENERGY[stretch.part] for stretch in variation.form),
    )


def play(variation: Variation) -> Stereo:
    """The variation as stereo samples at ``instruments.SAMPLE_RATE_HZ``, mastered."""
    end_s = variation.beat_s(float(variation.starts[-1])) + score.TAIL_S
    random = Random(-variation.number - 1)  # noqa: S311
    heard = [note for note in _all_notes(variation) if note.voice not in variation.absent]
    sung = [note for note in heard if note.voice == "voice"]
    played = [_as_people_play(note, random) for note in heard if note.voice != "voice"]
    sound = mix(
        played,
        [(sung, 0.20, 0.0)] if sung else [],
        Clock(variation.tempo_bpm, variation.beat_s),
        n_samples=round(end_s * SAMPLE_RATE_HZ),
    )
    sound = master(sound)
    if variation.is_noisy:
        first = round(variation.beat_s(-float(variation.pickup_beats)) * SAMPLE_RATE_HZ)
        hiss = np.random.default_rng(variation.number).standard_normal((2, first)) * 0.01
        sound[:, :first] += hiss.astype(np.float32)
    return sound


def _as_people_play(note: Note, random: Random) -> Note:
    """A few thousandths of a beat early or late, a little louder or softer."""
    gain = note.gain * random.uniform(0.85, 1.15)
    return replace(note, beat=note.beat + random.gauss(0, 0.01), gain=gain)


def _all_notes(variation: Variation) -> Iterator[Note]:
    yield from _pickup(variation)
    for stretch, start in zip(variation.form, variation.starts, strict=False):
        n_eights = -(-stretch.beats // BEATS_PER_EIGHT)
        for eight in range(n_eights):
            one = start + eight * BEATS_PER_EIGHT
            end = min(one + BEATS_PER_EIGHT, start + stretch.beats)
            is_last = eight == n_eights - 1
            for note in _eight(variation, stretch, eight, is_last=is_last):
                at = note.beat + one
                if at < end - 1e-6:
                    yield _in_key(replace(note, beat=at), variation.key + stretch.raised)
    yield from _last_chord(variation)


def _in_key(note: Note, semitones: int) -> Note:
    return note if note.voice in UNPITCHED else replace(note, pitch=note.pitch + semitones)


def _eight(variation: Variation, stretch: Stretch, eight: int, *, is_last: bool) -> Iterator[Note]:
    """One eight from beat 0: rhythm, bass, guitars and voice of its part."""
    part, loud = stretch.part, stretch.part == "chorus"
    yield from _rhythm(part, is_first=eight == 0, is_last=is_last)
    progression = variation.progressions[part]
    n_chords = variation.chords_per_eight
    for bar in (0, 1):
        place = eight * n_chords + bar * (n_chords - 1)
        root, tones = score.CHORDS[progression[place % len(progression)]]
        yield from _bass(4.0 * bar, root, kind=variation.bass, gain=1.0 if loud else 0.66)
        yield from _guitar(4.0 * bar, tones, part)
    if part in ("verse", "chorus"):
        yield from _melody(variation, part, eight)


def _rhythm(part: Part, *, is_first: bool, is_last: bool) -> Iterator[Note]:
    loud = part == "chorus"
    if part != "bridge":
        yield from score.bongo(0.0, chorus=loud, last=is_last)
    if part != "intro":
        yield from score.guira(0.0, chorus=loud)
    if part in ("chorus", "bridge"):
        yield from score.campana(0.0)
    if is_first and part != "intro":
        yield Note("crash", 0.0, 4, 0, 0.34 if loud else 0.16)
    yield Note("kick", 0.0, 1, 0, 0.80 if loud else 0.50)
    if loud:
        yield Note("kick", 4.0, 1, 0, 0.42)


def _bass(start: float, root: int, *, kind: str, gain: float) -> Iterator[Note]:
    fifth = root + 7 if root < 43 else root - 5
    for at, beats, on_fifth, share in BASSES[kind]:
        yield Note("bass", start + at, beats, fifth if on_fifth else root, gain * share)


def _guitar(start: float, tones: Sequence[int], part: Part) -> Iterator[Note]:
    if part in ("intro", "outro"):
        for at, tone in ((0.0, 0), (1.0, 2), (1.5, 3), (2.0, 4), (3.0, 2), (3.5, 1)):
            yield Note("requinto", start + at, 1.6, tones[tone], 0.45)
        return
    for eighth, tone in enumerate(score.ARPEGGIO):
        octave = 12 if part != "verse" and eighth in (3, 5) else 0
        accent = 1.25 if eighth in (0, 6) else 1.0
        yield Note("requinto", start + eighth / 2, 1.1, tones[tone] + octave, 0.4 * accent)
    if part in ("chorus", "bridge"):
        for at, gain in ((1.5, 0.2), (2.5, 0.2), (3.0, 0.3)):
            for string, pitch in enumerate(tones):
                yield Note("segunda", start + at + 0.022 * string, 0.7, pitch, gain)


def _melody(variation: Variation, part: Part, eight: int) -> Iterator[Note]:
    """A line of the part's own, the same each time its eight comes."""
    random = Random(f"{variation.number} {part} {eight % 4}")  # noqa: S311
    progression = variation.progressions[part]
    tones = score.CHORDS[progression[eight * variation.chords_per_eight % len(progression)]][1]
    at = random.choice((0.0, 0.0, 0.5, 1.0))
    while at < 6.5:
        beats = random.choice((0.5, 0.5, 1.0, 1.5, 2.0))
        pitch = random.choice(tones[1:4]) + random.choice((0, 0, 2, -1))
        yield Note("voice", at, beats * 0.94, pitch, 1.0, random.choice("aeio"))
        at += beats


def _pickup(variation: Variation) -> Iterator[Note]:
    """The drum calls before the first one; whoever lacks it lets the guitar."""
    voice = "requinto" if "macho" in variation.absent else "macho"
    for beat in range(-variation.pickup_beats, 0):
        for at, gain in ((0.0, 0.55), (0.5, 0.4)):
            yield Note(voice, beat + at, 1, 64 + variation.key, gain)


def _last_chord(variation: Variation) -> Iterator[Note]:
    end = float(variation.starts[-1])
    for string, tone in enumerate(score.CHORDS["Am"][1]):
        yield Note("requinto", end + 0.05 * string, 5, tone + variation.key, 0.5)
    yield Note("bass", end, 4, 45 + variation.key, 0.9)
    yield Note("macho", end, 1, 0, 0.9)
