"""The structure of a song: its sections, with their label and energy."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.audio.eights import describe_eights
from engine.audio.segment_features import with_end
from engine.contract import BEATS_PER_EIGHT, Energy, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.audio.eights import EightFeatures
    from engine.audio.spectra import SpectralFeatures

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py.

MIN_EIGHTS, MAX_EIGHTS = 2, 16
"""The shortest and the longest section, in eights."""

BOUNDARY_COST = 1.0
"""What a boundary costs against what it explains; the deviation of a mean eight is 1."""

MAX_LABEL_DISTANCE = 0.5
"""How far apart sections that share a label may be."""

HIGH_ENERGY_DB, LOW_ENERGY_DB = 0.75, -2.0
"""How much more or less intense than the song a section is from which its energy is high, low."""


def find_sections(
    features: SpectralFeatures,
    beats_s: NDArray[np.float64],
    *,
    ones: Sequence[int],
    duration_s: float,
) -> tuple[Section, ...]:
    """Return the sections of a song; they begin on ones, touch and cover it all.

    Where an eight is cut short a section ends, so that the count goes on from the next.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole song.
    beats_s : ndarray, shape (n_beats,), float64
        Seconds, strictly increasing.
    ones : sequence of int
        Indices into ``beats_s`` as ``find_ones`` gives them.
    duration_s : float
        Length of the song in seconds, > 0.

    Returns
    -------
    tuple of Section
        One of label A and medium energy if the song has fewer than four whole eights.

    Notes
    -----
    Boundaries: the blocks of one texture that explain most for what their boundaries cost, by
    dynamic programming (Jensen 2007), regular lengths costing less (Sargent, Bimbot and Vincent
    2011). Labels: see ``_label_sections``. Neighbours that share a label are one section, unless
    the count begins anew.
    """
    starts, restarts = _whole_eights(ones, n_beats=len(beats_s))
    if len(starts) < 2 * MIN_EIGHTS:
        return (Section(start_s=0.0, end_s=duration_s, label="A", energy="medium"),)
    edges_s = with_end(beats_s)[[*starts, starts[-1] + BEATS_PER_EIGHT]]
    eights = describe_eights(features, beats_s, edges_s, starts=starts)
    boundaries = sorted({*_find_boundaries(eights.texture, free=restarts), *restarts})
    spans = list(pairwise(boundaries))
    spans, labels = _merge_neighbours(spans, _label_sections(eights, spans), apart=restarts)
    energies = _classify_energies(
        features, [(edges_s[low], edges_s[high]) for low, high in spans], labels
    )
    starts_s = [0.0, *(float(edges_s[low]) for low, _ in spans[1:]), duration_s]
    return tuple(
        Section(start_s=starts_s[i], end_s=starts_s[i + 1], label=labels[i], energy=energies[i])
        for i in range(len(spans))
    )


def _whole_eights(ones: Sequence[int], *, n_beats: int) -> tuple[list[int], frozenset[int]]:
    """Return the first beats of the whole eights, and which follow one that was cut short."""
    gaps = [after - one for one, after in pairwise((*ones, n_beats))]
    whole = [gap >= BEATS_PER_EIGHT for gap in gaps]
    starts = [one for one, is_whole in zip(ones, whole, strict=True) if is_whole]
    restarts = [one for i, one in enumerate(ones) if i and whole[i] and not whole[i - 1]]
    return starts, frozenset(starts.index(one) for one in restarts)


def _find_boundaries(texture: NDArray[np.float64], *, free: frozenset[int]) -> list[int]:
    """Return the sections' first eights and the number of eights; ``free`` ones cost nothing."""
    n_eights = len(texture)
    sums = np.vstack([np.zeros(texture.shape[1]), np.cumsum(texture, axis=0)])
    squares = np.append(0.0, np.cumsum(np.sum(texture**2, axis=1)))
    cost, back = np.full(n_eights + 1, np.inf), np.zeros(n_eights + 1, int)
    cost[0] = 0.0
    for end in range(MIN_EIGHTS, n_eights + 1):
        starts = np.arange(max(0, end - MAX_EIGHTS), end - MIN_EIGHTS + 1)
        lengths = end - starts
        drift = np.sum((sums[end] - sums[starts]) ** 2, axis=1) / lengths
        costs = cost[starts] + squares[end] - squares[starts] - drift
        paid = ~np.isin(starts, list(free))
        costs += BOUNDARY_COST * _length_penalty(lengths) * paid
        best = int(costs.argmin())
        cost[end], back[end] = costs[best], starts[best]
    boundaries = [n_eights]
    while boundaries[-1] > 0:
        boundaries.append(int(back[boundaries[-1]]))
    return boundaries[::-1]


