"""Features of segments: means of the spectral features between given edges, and their scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

ONSET_WINDOW_S = 0.035
"""How far from a beat its onset is looked for, either way."""

N_CEPSTRA = 12
"""Cepstral coefficients kept, the mean level first; 12 to 13 are usual of MFCCs."""


def with_end(beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the beats and where the next one would be.

    Parameters
    ----------
    beats_s : ndarray, shape (n_beats,), float64
        Seconds, strictly increasing; at least two.

    Returns
    -------
    ndarray, shape (n_beats + 1,), float64
        Seconds: the edges of the segments that the beats begin.
    """
    return np.append(beats_s, 2 * beats_s[-1] - beats_s[-2])


def mean_timbre(features: SpectralFeatures, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the timbre between each edge and the next.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole signal.
    edges_s : ndarray, shape (n_segments + 1,), float64
        Seconds, increasing.

    Returns
    -------
    ndarray, shape (n_segments, N_CEPSTRA), float64
        Mel-frequency cepstral coefficients of the segment's mean spectrum.

    Notes
    -----
    Source: Davis and Mermelstein (1980): the cosine transform of log mel power, here of
    compressed mel power.
    """
    bands = segment_means(features.mel_bands, features.hop_s, edges_s)
    n_bands = bands.shape[1]
    order, place = np.arange(N_CEPSTRA)[:, None], np.arange(n_bands)[None, :] + 0.5
    return np.asarray(bands @ np.cos(np.pi * order * place / n_bands).T / n_bands)


def mean_chroma(features: SpectralFeatures, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chroma between each edge and the next.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole signal.
    edges_s : ndarray, shape (n_segments + 1,), float64
        Seconds, increasing.

    Returns
    -------
    ndarray, shape (n_segments, 24), float64
        Shares in [0, 1] of the twelve pitch classes, C first, then those of the bass alone.
    """
    both = np.hstack([features.chroma, features.bass_chroma])
    return segment_means(both, features.chroma_hop_s, edges_s)


def segment_means(
    frames: NDArray[np.float32], hop_s: float, edges_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of the frames between each edge and the next, at least one frame each.

    Parameters
    ----------
    frames : ndarray, shape (n_frames, n_features), float32
        One row per frame.
    hop_s : float
        Seconds from one frame to the next.
    edges_s : ndarray, shape (n_segments + 1,), float64
        Seconds, increasing; what lies outside the frames is taken for their first or last.

    Returns
    -------
    ndarray, shape (n_segments, n_features), float64

    Notes
    -----
    As ``librosa.util.sync`` 0.11, but for edges that fall into one frame.
    """
    edges = np.clip(np.round(edges_s / hop_s).astype(int), 0, len(frames) - 1)
    sums = np.vstack([np.zeros(frames.shape[1]), np.cumsum(frames, axis=0, dtype=np.float64)])
    low, high = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None])


def standardized(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each column with mean 0 and deviation 1; one that does not vary is 0.

    Parameters
    ----------
    values : ndarray, shape (n_rows,) or (n_rows, n_columns), float64

    Returns
    -------
    ndarray of the same shape, float64
    """
    deviation = values.std(axis=0)
    centred = values - values.mean(axis=0)
    return np.asarray(
        np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)
    )


def robustly_scaled(values: NDArray[np.float64], *, faint: float) -> NDArray[np.float64]:
    """Return each column less its median, over its deviation, cut off at 2.5.

    A fade-out is no measure of how much a song varies: the deviation is taken of what lies
    within three median absolute deviations.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_columns), float64
    faint : float
        Least deviation, in the unit of the values; smaller ones cannot be heard.

    Returns
    -------
    ndarray, shape (n_rows, n_columns), float64
        In [-2.5, 2.5].
    """
    centred = values - np.median(values, axis=0)
    reach = 3 * np.median(np.abs(centred), axis=0) + faint
    deviation = np.sqrt(np.mean(np.clip(centred, -reach, reach) ** 2, axis=0))
    return np.asarray(np.clip(centred / np.maximum(deviation, faint), -2.5, 2.5))


def sums_around(
    rows: NDArray[np.float64], *, reach: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sums of the ``reach`` rows from each on, and before it, where both are whole.

    Parameters
    ----------
    rows : ndarray, shape (n_rows, n_columns), float64
    reach : int
        Rows on either side, > 0.

    Returns
    -------
    after, before : ndarray, shape (n_rows - 2 * reach + 1, n_columns), float64
        The first row belongs to ``rows[reach]``.
    """
    sums = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    index = np.arange(reach, len(rows) - reach + 1)
    return sums[index + reach] - sums[index], sums[index] - sums[index - reach]


def chroma_change(rows: NDArray[np.float64], *, reach: int) -> NDArray[np.float64]:
    """Return the cosine distance of the ``reach`` rows from each on and before; 0 at the ends."""
    after, before = sums_around(rows, reach=reach)
    lengths = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    cosines = np.divide(
        (after * before).sum(axis=1), lengths, out=np.ones(len(lengths)), where=lengths > 1e-9
    )
    return np.pad(1 - cosines, (reach, len(rows) - reach - len(cosines)))


def onset_strength_at(
    onsets: NDArray[np.float32], hop_s: float, beats_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the strongest onset near each beat."""
    reach = max(1, round(ONSET_WINDOW_S / hop_s))
    index = np.round(beats_s / hop_s).astype(int)[:, None] + np.arange(-reach, reach + 1)
    return np.asarray(onsets[np.clip(index, 0, len(onsets) - 1)].max(axis=1), dtype=np.float64)
