"""Where in its bar each quarter of a beat is, by a small network over what is struck there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.audio.segment_features import segment_means, with_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.audio.spectra import SpectralFeatures

SLOTS_PER_BEAT = 4
"""Sixteenths: strums, claps and runs lie on them."""

POSITIONS = 16
"""Slots in a bar of four beats."""

BAND_EDGES = (0, 2, 4, 7, 11, 16, 22, 29, 40)
"""The mel bands' grouping into eight, from the bass drum to the cymbals."""

ONSET_REACH_S = 0.03
"""How far from a slot its onset is looked for, either way."""

CHROMA_REACHES = (4, 8)
"""Slots before and after that are compared to say how far the chroma changes."""

N_NETWORKS, N_LAYERS = 2, 5
"""Two that were trained from other beginnings err less than one."""

WEIGHTS = Path(__file__).with_name("bar_positions.npz")
"""Made by drafts of ``benchmarks/hearing/train.py`` of grooves as ``grooves.py`` beside it draws;
of the foreign pieces it was trained on none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Weights of one network.

    Attributes
    ----------
    layers : tuple of (kernel, bias)
        Kernels of shape (taps, inputs, outputs), biases of shape (outputs,), float32; each after
        the first is dilated twice as far as the one before, and added to what it is given.
    out_kernel, out_bias : ndarray, shapes (outputs, POSITIONS) and (POSITIONS,), float32
    """

    layers: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    out_kernel: NDArray[np.float32]
    out_bias: NDArray[np.float32]


def estimate_bar_positions(
    features: SpectralFeatures, beats_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how likely each slot is each position of its bar.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole signal.
    beats_s : ndarray, shape (n_beats,), float64
        Seconds, strictly increasing, at least two: a pulse of the right tempo, perhaps half a
        beat off.

    Returns
    -------
    ndarray, shape (n_beats * SLOTS_PER_BEAT, POSITIONS), float64
        Natural logarithms of shares that sum to 1; position 0 is the first beat of a bar.

    Notes
    -----
    Dilated convolutions over some eight bars, after Davies and Böck (2019), "Temporal
    convolutional networks for musical audio beat tracking", but over slots instead of frames, so
    that the network has no tempo to learn.
    """
    rows = standardized_features(slot_features(features, slots_of(beats_s)))
    answers = [_ask(network, rows) for network in _load_networks()]
    return np.mean(answers, axis=0, dtype=np.float64)


def _ask(network: Network, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one network's answer: logarithms of shares."""
    kernel, bias = network.layers[0]
    hidden = np.maximum(_convolve(rows, kernel, bias, dilation=1), 0)
    for depth, (kernel, bias) in enumerate(network.layers[1:], start=1):
        hidden = hidden + np.maximum(_convolve(hidden, kernel, bias, dilation=2**depth), 0)
    scores = hidden @ network.out_kernel + network.out_bias
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


def slots_of(beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the times of the slots, in seconds: each beat, and the quarters of the way on."""
    edges_s = with_end(beats_s)
    shares = np.arange(SLOTS_PER_BEAT) / SLOTS_PER_BEAT
    return np.asarray((edges_s[:-1, None] + np.diff(edges_s)[:, None] * shares).ravel())


def slot_features(features: SpectralFeatures, slots_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return what the network sees of each slot.

    Parameters
    ----------
    features : SpectralFeatures
        Of the whole signal.
    slots_s : ndarray, shape (n_slots,), float64
        Seconds, strictly increasing.

    Returns
    -------
    ndarray, shape (n_slots, 12), float32
        The onset strength in eight bands, and how far chroma and bass chroma change over one
        beat and over two.
    """
    bands = np.stack(
        [features.mel_bands[:, low:high].mean(axis=1) for low, high in pairwise(BAND_EDGES)], axis=1
    )
    rises = np.zeros_like(bands)
    rises[2:] = np.maximum(bands[2:] - bands[:-2], 0)
    reach = max(1, round(ONSET_REACH_S / features.hop_s))
    near = np.round(slots_s / features.hop_s).astype(int)[:, None] + np.arange(-reach, reach + 1)
    onsets = rises[np.clip(near, 0, len(rises) - 1)].max(axis=1)
    both = np.hstack([features.chroma, features.bass_chroma])
    chroma = np.sqrt(segment_means(both, features.chroma_hop_s, with_end(slots_s)))
    changes = [
        _change(chroma[:, part], reach=reach)
        for part in (slice(0, 12), slice(12, 24))
        for reach in CHROMA_REACHES
    ]
    return np.hstack([onsets, np.stack(changes, axis=1)]).astype(np.float32)


def _change(rows: NDArray[np.float64], *, reach: int) -> NDArray[np.float64]:
    """Return the cosine distance of the rows from each on and before; fewer at the ends."""
    sums = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    index = np.arange(len(rows))
    after = sums[np.minimum(index + reach, len(rows))] - sums[index]
    before = sums[index] - sums[np.maximum(index - reach, 0)]
    lengths = np.linalg.norm(after, axis=1) * np.linalg.norm(before, axis=1)
    products = (after * before).sum(axis=1)
    return np.where(lengths > 1e-9, 1 - products / np.maximum(lengths, 1e-9), 0.0)


def standardized_features(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the features as the network takes them, of the same shape.

    Onsets are over their band's mean, changes over their deviation, both cut off.
    """
    n_bands = len(BAND_EDGES) - 1
    onsets, changes = rows[:, :n_bands], rows[:, n_bands:]
    onsets = np.minimum(onsets / (onsets.mean(axis=0) + 0.02), 4) - 1
    changes = (changes - changes.mean(axis=0)) / (changes.std(axis=0) + 0.02)
    return np.hstack([onsets, np.clip(changes, -3, 3)]).astype(np.float32)


def _convolve(
    rows: NDArray[np.float32],
    kernel: NDArray[np.float32],
    bias: NDArray[np.float32],
    *,
    dilation: int,
) -> NDArray[np.float32]:
    """Return the rows convolved: ``kernel`` has the shape (taps, inputs, outputs), taps odd."""
    reach = len(kernel) // 2 * dilation
    padded = np.pad(rows, ((reach, reach), (0, 0)))
    result = np.tile(bias, (len(rows), 1))
    for tap, weights in enumerate(kernel):
        result += padded[tap * dilation : tap * dilation + len(rows)] @ weights
    return result


@cache
def _load_networks() -> tuple[Network, ...]:
    """Return the networks, which are read once: some tens of kilobytes."""
    with np.load(WEIGHTS) as stored:
        weights = {name: np.asarray(stored[name], np.float32) for name in stored.files}
    return tuple(
        Network(
            layers=tuple(
                (weights[f"{member}_kernel_{depth}"], weights[f"{member}_bias_{depth}"])
                for depth in range(N_LAYERS)
            ),
            out_kernel=weights[f"{member}_kernel_out"],
            out_bias=weights[f"{member}_bias_out"],
        )
        for member in range(N_NETWORKS)
    )
