"""Grooves drawn at random, as MIDI with known bars: what the network of the bars is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import mido

from hearing import styles

TICKS_PER_BEAT = 480
DRUM_CHANNEL = 9
CHANNELS = {"chords": 0, "bass": 1, "lead": 2, "arpeggio": 3}
BACHATA_BASS = {0.0: 0.75, 1.5: 0.9, 2.0: 1.15, 3.0: 1.15}
"""Accents of bachata's bass by place: 2 and, 3 and 4 are louder than 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note: when, in beats from the first bar, how long, on which channel, and how loud."""

    at: float
    length: float
    channel: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Groove:
    """A groove as MIDI.

    Attributes
    ----------
    beats_s : tuple of float
        Every beat from the first note on.
    first_bar : int
        Index of the first beat that begins a bar, 0 … 3.
    """

    midi: mido.MidiFile
    beats_s: tuple[float, ...]
    first_bar: int


def draw_groove(seed: int) -> Groove:
    """Return the groove of a seed: style, players, tempo, pickup and silence before are drawn."""
    random = Random(seed)  # noqa: S311 - a seed, no secret
    names = list(styles.CHORDS)
    style = random.choices(names, [styles.WEIGHTS.get(name, 1) for name in names])[0]
    notes, start = [], 0
    for _ in range(random.choice([2, 3, 3, 4])):
        bars = random.choice([4, 8, 8, 12])
        notes += _draw_section(random, style, start=start, bars=bars)
        start += 4 * bars
    pickup = random.choice([0, 0, 0, 0, 1, 2, 3])
    notes += [
        Note(at=-1.0 - i, length=0.9, channel=2, pitch=64, velocity=90) for i in range(pickup)
    ]
    tempo_bpm = random.uniform(88, 174)
    lead = random.choice([0, 0, 0.5, 1.3]) * tempo_bpm / 60 + pickup
    beat_s = 60 / tempo_bpm
    return Groove(
        midi=_as_midi(random, notes, lead=lead, tempo_bpm=tempo_bpm),
        beats_s=tuple((at + lead) * beat_s for at in range(-pickup, start)),
        first_bar=pickup % 4,
    )


