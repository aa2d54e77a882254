"""What tells the eights of a song apart, and which of them repeat each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.audio.segment_features import (
    mean_chroma,
    mean_timbre,
    robustly_scaled,
    segment_means,
    with_end,
)
from engine.contract import BEATS_PER_EIGHT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

# Every constant without another source was tuned on the 16 tuning songs of benchmarks/analysis.py.

OFFSETS_BEATS = (0, -3, -2, -1, 1, 2, 3, 4)
"""A song may insert or drop a bar; what returns then, returns so many beats off the eights."""

CHROMA_WEIGHT = 0.5
"""How much the mean chroma counts in the texture against timbre, loudness and onsets."""

REPEAT_FROM, REPEAT_SURE = 0.6, 0.9
"""Cosine of two chroma sequences from which, and from which surely, they are repeats."""

REPEAT_SHARE = 0.7
"""How much of an eight's texture is that of its repeats."""

MIN_SEQUENCE_LENGTH = 0.3
"""Length of a chroma sequence, against the usual, too faint to repeat anything."""

MIN_TIMBRE_DEVIATION = 0.02
MIN_LOUDNESS_DEVIATION_DB = 0.5
MIN_ONSET_DEVIATION = 0.005
MIN_CHROMA_DEVIATION = 0.02
"""Deviations below these cannot be heard: of compressed mel power, decibels, onset strength and
share of a pitch class."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EightFeatures:
    """What tells the eights of a song apart.

    Attributes
    ----------
    texture : ndarray, shape (n_eights, n_features), float64
        Timbre, loudness, onset density and mean chroma; an eight is some 1 from the song's mean.
    misfits : ndarray, shape (2 * len(SLIPS), n_eights, n_eights), float64
        Half the squared distance between two eights' chroma sequences, either of them read so
        many beats late; some 1 if they have nothing to do with each other.
    """

    texture: NDArray[np.float64]
    chroma_distances: NDArray[np.float64]


def describe_eights(
    features: SpectralFeatures,
    beats_s: NDArray[np.float64],
    edges_s: NDArray[np.float64],
    *,
    starts: Sequence[int],
) -> EightFeatures:
    """Return what tells the eights between the edges apart.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole song.
    beats_s : ndarray, shape (n_beats,), float64
        Seconds, strictly increasing.
    edges_s : ndarray, shape (n_eights + 1,), float64
        Where each eight begins, and the last one ends, in seconds.
    starts : sequence of int
        Index into ``beats_s`` of each eight's first beat.

    Notes
    -----
    Textures are averaged over the eights that repeat each other's chroma: non-local means, as
    ``librosa.decompose.nn_filter`` 0.11, so that what recurs is cut alike each time.
    """
    levels_db = 10 * np.log10(
        segment_means((features.level**2)[:, None], features.hop_s, edges_s) + 1e-9
    )
    onsets = np.stack([features.onset_strength, features.low_onset_strength], axis=1)
    surface = np.hstack(
        [
            robustly_scaled(mean_timbre(features, edges_s), faint=MIN_TIMBRE_DEVIATION),
            robustly_scaled(levels_db, faint=MIN_LOUDNESS_DEVIATION_DB),
            robustly_scaled(
                segment_means(onsets, features.hop_s, edges_s), faint=MIN_ONSET_DEVIATION
            ),
        ]
    )
    chroma = _chroma_sequences(features, beats_s, starts=starts)
    mean_chroma_of_eights = chroma[0].reshape(len(surface), BEATS_PER_EIGHT, -1).mean(axis=1)
    texture = np.hstack(
        [
            surface / np.sqrt(surface.shape[1]),
            CHROMA_WEIGHT * _to_unit_spread(mean_chroma_of_eights),
        ]
    )
    return EightFeatures(
        texture=_smooth_over_repeats(texture, _repetition_weights(chroma)),
        chroma_distances=_chroma_distances(chroma),
    )


def _chroma_sequences(
    features: SpectralFeatures, beats_s: NDArray[np.float64], *, starts: Sequence[int]
) -> NDArray[np.float64]:
    """Return each eight's chroma, beat by beat, read from each of the offsets; of unit spread.

    Its shape is (len(OFFSETS_BEATS), n_eights, 8 * 24).
    """
    beat_chroma = mean_chroma(features, with_end(beats_s))
    beat_chroma -= beat_chroma.mean(axis=0)
    beats = np.add.outer(
        np.array(OFFSETS_BEATS)[:, None] + np.array(starts), np.arange(BEATS_PER_EIGHT)
    )
    chroma = beat_chroma[np.clip(beats, 0, len(beat_chroma) - 1)].reshape(
        len(OFFSETS_BEATS), len(starts), -1
    )
    spread = _spread(chroma[0])
    return np.asarray(chroma / spread)


def _repetition_weights(chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how surely each eight repeats each other, in [0, 1]: two in a row must be alike."""
    lengths = np.linalg.norm(chroma, axis=2, keepdims=True)
    unit = chroma / np.maximum(lengths, MIN_SEQUENCE_LENGTH)
    best = np.zeros((chroma.shape[1], chroma.shape[1]))
    for shifted in unit:
        similarity = unit[0] @ shifted.T
        pairs = np.zeros_like(similarity)
        pairs[:-1, :-1] = (similarity[:-1, :-1] + similarity[1:, 1:]) / 2
        pairs[1:, 1:] = np.maximum(pairs[1:, 1:], pairs[:-1, :-1].copy())
        best = np.maximum(best, pairs)
    best = np.maximum(best, best.T)
    np.fill_diagonal(best, 1)
    return np.asarray(np.clip((best - REPEAT_FROM) / (REPEAT_SURE - REPEAT_FROM), 0, 1))


def _smooth_over_repeats(
    texture: NDArray[np.float64], repeats: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each eight's texture, drawn to the mean of its repeats."""
    mean = repeats @ texture / repeats.sum(axis=1, keepdims=True)
    return np.asarray((1 - REPEAT_SHARE) * texture + REPEAT_SHARE * mean)


def _to_unit_spread(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows over their spread."""
    return np.asarray(rows / _spread(rows))


def _spread(rows: NDArray[np.float64]) -> float:
    """Return the root mean square of the rows' lengths, at least what can be heard."""
    spread = float(np.sqrt(np.mean(np.sum(rows**2, axis=1))))
    return max(spread, MIN_CHROMA_DEVIATION * float(np.sqrt(rows.shape[1])))


def _chroma_distances(chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the squared distance of each eight and each other one, either read late."""
    squares = np.sum(chroma**2, axis=2)
    products = chroma[0] @ chroma.transpose(0, 2, 1)
    late = np.maximum(0, (squares[0][:, None] + squares[:, None, :]) / 2 - products)
    return np.concatenate([late, late.transpose(0, 2, 1)])
