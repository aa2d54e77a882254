"""The form of a song: where the eights begin, and its sections with their label and energy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from jobrunner.contract import BEATS_PER_EIGHT, Energy, Section

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jobrunner.spectrum import Sound

N_COLOURS = 12
# A song may insert or drop a bar, and what returns then returns so many beats off the eights.
SLIPS = (0, -3, -2, -1, 1, 2, 3, 4)

# How much each kind of evidence for the one counts.
PHRASES, CHORDS, BASS = 3.0, 1.0, 0.5
START_BONUS = 0.15

# Sections: shortest and longest in eights, what a border costs against what it explains (the
# deviation of a mean eight is 1), and how far apart sections that share a label may be.
SHORTEST, LONGEST = 2, 16
BORDER_COST = 1.0
CHORDS_IN_TEXTURE = 0.5
ALIKE = 0.5

# Likeness of chords from which, and from which surely, one eight is a repeat of another, and how
# much of an eight's texture is that of its repeats.
REPEATS_FROM, REPEATS_AT = 0.6, 0.9
SHARED = 0.7

# Deviations below these cannot be heard: log power of a band, decibels, onset, share of harmony.
FAINT_COLOUR, FAINT_LEVEL_DB, FAINT_ONSET, FAINT_SHARE = 0.02, 0.5, 0.005, 0.02

HIGH_DB, LOW_DB = 0.75, -2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Eights:
    """What tells the eights of a song apart.

    Attributes
    ----------
    texture : ndarray, shape (n_eights, n_features), float64
        Colour, loudness, business and mean harmony; an eight is some 1 from the song's mean.
    misfits : ndarray, shape (2 * len(SLIPS), n_eights, n_eights), float64
        Half the squared distance between the courses of two eights' harmony, either of them
        heard so many beats late; some 1 if they have nothing to do with each other.
    """

    texture: NDArray[np.float64]
    misfits: NDArray[np.float64]


def find_first_one(sound: Sound, beats_s: NDArray[np.float64]) -> int:
    """Index of the first beat that starts an eight, 0 … 7.

    If nothing tells the phases apart it is 0: songs begin on the one.

    Notes
    -----
    Chords change and basses enter on the first beat of a bar (Goto 2001, Papadopoulos and
    Peeters 2011), which tells the bars; phrases begin on the one, so each peak of novelty (Foote
    2000) votes for its phase, by its height. How loud a beat is overall says nothing: drums
    answer on the off-beats, in bachata on the tap.
    """
    edges_s = _with_end(beats_s)
    harmony = _harmony(sound, edges_s)
    per_beat = CHORDS * (
        _scaled(_turns(harmony[:, :12], reach=2)) + _scaled(_turns(harmony[:, 12:], reach=2))
    ) + BASS * _scaled(_strength(sound.low_onsets, sound.hop_s, beats_s))
    phases = np.arange(len(beats_s)) % BEATS_PER_EIGHT
    bars = np.array([_mean(per_beat[phases == phase]) for phase in range(BEATS_PER_EIGHT)])
    # chords turn as far at the second bar of an eight: which bar is the one, phrases tell
    scores = bars + 0.85 * np.roll(bars, -4) + PHRASES * _phrase_votes(sound, edges_s)
    scores[0] += START_BONUS
    return int(scores.argmax())


def find_sections(
    sound: Sound, beats_s: NDArray[np.float64], *, first_one: int, duration_s: float
) -> tuple[Section, ...]:
    """Cut the song into sections on the ones; they touch and cover it all.

    Notes
    -----
    Textures are evened over the eights that repeat each other's chords (non-local means, as
    ``librosa.decompose.nn_filter`` 0.11), so that what recurs is cut alike each time. Borders: the
    blocks of one texture that explain most for what their borders cost, by dynamic programming
    (Jensen 2007), regular lengths costing less (Sargent, Bimbot and Vincent 2011). Labels:
    sections are joined while they are alike in texture and, laid over each other as they fit
    best, in the course of their chords; letters by appearance, so a chorus that returns is the
    same letter. Neighbours that share a label are one section.
    """
    n_eights = (len(beats_s) - first_one) // BEATS_PER_EIGHT
    edges_s = _eight_edges(beats_s, first_one=first_one, n_eights=n_eights)
    if n_eights < 2 * SHORTEST:
        return (Section(start_s=0.0, end_s=duration_s, label="A", energy="medium"),)
    eights = _measure(sound, beats_s, edges_s, first_one=first_one)
    spans = list(pairwise(_borders(eights.texture)))
    spans, labels = _joined(spans, _labels(eights, spans))
    energies = _energies(sound, [(edges_s[low], edges_s[high]) for low, high in spans], labels)
    starts_s = [0.0, *(float(edges_s[low]) for low, _ in spans[1:]), duration_s]
    return tuple(
        Section(start_s=starts_s[i], end_s=starts_s[i + 1], label=labels[i], energy=energies[i])
        for i in range(len(spans))
    )


def _with_end(beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """The beats and where the next one would be."""
    return np.append(beats_s, 2 * beats_s[-1] - beats_s[-2])


def _eight_edges(
    beats_s: NDArray[np.float64], *, first_one: int, n_eights: int
) -> NDArray[np.float64]:
    """The ones of the whole eights, and the end of the last."""
    return _with_end(beats_s)[first_one::BEATS_PER_EIGHT][: n_eights + 1]


def _measure(
    sound: Sound,
    beats_s: NDArray[np.float64],
    edges_s: NDArray[np.float64],
    *,
    first_one: int,
) -> Eights:
    """Texture and chords of the eights between the edges."""
    levels_db = 10 * np.log10(_means((sound.level**2)[:, None], sound.hop_s, edges_s) + 1e-9)
    onsets = np.stack([sound.onsets, sound.low_onsets], axis=1)
    heard = np.hstack(
        [
            _bounded(_colours(sound, edges_s), faint=FAINT_COLOUR),
            _bounded(levels_db, faint=FAINT_LEVEL_DB),
            _bounded(_means(onsets, sound.hop_s, edges_s), faint=FAINT_ONSET),
        ]
    )
    chords = _chords(sound, beats_s, first_one=first_one, n_eights=len(edges_s) - 1)
    mean_chord = chords[0].reshape(len(heard), BEATS_PER_EIGHT, -1).mean(axis=1)
    texture = np.hstack(
        [heard / np.sqrt(heard.shape[1]), CHORDS_IN_TEXTURE * _of_unit_spread(mean_chord)]
    )
    return Eights(texture=_evened_over(texture, _repeats(chords)), misfits=_misfits(chords))


def _chords(
    sound: Sound, beats_s: NDArray[np.float64], *, first_one: int, n_eights: int
) -> NDArray[np.float64]:
    """The harmony's course in each eight, begun at each of the slips."""
    harmony = _harmony(sound, _with_end(beats_s))
    harmony -= harmony.mean(axis=0)
    starts = first_one + BEATS_PER_EIGHT * np.arange(n_eights)
    beats = np.array(SLIPS)[:, None, None] + starts[:, None] + np.arange(BEATS_PER_EIGHT)
    chords = harmony[np.clip(beats, 0, len(harmony) - 1)].reshape(len(SLIPS), n_eights, -1)
    spread = _spread(chords[0])
    return np.asarray(chords / spread)