def _length_penalty(lengths: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return what a section costs by its eights: multiples of four are usual, odd numbers rare."""
    return np.where(lengths % 4 == 0, 1.0, np.where(lengths % 2 == 0, 1.15, 1.75))


def _label_sections(eights: EightFeatures, spans: list[tuple[int, int]]) -> list[str]:
    """Return letters by appearance, so that a chorus that returns is the same letter.

    Sections are joined, average linkage, while they are alike in texture and, laid over each
    other as they fit best, in their chroma sequences.
    """
    apart = np.array([[_distance(eights, one, other) for other in spans] for one in spans])
    groups = [[index] for index in range(len(spans))]
    while len(groups) > 1:
        pairs = [
            (float(apart[np.ix_(groups[a], groups[b])].mean()), a, b)
            for a in range(len(groups))
            for b in range(a)
        ]
        distance, a, b = min(pairs)
        if distance > MAX_LABEL_DISTANCE:
            break
        groups[b] += groups.pop(a)
    groups.sort(key=min)
    letter_of = {
        index: chr(ord("A") + min(g, 25)) for g, group in enumerate(groups) for index in group
    }
    return [letter_of[index] for index in range(len(spans))]


def _distance(eights: EightFeatures, one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return how unlike two sections are: half by texture, and by chroma where they fit best."""
    short, long = sorted((one, other), key=lambda span: span[1] - span[0])
    segment_means = [eights.texture[low:high].mean(axis=0) for low, high in (short, long)]
    # [shift, eight]: which eight of the longer lies under each of the shorter
    under = np.add.outer(np.arange(long[1] - long[0]), np.arange(short[1] - short[0]))
    theirs = long[0] + under % (long[1] - long[0])
    chroma = float(eights.chroma_distances[:, np.arange(*short), theirs].mean(axis=-1).min())
    return 0.5 * float(np.linalg.norm(segment_means[0] - segment_means[1])) + chroma


def _merge_neighbours(
    spans: list[tuple[int, int]], labels: list[str], *, apart: frozenset[int]
) -> tuple[list[tuple[int, int]], list[str]]:
    """Join neighbours that share a label, unless the second is one of ``apart``."""
    kept: list[tuple[tuple[int, int], str]] = []
    for span, label in zip(spans, labels, strict=True):
        if kept and kept[-1][1] == label and span[0] not in apart:
            span = (kept.pop()[0][0], span[1])
        kept.append((span, label))
    return [span for span, _ in kept], [label for _, label in kept]


def _classify_energies(
    features: SpectralFeatures, spans_s: list[tuple[float, float]], labels: list[str]
) -> list[Energy]:
    """Return low, medium or high by loudness and density of onsets, against the song's own mean.

    Sections that share a label share their energy: they are danced with the same moves.
    """
    rises_db = np.array(
        [_relative_intensity_db(features, start_s, end_s) for start_s, end_s in spans_s]
    )
    lengths_s = np.array([end_s - start_s for start_s, end_s in spans_s])
    energies: list[Energy] = []
    for label in labels:
        alike = np.array([label == other for other in labels])
        rise_db = float(np.average(rises_db[alike], weights=lengths_s[alike]))
        energies.append(
            "high" if rise_db > HIGH_ENERGY_DB else "low" if rise_db < LOW_ENERGY_DB else "medium"
        )
    return energies


def _relative_intensity_db(features: SpectralFeatures, start_s: float, end_s: float) -> float:
    """Return how much louder and denser in onsets than the whole song a stretch of it is."""
    start = int(start_s / features.hop_s)
    part = slice(start, max(int(end_s / features.hop_s), start + 1))
    busy = max(float(features.onset_strength[part].mean()), 1e-6) / max(
        float(features.onset_strength.mean()), 1e-6
    )
    return (
        _mean_level_db(features.level[part])
        - _mean_level_db(features.level)
        + 10 * float(np.log10(busy))
    )


def _mean_level_db(level: NDArray[np.float32]) -> float:
    """Return the level's mean power in decibels, at least -180."""
    return 20 * float(np.log10(max(float(np.sqrt(np.mean(np.square(level)))), 1e-9)))