def _draw_section(random: Random, style: str, *, start: int, bars: int) -> list[Note]:
    """Return the notes of a section: who plays and what is drawn for it."""
    key, every = random.randrange(12), random.choice([4, 4, 4, 2, 8])
    roots = random.choice(styles.PROGRESSIONS)
    chords = [key + roots[4 * bar // every % 4] for bar in range(bars)]
    notes: list[Note] = []
    parts = {"drums": 0.75, "bass": 0.9, "chords": 0.85, "lead": 0.55, "arpeggio": 0.35}
    playing = [name for name, share in parts.items() if random.random() < share] or ["chords"]
    for name in playing:
        loudness = random.uniform(0.5, 1.0)
        notes += _PLAYERS[name](random, style, chords, loudness)
    return [_moved(random, note, start) for note in notes]


def _play_drums(random: Random, style: str, chords: list[int], loudness: float) -> list[Note]:
    drums = dict(styles.DRUMS[style])
    answer = random.choice([None] * 5 + [styles.AFTER, (1.5, 3.5), (1.0, 3.0)])
    pitches = {name: random.choice(styles.NOTES[name]) for name in drums}
    if answer is not None:
        drums["answer"], pitches["answer"] = answer, random.choice([39, 54, 42, 69, 70, 40])
    levels = {name: random.uniform(50, 105) * loudness for name in drums}
    return [
        _note(random, 4 * bar + at, 0.2, DRUM_CHANNEL, pitches[name], levels[name])
        for bar in range(len(chords))
        for name, places in drums.items()
        for at in places
        if random.random() > 0.03
    ]


def _play_bass(random: Random, style: str, chords: list[int], loudness: float) -> list[Note]:
    places = random.choice(styles.BASSES[style])
    accents = BACHATA_BASS if style in ("bachata", "mambo", "majao") else {}
    return [
        _note(
            random,
            4 * bar + at,
            0.6,
            CHANNELS["bass"],
            36 + (root + (random.choice([0, 0, 7]) if at else 0)) % 12,
            95 * loudness * accents.get(at, 1.0),
        )
        for bar, root in enumerate(chords)
        for at in places
    ]


def _play_chords(random: Random, style: str, chords: list[int], loudness: float) -> list[Note]:
    places, length = random.choice(styles.CHORDS[style]), random.choice([0.3, 0.9])
    return [
        _note(random, 4 * bar + at, length, CHANNELS["chords"], 52 + step % 12, 84 * loudness)
        for bar, root in enumerate(chords)
        for at in places
        for step in _triad(root)
    ]


def _play_lead(random: Random, style: str, chords: list[int], loudness: float) -> list[Note]:
    motif, at = [], 0.0
    while at < 8:
        length = random.choice([0.5, 0.5, 1, 1, 1.5, 2, 0.25, 0.75])
        if random.random() < 0.8:
            motif.append((at, length, random.choice([0, 2, 4, 5, 7, 9, 11, 12])))
        at += length
    return [
        _note(random, 8 * pair + at, length, CHANNELS["lead"], 60 + step, 92 * loudness)
        for pair in range(len(chords) // 2)
        for at, length, step in motif
    ]


def _play_arpeggio(random: Random, style: str, chords: list[int], loudness: float) -> list[Note]:
    rate = random.choice([0.5, 0.5, 0.25, 1.0])
    shape = [random.randrange(4) for _ in range(8)]
    return [
        _note(
            random,
            4 * bar + i * rate,
            0.9 * rate,
            CHANNELS["arpeggio"],
            60 + (*_triad(root), root + 12)[shape[i % 8]] % 24,
            80 * loudness,
        )
        for bar, root in enumerate(chords)
        for i in range(round(4 / rate))
    ]


_PLAYERS = {
    "drums": _play_drums,
    "bass": _play_bass,
    "chords": _play_chords,
    "lead": _play_lead,
    "arpeggio": _play_arpeggio,
}


def _triad(root: int) -> tuple[int, int, int]:
    return (root, root + (4 if root % 12 in styles.MAJOR else 3), root + 7)


def _note(
    random: Random, at: float, length: float, channel: int, pitch: int, loudness: float
) -> Note:
    velocity = max(20, min(127, round(random.gauss(loudness, 8))))
    return Note(at=at, length=length, channel=channel, pitch=pitch, velocity=velocity)


def _moved(random: Random, note: Note, start: int) -> Note:
    """Return the note where its section is, as exactly as people play."""
    return Note(
        at=note.at + start + random.gauss(0, 0.004),
        length=note.length,
        channel=note.channel,
        pitch=note.pitch,
        velocity=note.velocity,
    )


def _as_midi(random: Random, notes: list[Note], *, lead: float, tempo_bpm: float) -> mido.MidiFile:
    """Return the notes as a MIDI file, the first bar ``lead`` beats after its start."""
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=round(60e6 / tempo_bpm)))
    for name, channel in CHANNELS.items():
        program = random.choice(styles.PROGRAMS[name])
        track.append(mido.Message("program_change", channel=channel, program=program))
    events = [(note.at, "note_on", note) for note in notes]
    events += [(note.at + note.length, "note_off", note) for note in notes]
    now = 0
    for at, kind, note in sorted(events, key=lambda event: (event[0], event[1])):
        tick = max(now, round((at + lead) * TICKS_PER_BEAT))
        velocity = note.velocity if kind == "note_on" else 0
        track.append(
            mido.Message(
                kind, channel=note.channel, note=note.pitch, velocity=velocity, time=tick - now
            )
        )
        now = tick
    file = mido.MidiFile(ticks_per_beat=TICKS_PER_BEAT)
    file.tracks.append(track)
    return file
