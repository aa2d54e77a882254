"""The form of a song: where the eights begin, and its sections with their energy."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from jobrunner.contract import BEATS_PER_EIGHT, Energy, Section

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jobrunner.spectrum import Sound

MIN_SECTION_EIGHTS = 4
ALIKE = 0.75
N_COLOURS = 12
START_BONUS = 0.15


def find_first_one(sound: Sound, beats_s: NDArray[np.float64]) -> int:
    """Index of the first beat that starts an eight, 0 … 7.

    Harmony, timbre and bass change where a bar or a phrase begins; the phase at which they change
    most is the one. If nothing tells the phases apart it is 0: songs begin on the one.
    """
    features = beat_features(sound, beats_s)
    evidence = (
        _scaled(_change(features, reach=8))
        + 0.5 * _scaled(_change(features, reach=4))
        + 0.5 * _scaled(_strength(sound.low_onsets, sound.hop_s, beats_s))
        + 0.3 * _scaled(_strength(sound.onsets, sound.hop_s, beats_s))
    )
    phases = np.arange(len(evidence)) % BEATS_PER_EIGHT
    scores = np.array([_mean(evidence[phases == phase]) for phase in range(BEATS_PER_EIGHT)])
    # the second bar of an eight starts likewise, if less so: half its evidence counts for the one
    scores = scores + 0.5 * np.roll(scores, -4)
    scores[0] += START_BONUS
    return int(scores.argmax())


def find_sections(
    sound: Sound, beats_s: NDArray[np.float64], *, first_one: int, duration_s: float
) -> tuple[Section, ...]:
    """Cut the song into sections on the ones; they touch and cover it all.

    Notes
    -----
    Borders: a checkerboard kernel along the self-similarity of the eights (Foote 2000). Labels:
    sections whose mean features lie close share one, ``A`` for the first.
    """
    ones = np.arange(first_one, len(beats_s) - BEATS_PER_EIGHT // 2, BEATS_PER_EIGHT)
    edges_s = np.append(beats_s[ones], min(duration_s, beats_s[-1]))
    if len(ones) < 2 * MIN_SECTION_EIGHTS:
        return (Section(start_s=0.0, end_s=duration_s, label="A", energy="medium"),)
    features = _scaled(_beat_means(sound, edges_s))
    borders = [0, *_borders(features), len(ones)]
    spans = list(pairwise(borders))
    labels = _labels([features[low:high] for low, high in spans])
    energies = _energies(sound, [(edges_s[low], edges_s[high]) for low, high in spans])
    starts_s = [0.0, *(float(edges_s[low]) for low, _ in spans[1:]), duration_s]
    return tuple(
        Section(start_s=starts_s[i], end_s=starts_s[i + 1], label=labels[i], energy=energies[i])
        for i in range(len(spans))
    )


def beat_features(sound: Sound, beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colour, harmony and level between each beat and the next.

    Returns
    -------
    ndarray, shape (n_beats, n_features), float64
        Each feature of mean 0 and deviation 1 over the song.
    """
    last = beats_s[-1] + (beats_s[-1] - beats_s[-2])
    return _scaled(_beat_means(sound, np.append(beats_s, last)))


def _beat_means(sound: Sound, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean features between each edge and the next: cepstrum of the bands, then chroma."""
    bands = _means(sound.bands, sound.hop_s, edges_s)
    n_bands = bands.shape[1]
    order, place = np.arange(N_COLOURS)[:, None], np.arange(n_bands)[None, :] + 0.5
    cosines = np.cos(np.pi * order * place / n_bands)
    chroma = _means(sound.chroma, sound.chroma_hop_s, edges_s)
    return np.hstack([bands @ cosines.T, chroma])


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


def _change(features: NDArray[np.float64], *, reach: int) -> NDArray[np.float64]:
    """Distance of the ``reach`` beats after each beat from those before it; 0 near the ends."""
    n_beats = len(features)
    change = np.zeros(n_beats)
    if n_beats <= 2 * reach:
        return change
    sums = np.vstack([np.zeros(features.shape[1]), np.cumsum(features, axis=0)])
    index = np.arange(reach, n_beats - reach + 1)
    after, before = sums[index + reach] - sums[index], sums[index] - sums[index - reach]
    change[index[: n_beats - reach]] = np.linalg.norm(after - before, axis=1)[: n_beats - reach]
    return change


def _strength(
    onsets: NDArray[np.float32], hop_s: float, beats_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Strongest onset within 35 ms of each beat."""
    reach = max(1, round(0.035 / hop_s))
    index = np.round(beats_s / hop_s).astype(int)[:, None] + np.arange(-reach, reach + 1)
    return np.asarray(onsets[np.clip(index, 0, len(onsets) - 1)].max(axis=1), dtype=np.float64)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _borders(features: NDArray[np.float64]) -> list[int]:
    """Eights at which something new begins, at least ``MIN_SECTION_EIGHTS`` apart."""
    novelty = _novelty(features)
    bound = novelty.mean() + 0.3 * novelty.std()
    borders: list[int] = []
    for eight in np.argsort(-novelty, kind="stable"):
        fits = MIN_SECTION_EIGHTS <= eight <= len(features) - MIN_SECTION_EIGHTS
        apart = all(abs(eight - border) >= MIN_SECTION_EIGHTS for border in borders)
        if novelty[eight] > bound and fits and apart:
            borders.append(int(eight))
    return sorted(borders)


def _novelty(features: NDArray[np.float64], *, reach: int = 4) -> NDArray[np.float64]:
    """Foote's novelty of each eight: unlike across it, alike on either side."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.maximum(lengths, 1e-9)
    likeness = unit @ unit.T
    side = np.sign(np.arange(-reach, reach) + 0.5)
    taper = np.exp(-0.5 * ((np.arange(-reach, reach) + 0.5) / (0.7 * reach)) ** 2)
    kernel = np.outer(side * taper, side * taper)
    padded = np.pad(likeness, reach)
    return np.array(
        [
            float((padded[i : i + 2 * reach, i : i + 2 * reach] * kernel).sum())
            for i in range(len(features))
        ]
    )


def _labels(parts: list[NDArray[np.float64]]) -> list[str]:
    """Letters by appearance; the nearest two groups are joined while they are alike."""
    groups = [[index] for index in range(len(parts))]
    while len(groups) > 1:
        means = [np.vstack([parts[i] for i in group]).mean(axis=0) for group in groups]
        pairs = [
            (float(np.sqrt(np.mean((means[a] - means[b]) ** 2))), a, b)
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
    return [letter_of[index] for index in range(len(parts))]


def _energies(sound: Sound, spans_s: list[tuple[float, float]]) -> list[Energy]:
    """Low, medium or high by loudness and density of onsets, against the song's own mean."""
    overall_db = _decibels(sound.level)
    busy = float(sound.onsets.mean()) or 1.0
    energies: list[Energy] = []
    for start_s, end_s in spans_s:
        part = slice(
            int(start_s / sound.hop_s),
            max(int(end_s / sound.hop_s), int(start_s / sound.hop_s) + 1),
        )
        louder_db = _decibels(sound.level[part]) - overall_db
        busier_db = 10 * float(np.log10(max(float(sound.onsets[part].mean()), 1e-6) / busy))
        rise_db = louder_db + busier_db
        energies.append("high" if rise_db > 1 else "low" if rise_db < -2.5 else "medium")
    return energies


def _decibels(level: NDArray[np.float32]) -> float:
    return 20 * float(np.log10(max(float(np.sqrt(np.mean(np.square(level)))), 1e-9)))
