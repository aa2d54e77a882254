"""What stretches of a song sound like: means of its sound between given edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

N_CEPSTRA = 12


def with_end(beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """The beats and where the next one would be."""
    return np.append(beats_s, 2 * beats_s[-1] - beats_s[-2])


def mean_timbre(features: SpectralFeatures, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean cepstrum of the bands between each edge and the next."""
    bands = segment_means(features.mel_bands, features.hop_s, edges_s)
    n_bands = bands.shape[1]
    order, place = np.arange(N_CEPSTRA)[:, None], np.arange(n_bands)[None, :] + 0.5
    return np.asarray(bands @ np.cos(np.pi * order * place / n_bands).T / n_bands)


def mean_chroma(features: SpectralFeatures, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean pitch classes between each edge and the next: 12 of all, 12 of the bass."""
    both = np.hstack([features.chroma, features.bass_chroma])
    return segment_means(both, features.chroma_hop_s, edges_s)


def segment_means(
    frames: NDArray[np.float32], hop_s: float, edges_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean of the frames between each edge and the next, at least one frame each."""
    edges = np.clip(np.round(edges_s / hop_s).astype(int), 0, len(frames) - 1)
    sums = np.vstack([np.zeros(frames.shape[1]), np.cumsum(frames, axis=0, dtype=np.float64)])
    low, high = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None])


def standardized(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column with mean 0 and deviation 1; a column that does not vary is 0."""
    deviation = values.std(axis=0)
    centred = values - values.mean(axis=0)
    return np.asarray(
        np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)
    )


def robustly_scaled(values: NDArray[np.float64], *, faint: float) -> NDArray[np.float64]:
    """Each column from its median, over its deviation, cut off at 2.5.

    A fade-out is no measure of how much a song varies: the deviation is taken of what lies
    within three median deviations.
    """
    centred = values - np.median(values, axis=0)
    reach = 3 * np.median(np.abs(centred), axis=0) + faint
    deviation = np.sqrt(np.mean(np.clip(centred, -reach, reach) ** 2, axis=0))
    return np.asarray(np.clip(centred / np.maximum(deviation, faint), -2.5, 2.5))


def sums_around(
    rows: NDArray[np.float64], *, reach: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sums of the ``reach`` rows from each on, and before it, wherever both are whole."""
    sums = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    index = np.arange(reach, len(rows) - reach + 1)
    return sums[index + reach] - sums[index], sums[index] - sums[index - reach]
