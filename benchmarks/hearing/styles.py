"""What each style of the drawn grooves plays in a bar: where, in beats, and on which drum."""

from __future__ import annotations

type Bar = tuple[float, ...]

BEATS: Bar = (0, 1, 2, 3)
HALVES: Bar = (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5)
AFTER: Bar = (0.5, 1.5, 2.5, 3.5)
QUARTERS: Bar = tuple(i / 4 for i in range(16))
GALLOP: Bar = (0, 0.5, 0.75, 1, 1.5, 1.75, 2, 2.5, 2.75, 3, 3.5, 3.75)

CHORDS: dict[str, tuple[Bar, ...]] = {
    "rock": (BEATS, HALVES, (0, 1.5, 2, 3.5)),
    "pop": ((0, 1.5, 3), (0, 2), BEATS),
    "ska": (AFTER,),
    "reggae": ((1, 3), AFTER, (1, 1.5, 3, 3.5)),
    "bachata": (HALVES, (0.5, 1, 1.5, 2.5, 3, 3.5), (0, 1, 1.5, 2, 3), AFTER, BEATS),
    "mambo": ((0, 1.5, 2.5, 3.5), (0, 0.5, 1.5, 2, 3, 3.5)),
    "majao": (AFTER, HALVES),
    "disco": (AFTER, (0, 0.75, 1.5, 2.5, 3.25)),
    "house": (AFTER, (0, 0.75, 1.5, 2.25, 3)),
    "walking": ((1, 3), AFTER, (0, 1.5), (1.5, 3.5)),
    "bossa": ((0, 1.5, 3), (0, 1, 2.5, 3.5)),
    "ballad": ((0, 2), (0,)),
    "polka": ((1, 3), AFTER),
    "classical": (HALVES, (1, 2, 3)),
    "hymn": (BEATS, (0, 1, 2), (0, 1, 2, 3, 3.5), (0, 1.5, 2, 3)),
    "melody": ((0, 2), (0,), BEATS, (1, 2, 3)),
    "unison": ((0, 0.75, 1.5, 2, 3), (0, 1, 1.5, 2.5, 3), (0, 0.5, 1.5, 2, 3.5)),
    "metal": (GALLOP, QUARTERS),
    "latin": ((0, 1.5, 2.5, 3.5), (0.5, 1.5, 2, 3, 3.5), (1.5, 3.5)),
    "funk": ((0, 0.75, 1.25, 2.5, 3.25), (0.25, 0.75, 1.5, 2.25, 3.75)),
    "march": ((1, 3), BEATS),
    "syncopated": (AFTER, (0, 0.75, 1.5, 2.25, 3, 3.5), (0.75, 1.5, 2.75, 3.5)),
}
BASSES: dict[str, tuple[Bar, ...]] = {
    "rock": (HALVES, (0, 2), BEATS),
    "pop": ((0, 1.5, 2), (0, 2, 3.5), BEATS, (0, 0.5, 2, 2.5)),
    "ska": (BEATS, HALVES),
    "reggae": ((0, 1.5, 2.5), (0.5, 1, 2, 2.5, 3.5), (0, 0.75, 2, 2.75)),
    "bachata": ((0, 2, 3), (0, 1.5, 3), (0, 1.5, 2, 3), (0, 1.5, 2, 3), BEATS),
    "mambo": ((0, 1.5, 2, 3), (0, 1.5, 2.5, 3), (0, 0.5, 1.5, 2, 3)),
    "majao": ((0, 2, 3), BEATS),
    "disco": (HALVES,),
    "house": (AFTER, (0, 0.75, 1.5, 2.5, 3.5)),
    "walking": (BEATS,),
    "bossa": ((0, 1.5, 2, 3.5),),
    "ballad": ((0,), (0, 2), (0, 3.5)),
    "polka": ((0, 2),),
    "classical": ((0, 2), (0,), BEATS),
    "hymn": (BEATS, (0, 2)),
    "melody": ((0,), (0, 2), (0, 2, 3)),
    "unison": ((0, 0.75, 1.5, 2, 3), (0, 1, 1.5, 2.5, 3), (0, 0.5, 1.5, 2, 3.5)),
    "metal": (GALLOP,),
    "latin": ((1.5, 3), (0, 1.5, 3), (0, 1.5, 2.5)),
    "funk": ((0, 0.75, 2.5, 3.25), (0, 0.5, 1.75, 2.5, 3.75), (0, 0.25, 1.5, 2.75)),
    "march": ((0, 2),),
    "syncopated": ((0, 0.75, 1.5, 2.5, 3.25), AFTER, (0, 1.5, 3)),
}
BONGO = {"bongo": HALVES, "guira": GALLOP, "low": (3.0,)}
DRUMS: dict[str, dict[str, Bar]] = {
    "rock": {"kick": (0, 2), "snare": (1, 3), "hat": HALVES},
    "pop": {"kick": (0, 1.5, 2), "snare": (1, 3), "hat": HALVES},
    "ska": {"kick": BEATS, "snare": (1, 3), "hat": AFTER},
    "reggae": {"kick": (2,), "snare": (2,), "hat": HALVES},
    "bachata": BONGO,
    "mambo": {"bongo": HALVES, "bell": BEATS, "guira": HALVES, "low": (3, 3.5)},
    "majao": {"bongo": (0, 1, 2, 3, 3.5), "guira": (0, 1, 1.5, 2, 3, 3.5), "low": (3,)},
    "disco": {"kick": BEATS, "snare": (1, 3), "open": AFTER},
    "house": {"kick": BEATS, "snare": (1, 3), "open": AFTER, "hat": QUARTERS},
    "walking": {"kick": (0, 2), "hat": (1, 3), "ride": (0, 1, 1.5, 2, 3, 3.5)},
    "bossa": {"kick": (0, 1.5, 2, 3.5), "bell": (0, 1.5, 3), "hat": HALVES},
    "ballad": {"kick": (0, 2), "snare": (2,), "hat": BEATS},
    "polka": {"kick": (0, 2), "snare": (1, 3), "hat": AFTER},
    "classical": {},
    "hymn": {},
    "melody": {"kick": (0, 2), "snare": (1, 3)},
    "unison": {"kick": (0, 2), "snare": (1, 3), "hat": HALVES},
    "metal": {"kick": GALLOP, "snare": (1, 3), "hat": BEATS},
    "latin": {"bongo": HALVES, "bell": (0, 1.5, 3), "guira": (0, 1, 1.5, 2, 3, 3.5)},
    "funk": {"kick": (0, 0.75, 2.5), "snare": (1, 3), "hat": QUARTERS},
    "march": {"snare": (0, 1, 1.5, 2, 3, 3.25, 3.5, 3.75), "kick": (0, 2)},
    "syncopated": {"kick": (0, 1.5, 2.5), "snare": (1, 2.75, 3), "hat": HALVES},
}
NOTES: dict[str, tuple[int, ...]] = {
    "kick": (35, 36),
    "snare": (38, 40, 39, 37),
    "hat": (42, 44, 70),
    "open": (46,),
    "ride": (51, 59),
    "bongo": (60, 61),
    "guira": (73, 69, 82),
    "low": (61, 64, 66),
    "bell": (75, 76, 56),
}
"""Notes of the drum channel of General MIDI; one of each is drawn for a groove."""

WEIGHTS = {"bachata": 6, "hymn": 2, "classical": 3, "melody": 2, "unison": 2, "rock": 3, "pop": 2}
"""How often a style is drawn against the others' once."""

PROGRESSIONS: tuple[tuple[int, ...], ...] = (
    (0, 5, 7, 0),
    (0, 7, 9, 5),
    (9, 5, 0, 7),
    (0, 9, 5, 7),
    (0, 3, 8, 10),
    (0, 10, 8, 7),
    (2, 7, 0, 0),
    (0, 8, 3, 10),
    (9, 7, 5, 4),
    (0, 5, 10, 3),
)
MAJOR = frozenset({0, 5, 7, 3, 8, 10})
PROGRAMS: dict[str, tuple[int, ...]] = {
    "chords": (0, 0, 2, 4, 5, 11, 24, 25, 26, 27, 29, 30, 46, 48, 50, 80, 81, 6, 12, 21),
    "bass": (32, 33, 33, 34, 35, 36, 38, 39, 43, 58),
    "lead": (0, 40, 56, 60, 65, 71, 73, 75, 80, 81, 82, 22, 52, 53, 24, 11),
    "arpeggio": (48, 49, 50, 89, 91, 19, 0, 4, 24, 25, 45, 46),
}