def _repeats(chords: NDArray[np.float64]) -> NDArray[np.float64]:
    """How surely each eight repeats each other one, in [0, 1]: two in a row must be alike."""
    lengths = np.linalg.norm(chords, axis=2, keepdims=True)
    unit = chords / np.maximum(lengths, 0.3)
    best = np.zeros((chords.shape[1], chords.shape[1]))
    for slipped in unit:
        likeness = unit[0] @ slipped.T
        pairs = np.zeros_like(likeness)
        pairs[:-1, :-1] = (likeness[:-1, :-1] + likeness[1:, 1:]) / 2
        pairs[1:, 1:] = np.maximum(pairs[1:, 1:], pairs[:-1, :-1].copy())
        best = np.maximum(best, pairs)
    best = np.maximum(best, best.T)
    np.fill_diagonal(best, 1)
    return np.asarray(np.clip((best - REPEATS_FROM) / (REPEATS_AT - REPEATS_FROM), 0, 1))


def _evened_over(texture: NDArray[np.float64], repeats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each eight's texture drawn to the mean of its repeats."""
    mean = repeats @ texture / repeats.sum(axis=1, keepdims=True)
    return np.asarray((1 - SHARED) * texture + SHARED * mean)


def _colours(sound: Sound, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean cepstrum of the bands between each edge and the next."""
    bands = _means(sound.bands, sound.hop_s, edges_s)
    n_bands = bands.shape[1]
    order, place = np.arange(N_COLOURS)[:, None], np.arange(n_bands)[None, :] + 0.5
    return np.asarray(bands @ np.cos(np.pi * order * place / n_bands).T / n_bands)


def _harmony(sound: Sound, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean pitch classes between each edge and the next: 12 of all, 12 of the bass."""
    both = np.hstack([sound.chroma, sound.bass_chroma])
    return _means(both, sound.chroma_hop_s, edges_s)


def _means(
    frames: NDArray[np.float32], hop_s: float, edges_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean of the frames between each edge and the next, at least one frame each."""
    edges = np.clip(np.round(edges_s / hop_s).astype(int), 0, len(frames) - 1)
    sums = np.vstack([np.zeros(frames.shape[1]), np.cumsum(frames, axis=0, dtype=np.float64)])
    low, high = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None])


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column with mean 0 and deviation 1; a column that does not vary is 0."""
    deviation = values.std(axis=0)
    centred = values - values.mean(axis=0)
    return np.asarray(
        np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)
    )


def _bounded(values: NDArray[np.float64], *, faint: float) -> NDArray[np.float64]:
    """Each column from its median, over its deviation, cut off at 2.5.

    A fade-out is no measure of how much a song varies: the deviation is taken of what lies
    within three median deviations.
    """
    centred = values - np.median(values, axis=0)
    reach = 3 * np.median(np.abs(centred), axis=0) + faint
    deviation = np.sqrt(np.mean(np.clip(centred, -reach, reach) ** 2, axis=0))
    return np.asarray(np.clip(centred / np.maximum(deviation, faint), -2.5, 2.5))


def _of_unit_spread(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / _spread(rows))


def _spread(rows: NDArray[np.float64]) -> float:
    """Root mean square of the rows' lengths, at least what can be heard."""
    spread = float(np.sqrt(np.mean(np.sum(rows**2, axis=1))))
    return max(spread, FAINT_SHARE * float(np.sqrt(rows.shape[1])))


def _turns(rows: NDArray[np.float64], *, reach: int) -> NDArray[np.float64]:
    """One less the cosine of the ``reach`` rows from each on and those before; 0 near the ends."""
    after, before = _either_side(rows, reach=reach)
    lengths = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    cosines = np.divide(
        (after * before).sum(axis=1), lengths, out=np.ones(len(lengths)), where=lengths > 1e-9
    )
    return np.pad(1 - cosines, (reach, len(rows) - reach - len(cosines)))


def _either_side(
    rows: NDArray[np.float64], *, reach: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums of the ``reach`` rows from each on, and before it, wherever both are whole."""
    sums = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    index = np.arange(reach, len(rows) - reach + 1)
    return sums[index + reach] - sums[index], sums[index] - sums[index - reach]


def _phrase_votes(sound: Sound, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each phase in the peaks of novelty, shape (8,); all 0 if there are none."""
    features = np.hstack([_scaled(_colours(sound, edges_s)), _scaled(_harmony(sound, edges_s))])
    # over one eight phrases show, over two whole sections, whatever the chords do within
    votes = [_votes(features, reach=reach) for reach in (BEATS_PER_EIGHT, 2 * BEATS_PER_EIGHT)]
    return np.asarray(np.mean(votes, axis=0))


def _votes(features: NDArray[np.float64], *, reach: int) -> NDArray[np.float64]:
    votes = np.zeros(BEATS_PER_EIGHT)
    if len(features) < 3 * reach:
        return votes
    after, before = _either_side(features, reach=reach)
    novelty = np.linalg.norm(after - before, axis=1)
    for index, value in enumerate(novelty):
        near = novelty[max(0, index - 4) : index + 5]
        around = novelty[max(0, index - 8) : index + 9]
        if value == near.max():
            votes[(index + reach) % BEATS_PER_EIGHT] += max(0.0, float(value - around.mean()))
    return votes / max(float(votes.sum()), 1e-9)


def _strength(
    onsets: NDArray[np.float32], hop_s: float, beats_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Strongest onset within 35 ms of each beat."""
    reach = max(1, round(0.035 / hop_s))
    index = np.round(beats_s / hop_s).astype(int)[:, None] + np.arange(-reach, reach + 1)
    return np.asarray(onsets[np.clip(index, 0, len(onsets) - 1)].max(axis=1), dtype=np.float64)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _borders(texture: NDArray[np.float64]) -> list[int]:
    """First eights of the sections, and the number of eights."""
    n_eights = len(texture)
    sums = np.vstack([np.zeros(texture.shape[1]), np.cumsum(texture, axis=0)])
    squares = np.append(0.0, np.cumsum(np.sum(texture**2, axis=1)))
    cost, back = np.full(n_eights + 1, np.inf), np.zeros(n_eights + 1, int)
    cost[0] = 0.0
    for end in range(SHORTEST, n_eights + 1):
        starts = np.arange(max(0, end - LONGEST), end - SHORTEST + 1)
        lengths = end - starts
        drift = np.sum((sums[end] - sums[starts]) ** 2, axis=1) / lengths
        costs = cost[starts] + squares[end] - squares[starts] - drift
        costs += BORDER_COST * _irregularity(lengths)
        best = int(costs.argmin())
        cost[end], back[end] = costs[best], starts[best]
    borders = [n_eights]
    while borders[-1] > 0:
        borders.append(int(back[borders[-1]]))
    return borders[::-1]


def _irregularity(lengths: NDArray[np.intp]) -> NDArray[np.float64]:
    """What a section costs by its eights: multiples of four are usual, odd numbers rare."""
    return np.where(lengths % 4 == 0, 1.0, np.where(lengths % 2 == 0, 1.15, 1.75))


def _labels(eights: Eights, spans: list[tuple[int, int]]) -> list[str]:
    """Letters by appearance; the nearest two groups are joined while they are alike."""
    apart = np.array([[_distance(eights, one, other) for other in spans] for one in spans])
    groups = [[index] for index in range(len(spans))]
    while len(groups) > 1:
        pairs = [
            (float(apart[np.ix_(groups[a], groups[b])].mean()), a, b)
            for a in range(len(groups))
            for b in range(a)
        ]
        distance, a, b = min(pairs)
        if distance > ALIKE:
            break
        groups[b] += groups.pop(a)
    groups.sort(key=min)
    letter_of = {
        index: chr(ord("A") + min(g, 25)) for g, group in enumerate(groups) for index in group
    }
    return [letter_of[index] for index in range(len(spans))]


def _distance(eights: Eights, one: tuple[int, int], other: tuple[int, int]) -> float:
    """How unlike two sections are: half by texture, and by chords where they fit best."""
    short, long = sorted((one, other), key=lambda span: span[1] - span[0])
    means = [eights.texture[low:high].mean(axis=0) for low, high in (short, long)]
    # [shift, eight]: which eight of the longer lies under each of the shorter
    under = np.add.outer(np.arange(long[1] - long[0]), np.arange(short[1] - short[0]))
    theirs = long[0] + under % (long[1] - long[0])
    chords = float(eights.misfits[:, np.arange(*short), theirs].mean(axis=-1).min())
    return 0.5 * float(np.linalg.norm(means[0] - means[1])) + chords


def _misfits(chords: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the squared distance of each eight and each other one, either slipped."""
    squares = np.sum(chords**2, axis=2)
    products = chords[0] @ chords.transpose(0, 2, 1)
    late = np.maximum(0, (squares[0][:, None] + squares[:, None, :]) / 2 - products)
    return np.concatenate([late, late.transpose(0, 2, 1)])


def _joined(
    spans: list[tuple[int, int]], labels: list[str]
) -> tuple[list[tuple[int, int]], list[str]]:
    """Neighbours that share a label made one."""
    kept: list[tuple[tuple[int, int], str]] = []
    for span, label in zip(spans, labels, strict=True):
        if kept and kept[-1][1] == label:
            span = (kept.pop()[0][0], span[1])
        kept.append((span, label))
    return [span for span, _ in kept], [label for _, label in kept]


def _energies(sound: Sound, spans_s: list[tuple[float, float]], labels: list[str]) -> list[Energy]:
    """Low, medium or high by loudness and density of onsets, against the song's own mean.

    Sections that share a label share their energy: they are danced with the same moves.
    """
    rises_db = np.array([_rise_db(sound, start_s, end_s) for start_s, end_s in spans_s])
    lengths_s = np.array([end_s - start_s for start_s, end_s in spans_s])
    energies: list[Energy] = []
    for label in labels:
        alike = np.array([label == other for other in labels])
        rise_db = float(np.average(rises_db[alike], weights=lengths_s[alike]))
        energies.append("high" if rise_db > HIGH_DB else "low" if rise_db < LOW_DB else "medium")
    return energies


def _rise_db(sound: Sound, start_s: float, end_s: float) -> float:
    """How much louder and busier than the whole song a stretch of it is."""
    start = int(start_s / sound.hop_s)
    part = slice(start, max(int(end_s / sound.hop_s), start + 1))
    busy = max(float(sound.onsets[part].mean()), 1e-6) / max(float(sound.onsets.mean()), 1e-6)
    return _decibels(sound.level[part]) - _decibels(sound.level) + 10 * float(np.log10(busy))


def _decibels(level: NDArray[np.float32]) -> float:
    return 20 * float(np.log10(max(float(np.sqrt(np.mean(np.square(level)))), 1e-9)))
